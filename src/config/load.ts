/** Reads config.yaml and the environment into one validated Config. The only reader of process.env. */
import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { FileProblems, type Path, type PointAt, type Problem, parseStrictYaml } from '../core/strict-yaml.ts';
import { environmentConfig } from './environment.ts';
import { type Environment, resolveReferences } from './references.ts';
import { type Config, configSchema } from './schema.ts';

export function processEnvironment(): Environment {
  return process.env;
}

const DEFAULT_FILE = 'config.yaml';

/**
 * The configuration of `SLUICE_CONFIG` (else `config.yaml` where it exists, else defaults), with what the
 * environment settles on top.
 * @throws FileProblems with file, line, path and a hint for every problem
 */
export function loadConfig(env: Environment): Config {
  const file = env.SLUICE_CONFIG ?? DEFAULT_FILE;
  const text = env.SLUICE_CONFIG === undefined && !existsSync(file) ? '' : readConfig(file);
  const parsed = parseStrictYaml(file, text, configSchema, (value, problems, pointAt) => {
    const resolved = withReferences(value ?? {}, [], env, problems, pointAt);
    return coerced(environmentConfig(resolved, env));
  });
  if (!parsed.ok) throw new FileProblems(parsed.problems);
  return parsed.value;
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
      hint: 'SLUICE_CONFIG names it',
    };
    throw new FileProblems([problem]);
  }
}

/** The values with their references resolved; a reference that cannot be is a problem at its place. */
function withReferences(
  value: unknown,
  path: Path,
  env: Environment,
  problems: Problem[],
  pointAt: PointAt,
): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => withReferences(item, [...path, index], env, problems, pointAt));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        withReferences(member, [...path, key], env, problems, pointAt),
      ]),
    );
  }
  if (typeof value !== 'string') return value;
  try {
    return resolveReferences(value, env);
  } catch (error) {
    problems.push(pointAt(path, error instanceof Error ? error.message : String(error)));
    return value;
  }
}

/** References and variables give text; where a number or a switch is wanted, the text is read as one. */
function coerced(value: unknown): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of configSchema.safeParse(copy).error?.issues ?? []) {
    if (issue.code !== 'invalid_type') continue;
    const key = issue.path.at(-1);
    const holder = issue.path.slice(0, -1).reduce<unknown>(member, copy);
    const text = member(holder, key);
    const meant = typeof text === 'string' ? readAs(issue.expected, text.trim()) : undefined;
    if (meant !== undefined) Reflect.set(holder as object, key as PropertyKey, meant);
  }
  return copy;
}

function readAs(expected: string, text: string): number | boolean | undefined {
  if (expected === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  const wantsNumber = expected === 'number' || expected === 'int';
  return wantsNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function member(node: unknown, key: PropertyKey | undefined): unknown {
  return typeof node === 'object' && node !== null && key !== undefined ? Reflect.get(node, key) : undefined;
}
