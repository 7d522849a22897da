/** Prompts from YAML files: one file per prompt, the whole folder good or the last good one kept. */
import { z } from 'zod';
import { FileProblems, type PointAt, type Problem, parseStrictYaml } from '../core/strict-yaml.ts';
import { type FolderFile, readFolder } from '../storage/folder.ts';
import { byNameAndAlias, type Prompt, type PromptVersion } from './prompt.ts';
import { PROMPT_LABEL, PROMPT_NAME } from './reference.ts';
import { compileTemplate, TemplateError, templateDigest, templateShape } from './template.ts';

const promptFile = z.strictObject({
  version: z.literal(1),
  org: z.string().min(1).default('*').describe('Slug of the organisation; `*` = all of them.'),
  name: z.string().regex(PROMPT_NAME).describe('What callers write after `@prompt/`.'),
  description: z.string().default(''),
  aliases: z.array(z.string().regex(PROMPT_NAME)).default([]).describe('Other names, such as `pmpt_…` ids.'),
  versions: z
    .array(z.strictObject({ version: z.int().positive(), ...templateShape }))
    .min(1)
    .describe('All versions that callers may still name.'),
  labels: z
    .record(z.string().regex(PROMPT_LABEL), z.int().positive())
    .default({})
    .describe('Which version each label stands for.'),
});

export const isPromptFile = (name: string): boolean => /\.ya?ml$/.test(name);

/** By slug of the organisation or `*`, then by name and alias. */
export type FilePrompts = ReadonlyMap<string, ReadonlyMap<string, Prompt>>;

/** @throws FileProblems listing everything that is wrong in any of the files */
export async function loadPromptFiles(folder: string): Promise<FilePrompts> {
  const problems: Problem[] = [];
  const byOrg = new Map<string, Prompt[]>();
  for (const file of await readFolder(folder, isPromptFile, 'prompts.folder')) addFile(file, byOrg, problems);
  if (problems.length > 0) throw new FileProblems(problems);
  return new Map([...byOrg].map(([org, prompts]) => [org, byNameAndAlias(prompts)]));
}

function addFile(file: FolderFile, byOrg: Map<string, Prompt[]>, problems: Problem[]): void {
  const parsed = parseStrictYaml(file.path, file.text, promptFile);
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return;
  }
  const { org, name, description, aliases, versions, labels } = parsed.value;
  const neighbours = byOrg.get(org) ?? [];
  const taken = byNameAndAlias(neighbours);
  for (const own of [name, ...aliases]) {
    const twin = taken.get(own);
    if (twin !== undefined) {
      problems.push(
        parsed.pointAt(['name'], `"${own}" stands in ${twin.source} already`, 'choose another name'),
      );
    }
  }
  const prompt: Prompt = {
    name,
    description,
    aliases,
    archived: false,
    source: file.path,
    versions: checkVersions(versions, file.path, parsed.pointAt, problems),
    labels: new Map(Object.entries(labels)),
  };
  for (const [label, version] of prompt.labels) {
    if (!prompt.versions.has(version)) {
      problems.push(parsed.pointAt(['labels', label], `there is no version ${version} in this file`));
    }
  }
  byOrg.set(org, [...neighbours, prompt]);
}

function checkVersions(
  entries: z.output<typeof promptFile>['versions'],
  source: string,
  pointAt: PointAt,
  problems: Problem[],
): Map<number, PromptVersion> {
  const versions = new Map<number, PromptVersion>();
  for (const [index, { version, ...template }] of entries.entries()) {
    if (versions.has(version)) {
      problems.push(pointAt(['versions', index, 'version'], `version ${version} stands here twice`));
    }
    try {
      compileTemplate(template);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push(pointAt(['versions', index, ...error.path], error.message));
    }
    const digest = templateDigest(template);
    versions.set(version, { version, template, digest, createdBy: source, createdAt: undefined });
  }
  return versions;
}
