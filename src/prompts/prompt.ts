/** A prompt as the gateway knows it, and how a reference finds a version of it. */
import { Fault } from '../core/fault.ts';
import type { PromptReference } from './reference.ts';

export interface PromptVersion {
  readonly version: number;
  /** As stored; its shape was checked when it was written. */
  readonly template: unknown;
  /** SHA-256 of the canonical template, hex. */
  readonly digest: string;
  readonly createdBy: string;
  readonly createdAt: Date | undefined;
}

export interface Prompt {
  readonly name: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly archived: boolean;
  /** `database`, or the path of the file that declares it. */
  readonly source: string;
  readonly versions: ReadonlyMap<number, PromptVersion>;
  readonly labels: ReadonlyMap<string, number>;
}

/** The label that a bare `@prompt/name` means. */
export const DEFAULT_LABEL = 'production';

export interface Chosen {
  readonly version: PromptVersion;
  readonly label: string | undefined;
}

/**
 * The version that is meant: by number, by label, or by the label `production`. A prompt without that label
 * answers only to a number or another label, so that nothing goes live before somebody says so.
 *
 * @throws Fault `prompt_not_found`
 */
export function choose(
  prompt: Prompt,
  { version, label, param }: Pick<PromptReference, 'version' | 'label' | 'param'>,
): Chosen {
  if (version !== undefined) return { version: versionOf(prompt, version, param), label: undefined };
  const wanted = label ?? DEFAULT_LABEL;
  const labelled = prompt.labels.get(wanted);
  if (labelled === undefined) {
    const known = [...prompt.labels.keys()].sort().join(', ');
    const has = known === '' ? 'It has no labels yet' : `Its labels: ${known}`;
    const remedy =
      label === undefined
        ? `; set "${DEFAULT_LABEL}", or ask for a version: @prompt/${prompt.name}@<number>`
        : '';
    throw notFound(`The prompt "${prompt.name}" has no label "${wanted}". ${has}${remedy}.`, param);
  }
  return { version: versionOf(prompt, labelled, param), label: wanted };
}

function versionOf(prompt: Prompt, number: number, param: string): PromptVersion {
  const version = prompt.versions.get(number);
  if (version !== undefined) return version;
  const newest = Math.max(0, ...prompt.versions.keys());
  const has = newest === 0 ? 'It has no versions yet' : `Its newest version is ${newest}`;
  throw notFound(`The prompt "${prompt.name}" has no version ${number}. ${has}.`, param);
}

export function notFound(message: string, param: string): Fault {
  return new Fault('prompt_not_found', message, { param });
}

/** Names and aliases to prompts; a name wins over another prompt's alias. */
export function byNameAndAlias(prompts: readonly Prompt[]): Map<string, Prompt> {
  const index = new Map<string, Prompt>();
  for (const prompt of prompts) for (const alias of prompt.aliases) index.set(alias, prompt);
  for (const prompt of prompts) index.set(prompt.name, prompt);
  return index;
}
