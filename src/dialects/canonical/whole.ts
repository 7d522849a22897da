import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, AnswerSink, Citation, Finish, TokenLogprob } from './answer.ts';
import type { Seal } from './request.ts';

export type AnswerPart =
  | { readonly kind: 'text' | 'refusal'; text: string }
  | { readonly kind: 'thought'; text: string; seal?: Seal }
  | {
      readonly kind: 'call';
      readonly tool: number;
      readonly id: string;
      readonly name: string;
      readonly custom: boolean;
      args: string;
    };

export interface AnswerChoice {
  readonly parts: AnswerPart[];
  readonly citations: Citation[];
  readonly logprobs: TokenLogprob[];
  finish: Finish;
  detail: string | undefined;
}

/** Gathers what a reader tells into one answer. */
export class WholeAnswer implements AnswerSink {
  id: string | undefined;
  model: string | undefined;
  createdS: number | undefined;
  used: Usage | undefined;
  readonly choices: AnswerChoice[] = [];

  head({ id, model, createdS }: AnswerHead): void {
    this.id ??= id;
    this.model ??= model;
    this.createdS ??= createdS;
  }

  text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): void {
    this.#append(choice, 'text', text);
    if (logprobs !== undefined) this.choice(choice).logprobs.push(...logprobs);
  }

  refusal(choice: number, text: string): void {
    this.#append(choice, 'refusal', text);
  }

  thought(choice: number, text: string): void {
    const { parts } = this.choice(choice);
    const last = parts.at(-1);
    if (last?.kind === 'thought' && last.seal === undefined) last.text += text;
    else parts.push({ kind: 'thought', text });
  }

  seal(choice: number, seal: Seal): void {
    const { parts } = this.choice(choice);
    const last = parts.at(-1);
    if (last?.kind === 'thought' && last.seal === undefined && seal.format !== 'gemini') last.seal = seal;
    else parts.push({ kind: 'thought', text: '', seal });
  }

  call(choice: number, tool: number, id: string | undefined, name: string, custom = false): void {
    this.choice(choice).parts.push({ kind: 'call', tool, id: id ?? '', name, custom, args: '' });
  }

  args(choice: number, tool: number, text: string): void {
    const call = this.choice(choice).parts.find((part) => part.kind === 'call' && part.tool === tool);
    if (call?.kind === 'call') call.args += text;
  }

  cite(choice: number, citation: Citation): void {
    this.choice(choice).citations.push(citation);
  }

  finish(choice: number, finish: Finish, detail?: string): void {
    const found = this.choice(choice);
    found.finish = finish;
    found.detail = detail;
  }

  usage(usage: Usage): void {
    this.used = usage;
  }

  end(): void {
    // A whole answer is at its end from the start.
  }

  /** The choice of this number; there are never gaps before it. */
  choice(index: number): AnswerChoice {
    while (this.choices.length <= index) {
      this.choices.push({ parts: [], citations: [], logprobs: [], finish: 'stop', detail: undefined });
    }
    return this.choices[index] as AnswerChoice;
  }

  #append(choice: number, kind: 'text' | 'refusal', text: string): void {
    const { parts } = this.choice(choice);
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += text;
    else parts.push({ kind, text });
  }
}

/** The text of one kind in a choice. */
export function textOf({ parts }: AnswerChoice, kind: 'text' | 'refusal' | 'thought'): string {
  return parts.map((part) => (part.kind === kind ? part.text : '')).join('');
}
