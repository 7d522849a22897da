/**
 * All prompts, in memory: those of the admin API from Postgres, those of files from their folder. A prompt of
 * the organisation's database wins over a file of the same name, and a file for one organisation over a file
 * for all: the nearer to the tenant, the stronger. Prompts are never mixed: the winner's versions and labels
 * are all there are.
 */
import { Fault } from '../core/fault.ts';
import type { Principal } from '../identity/index.ts';
import type { Changes, Database } from '../storage/database.ts';
import { watchFolder } from '../storage/folder.ts';
import { type FilePrompts, isPromptFile, loadPromptFiles } from './files.ts';
import { byNameAndAlias, type Chosen, choose, DEFAULT_LABEL, notFound, type Prompt } from './prompt.ts';
import type { PromptReference } from './reference.ts';
import { loadPrompts, type StoredPrompts } from './store.ts';
import { type CompiledTemplate, compileTemplate, templateSchema } from './template.ts';

export interface Resolved extends Chosen {
  readonly prompt: Prompt;
  readonly compiled: CompiledTemplate;
}

export interface PromptRegistry {
  /** @throws Fault `prompt_not_found`, for another organisation's prompts as well */
  resolve(principal: Pick<Principal, 'orgId' | 'orgSlug'>, reference: PromptReference): Resolved;
  /** What the caller may write as a model, for `/v1/models`: `@prompt/name`, `@prompt/name:label`. */
  listed(principal: Pick<Principal, 'orgId' | 'orgSlug'>): string[];
  /** Every prompt that callers of the organisation can reach, by name; archived ones of the database too. */
  promptsOf(orgId: string): Prompt[];
  /** The prompt that a file declares for this organisation. */
  filePrompt(orgId: string, name: string): Prompt | undefined;
  orgSlug(orgId: string): string | undefined;
  /** What is wrong with the folder while its last good state is in force; undefined when nothing is. */
  fileError(): string | undefined;
  /** Reads the folder now. Never rejects. */
  reloadFiles(): Promise<void>;
  close(): void;
}

export interface RegistryDeps {
  readonly db: Database;
  readonly changes: Changes;
  /** null = no files. */
  readonly folder: string | null;
  /** After each attempt to load the files: undefined when they are good. */
  readonly onFiles?: (error: string | undefined) => void;
}

/** @throws FileProblems when the folder is not good at the start */
export async function openPromptRegistry({
  db,
  changes,
  folder,
  onFiles,
}: RegistryDeps): Promise<PromptRegistry> {
  const state = new RegistryState();
  let fileError: string | undefined;
  const reloadFiles = async (): Promise<void> => {
    if (folder === null) return;
    try {
      state.useFiles(await loadPromptFiles(folder));
      fileError = undefined;
    } catch (error) {
      fileError = error instanceof Error ? error.message : String(error);
    }
    onFiles?.(fileError);
  };
  let watching: { close(): void } | undefined;
  if (folder !== null) {
    state.useFiles(await loadPromptFiles(folder));
    watching = await watchFolder(folder, isPromptFile, () => void reloadFiles());
  }
  await changes.watch('prompts', async () => state.useStored(await db.load(loadPrompts)));
  return {
    resolve: (principal, reference) => state.resolve(principal.orgId, principal.orgSlug, reference),
    listed: ({ orgId, orgSlug }) => listed(state.reachable(orgId, orgSlug)),
    promptsOf: (orgId) => state.reachable(orgId, state.slugOf(orgId)),
    filePrompt: (orgId, name) => state.filePrompt(state.slugOf(orgId), name),
    orgSlug: (orgId) => state.slugOf(orgId),
    fileError: () => fileError,
    reloadFiles,
    close: () => watching?.close(),
  };
}

/** What is in force; replaced as a whole, so that a request never sees half a change. */
class RegistryState {
  #stored: StoredPrompts = { slugs: new Map(), byOrg: new Map() };
  #byOrg = new Map<string, Map<string, Prompt>>();
  #files: FilePrompts = new Map();
  /** By digest: a version is parsed once, however often snapshots are loaded. */
  #compiled = new Map<string, CompiledTemplate>();

  useStored(stored: StoredPrompts): void {
    this.#byOrg = new Map([...stored.byOrg].map(([orgId, prompts]) => [orgId, byNameAndAlias(prompts)]));
    this.#stored = stored;
    this.#forgetUnused();
  }

  useFiles(files: FilePrompts): void {
    this.#files = files;
    this.#forgetUnused();
  }

  slugOf(orgId: string): string | undefined {
    return this.#stored.slugs.get(orgId);
  }

  filePrompt(slug: string | undefined, name: string): Prompt | undefined {
    return this.#files.get(slug ?? '*')?.get(name) ?? this.#files.get('*')?.get(name);
  }

  resolve(orgId: string, slug: string, reference: PromptReference): Resolved {
    const { name, param } = reference;
    const prompt = this.#byOrg.get(orgId)?.get(name) ?? this.filePrompt(slug, name);
    if (prompt === undefined) {
      throw notFound(`There is no prompt "${name}" in this organisation; GET /v1/models lists them.`, param);
    }
    if (prompt.archived) throw notFound(`The prompt "${name}" is archived.`, param);
    const chosen = choose(prompt, reference);
    return { ...chosen, prompt, compiled: this.#compile(prompt, chosen) };
  }

  /** One prompt per name, sorted: the one that a reference would reach. */
  reachable(orgId: string, slug: string | undefined): Prompt[] {
    const byName = new Map<string, Prompt>();
    for (const index of [this.#files.get('*'), this.#files.get(slug ?? '*'), this.#byOrg.get(orgId)]) {
      for (const prompt of index?.values() ?? []) byName.set(prompt.name, prompt);
    }
    return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #compile(prompt: Prompt, { version }: Chosen): CompiledTemplate {
    const known = this.#compiled.get(version.digest);
    if (known !== undefined) return known;
    try {
      const compiled = compileTemplate(templateSchema.parse(version.template));
      this.#compiled.set(version.digest, compiled);
      return compiled;
    } catch (error) {
      throw new Fault(
        'prompt_invalid',
        `Version ${version.version} of the prompt "${prompt.name}" cannot be read by this gateway; write a new version.`,
        { internal: error instanceof Error ? error.message : String(error) },
      );
    }
  }

  #forgetUnused(): void {
    const used = new Set<string>();
    const indexes = [...this.#byOrg.values(), ...this.#files.values()];
    for (const index of indexes) {
      for (const prompt of index.values())
        for (const { digest } of prompt.versions.values()) used.add(digest);
    }
    for (const digest of this.#compiled.keys()) if (!used.has(digest)) this.#compiled.delete(digest);
  }
}

function listed(prompts: readonly Prompt[]): string[] {
  return prompts
    .filter(({ archived }) => !archived)
    .flatMap(({ name, labels }) =>
      [...labels.keys()]
        .sort()
        .map((label) => (label === DEFAULT_LABEL ? `@prompt/${name}` : `@prompt/${name}:${label}`)),
    );
}
