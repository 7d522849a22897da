import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, AnswerSink, Citation, Finish, TokenLogprob } from './answer.ts';
import { JsonEnd } from './json-end.ts';
import type { Seal } from './request.ts';

export type SegmentKind = 'text' | 'refusal' | 'thought' | 'call';

/** What stands in a row in dialects that write one block after another. */
export interface Segment {
  readonly kind: SegmentKind;
  /** Of calls. */
  readonly id: string;
  readonly name: string;
  readonly custom: boolean;
}

/** Writes segments one after the other: `open`, any number of the rest, `close`. */
export interface SegmentWriter {
  head(head: AnswerHead): void;
  open(segment: Segment): void;
  delta(text: string, logprobs?: readonly TokenLogprob[]): void;
  seal(seal: Seal): void;
  cite(citation: Citation): void;
  close(): void;
  finish(finish: Finish, detail: string | undefined): void;
  usage(usage: Usage): void;
  end(): void;
}

interface Run extends Segment {
  readonly tool: number;
  /** Where a call's arguments end; undefined for everything else, which may end anywhere. */
  readonly json: JsonEnd | undefined;
  /** What came while another segment was open. */
  readonly waiting: (() => void)[];
  sealed: boolean;
}

/**
 * Puts an answer in a row for dialects that know one block at a time. A call whose arguments are not complete
 * stays open, and what comes meanwhile waits behind it: so interleaved calls never mix (praxis-proxy#266), and
 * calls that come one after the other are not held up.
 */
export class Segments implements AnswerSink {
  readonly #writer: SegmentWriter;
  readonly #choice: number;
  #open: Run | undefined;
  #queue: Run[] = [];

  /** @param choice the one that is written; the others are somebody else's */
  constructor(writer: SegmentWriter, choice = 0) {
    this.#writer = writer;
    this.#choice = choice;
  }

  head(head: AnswerHead): void {
    this.#writer.head(head);
  }

  text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): void {
    if (choice === this.#choice) this.#prose('text', () => this.#writer.delta(text, logprobs));
  }

  refusal(choice: number, text: string): void {
    if (choice === this.#choice) this.#prose('refusal', () => this.#writer.delta(text));
  }

  thought(choice: number, text: string): void {
    if (choice === this.#choice) this.#prose('thought', () => this.#writer.delta(text));
  }

  seal(choice: number, seal: Seal): void {
    if (choice !== this.#choice) return;
    const last = this.#last();
    const own = last?.kind === 'thought' && !last.sealed && seal.format !== 'gemini';
    const run = own ? last : this.#begin({ kind: 'thought', id: '', name: '', custom: false }, -1);
    run.sealed = true;
    this.#in(run, () => this.#writer.seal(seal));
  }

  cite(choice: number, citation: Citation): void {
    const last = this.#last();
    if (choice === this.#choice && last?.kind === 'text') this.#in(last, () => this.#writer.cite(citation));
  }

  call(choice: number, tool: number, id: string | undefined, name: string, custom = false): void {
    if (choice === this.#choice) this.#begin({ kind: 'call', id: id ?? '', name, custom }, tool);
  }

  args(choice: number, tool: number, text: string): void {
    if (choice !== this.#choice) return;
    const run = this.#open?.tool === tool ? this.#open : this.#queue.find((queued) => queued.tool === tool);
    if (run === undefined) return;
    run.json?.push(text);
    this.#in(run, () => this.#writer.delta(text));
    if (run === this.#open && this.#queue.length > 0) this.#advance(false);
  }

  finish(choice: number, finish: Finish, detail?: string): void {
    if (choice !== this.#choice) return;
    this.#advance(true);
    if (this.#open !== undefined) this.#writer.close();
    this.#open = undefined;
    this.#writer.finish(finish, detail);
  }

  usage(usage: Usage): void {
    this.#writer.usage(usage);
  }

  end(): void {
    this.#writer.end();
  }

  #prose(kind: SegmentKind, write: () => void): void {
    const last = this.#last();
    const same = last?.kind === kind && !last.sealed;
    this.#in(same ? last : this.#begin({ kind, id: '', name: '', custom: false }, -1), write);
  }

  #last(): Run | undefined {
    return this.#queue.at(-1) ?? this.#open;
  }

  #begin(segment: Segment, tool: number): Run {
    const json = segment.kind === 'call' && !segment.custom ? new JsonEnd() : undefined;
    const run: Run = { ...segment, tool, json, waiting: [], sealed: false };
    if (this.#open === undefined) {
      this.#open = run;
      this.#writer.open(run);
    } else {
      this.#queue.push(run);
      this.#advance(false);
    }
    return run;
  }

  #in(run: Run, write: () => void): void {
    if (run === this.#open) write();
    else run.waiting.push(write);
  }

  /** Goes on to the next in the row while the open one is complete. @param all because nothing more comes */
  #advance(all: boolean): void {
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || this.#open === undefined) return;
      if (!all && this.#open.json?.complete === false) return;
      this.#writer.close();
      this.#queue.shift();
      this.#open = next;
      this.#writer.open(next);
      for (const write of next.waiting.splice(0)) write();
    }
  }
}
