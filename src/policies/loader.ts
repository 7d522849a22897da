/** Reads the folder of policies as one whole: either all of it is good, or the last good one stays in force. */
import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { FileProblems, type Problem, parseStrictYaml } from '../core/strict-yaml.ts';
import { type FolderFile, readFolder, watchFolder } from '../storage/folder.ts';
import { policyFile } from './file.ts';
import { compilePolicy, type Policy } from './policy.ts';
import { createPolicySet, type PolicySet } from './policy-set.ts';

export interface PolicyState {
  /** Whether what is in force is what the folder says. */
  readonly ok: boolean;
  /** What is wrong with the folder, one problem per line; undefined when ok. */
  readonly error: string | undefined;
  /** When the set in force was loaded, epoch milliseconds. */
  readonly loadedAtMs: number;
  /** The first twelve hex digits of the SHA-256 of the files in force. */
  readonly version: string;
}

export interface Policies {
  /** The set in force. */
  current(): PolicySet;
  state(): PolicyState;
  /** Reads the folder now; resolves when the outcome shows in `current` and `state`. Never rejects. */
  reload(): Promise<void>;
  close(): void;
}

export interface PoliciesDeps {
  readonly folder: string;
  /** What becomes of a call that no policy matches. */
  readonly unmatched: 'allow' | 'deny';
  readonly clock: Clock;
  /** After each attempt to load, good or bad: for the log and the metrics. */
  readonly onLoad?: (state: PolicyState) => void;
}

/** The setting that names the folder. */
export const POLICY_FOLDER = 'policies.folder';

export const isCasesFile = (name: string): boolean => /\.cases\.ya?ml$/.test(name);
const isPolicyFile = (name: string): boolean => /\.ya?ml$/.test(name) && !isCasesFile(name);

/**
 * Loads the folder and keeps it loaded.
 *
 * @throws FileProblems when the folder is not good at the start: there is no last good one to fall back on
 */
export async function openPolicies({ folder, unmatched, clock, onLoad }: PoliciesDeps): Promise<Policies> {
  let reloading = Promise.resolve();
  const watching = await watchFolder(folder, isPolicyFile, () => void reload());
  let inForce: LoadedPolicies;
  try {
    inForce = await loadPolicies(folder, unmatched);
  } catch (error) {
    watching.close();
    throw error;
  }
  let state: PolicyState = good(inForce, clock);
  onLoad?.(state);

  const attempt = async (): Promise<void> => {
    try {
      inForce = await loadPolicies(folder, unmatched);
      state = good(inForce, clock);
    } catch (error) {
      state = { ...state, ok: false, error: error instanceof Error ? error.message : String(error) };
    }
    onLoad?.(state);
  };
  const reload = (): Promise<void> => {
    reloading = reloading.then(attempt);
    return reloading;
  };
  return { current: () => inForce.set, state: () => state, reload, close: () => watching.close() };
}

function good({ version }: LoadedPolicies, clock: Clock): PolicyState {
  return { ok: true, error: undefined, loadedAtMs: clock.now(), version };
}

export interface LoadedPolicies {
  readonly set: PolicySet;
  readonly version: string;
}

/** @throws FileProblems listing everything that is wrong in any of the files */
export async function loadPolicies(folder: string, unmatched: 'allow' | 'deny'): Promise<LoadedPolicies> {
  const files = await readFolder(folder, isPolicyFile, POLICY_FOLDER);
  const problems: Problem[] = [];
  const byId = new Map<string, Policy>();
  for (const file of files) addFile(file, byId, problems);
  if (problems.length > 0) throw new FileProblems(problems);
  return { set: createPolicySet([...byId.values()], unmatched), version: digest(files) };
}

function addFile(file: FolderFile, byId: Map<string, Policy>, problems: Problem[]): void {
  const parsed = parseStrictYaml(file.path, file.text, policyFile);
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return;
  }
  parsed.value.policies.forEach((entry, index) => {
    const twin = byId.get(entry.id);
    if (twin !== undefined) {
      const path = ['policies', index, 'id'];
      problems.push(
        parsed.pointAt(path, `"${entry.id}" stands in ${twin.file} already`, 'choose another id'),
      );
      return;
    }
    byId.set(entry.id, compilePolicy(entry, index, file.path, parsed.pointAt, problems));
  });
}

function digest(files: readonly FolderFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) hash.update(JSON.stringify([name, text]));
  return hash.digest('hex').slice(0, 12);
}
