/** Reads config.yaml and the environment into one validated Config. The only reader of process.env. */
import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import {
  FileProblems,
  formatPath,
  type Path,
  type PointAt,
  type Problem,
  parseStrictYaml,
} from '../core/strict-yaml.ts';
import { withEnvironment } from './environment.ts';
import { type Environment, firstReference, resolveReferences } from './references.ts';
import { type Config, configSchema } from './schema.ts';

export function processEnvironment(): Environment {
  return process.env;
}

const DEFAULT_FILE = 'config.yaml';

/**
 * The configuration of the named file (else `config.yaml` where it exists, else defaults), with what the
 * environment settles on top.
 * @param named the file to read, which then has to exist; without it, `SLUICE_CONFIG`
 * @throws FileProblems with file, line, path and a hint for every problem
 */
export function loadConfig(env: Environment, named = env.SLUICE_CONFIG || undefined): Config {
  const file = named ?? DEFAULT_FILE;
  const text = named === undefined && !existsSync(file) ? '' : readConfig(file);
  const origins: Origins = { variables: new Map(), references: new Map() };
  const parsed = parseStrictYaml(file, text, configSchema, (value, problems, pointAt) => {
    const resolved = withReferences(withoutEmpty(value ?? {}), [], { env, problems, pointAt, origins });
    const { values, decidedBy } = withEnvironment(resolved, env);
    origins.variables = decidedBy;
    return coerced(values);
  });
  if (!parsed.ok) throw new FileProblems(parsed.problems.map((problem) => atItsOrigin(problem, origins)));
  return parsed.value;
}

/** Which variable or reference gave a setting its value, by the setting's path. */
interface Origins {
  variables: ReadonlyMap<string, string>;
  readonly references: Map<string, string>;
}

function atItsOrigin(problem: Problem, { variables, references }: Origins): Problem {
  const variable = variables.get(problem.path);
  if (variable !== undefined)
    return { ...problem, file: `environment variable ${variable}`, line: 0, column: 0 };
  const reference = references.get(problem.path);
  return reference === undefined
    ? problem
    : { ...problem, message: `${problem.message} (the value of ${reference})` };
}

/** A configuration from values, for tests and tools. @throws ZodError */
export function parseConfig(values: z.input<typeof configSchema>): Config {
  return configSchema.parse(values);
}

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const problem = {
      file,
      line: 0,
      column: 0,
      path: '',
      message: `cannot be read (${code})`,
      hint: 'name a file that exists, in SLUICE_CONFIG or after `config check`',
    };
    throw new FileProblems([problem]);
  }
}

/** A section with nothing in it but comments is as good as none. */
function withoutEmpty(sections: unknown): unknown {
  if (typeof sections !== 'object' || sections === null || Array.isArray(sections)) return sections;
  return Object.fromEntries(Object.entries(sections).filter(([, section]) => section !== null));
}

interface Resolving {
  readonly env: Environment;
  readonly problems: Problem[];
  readonly pointAt: PointAt;
  readonly origins: Origins;
}

/** The values with their references resolved; a reference that cannot be is a problem at its place. */
function withReferences(value: unknown, path: Path, resolving: Resolving): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => withReferences(item, [...path, index], resolving));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withReferences(inner, [...path, key], resolving)]),
    );
  }
  if (typeof value !== 'string') return value;
  const { env, problems, pointAt, origins } = resolving;
  try {
    const resolved = resolveReferences(value, env);
    const reference = firstReference(value);
    if (reference !== undefined) origins.references.set(formatPath(path), reference);
    return resolved;
  } catch (error) {
    problems.push(pointAt(path, error instanceof Error ? error.message : String(error)));
    return value;
  }
}

/** References and variables give text; where a number or a switch is wanted, the text is read as one. */
function coerced(value: unknown): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of configSchema.safeParse(copy).error?.issues ?? []) {
    const key = issue.path.at(-1);
    const holder = issue.path.slice(0, -1).reduce<unknown>(member, copy);
    const text = member(holder, key);
    if (typeof text !== 'string') continue;
    const meant = wanted(issue)
      .map((type) => readAs(type, text.trim()))
      .find((read) => read !== undefined);
    if (meant !== undefined) Reflect.set(holder as object, key as PropertyKey, meant);
  }
  return copy;
}

/** The types that would have been right, of a union those of all its members. */
function wanted(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_type') return [issue.expected];
  const members = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  return members.filter(({ path }) => path.length === 0).flatMap(wanted);
}

function readAs(expected: string, text: string): number | boolean | undefined {
  if (expected === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  const wantsNumber = expected === 'number' || expected === 'int';
  return wantsNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function member(node: unknown, key: PropertyKey | undefined): unknown {
  return typeof node === 'object' && node !== null && key !== undefined ? Reflect.get(node, key) : undefined;
}
