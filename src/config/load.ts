/** Reads config.yaml and the environment into one validated Config. The only reader of process.env. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { formatProblem, type ParsedDocument, type Problem, parseYaml } from './document.ts';
import { environmentConfig } from './environment.ts';
import { nearest } from './hint.ts';
import type { Environment } from './references.ts';
import { type Config, configSchema } from './schema.ts';

export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export function processEnvironment(): Environment {
  return process.env;
}

const DEFAULT_FILE = 'config.yaml';

/**
 * The configuration of `SLUICE_CONFIG` (else `config.yaml` where it exists, else defaults), with what the
 * environment settles on top.
 * @throws ConfigError with file, line, path and a hint for every problem
 */
export function loadConfig(env: Environment): Config {
  const named = env.SLUICE_CONFIG;
  const file = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(file)) return validate(parseYaml(file, '', env), file, env);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigError([
      {
        file,
        line: undefined,
        column: undefined,
        path: '',
        message: `cannot be read (${code})`,
        hint: 'SLUICE_CONFIG names it',
      },
    ]);
  }
  return validate(parseYaml(file, text, env), file, env);
}

function validate(document: ParsedDocument, file: string, env: Environment): Config {
  if (document.problems.length > 0) throw new ConfigError(document.problems);
  const value = environmentConfig(document.value, env);
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  // References give text; where a number or a switch is wanted, its text is read as one.
  const again = configSchema.safeParse(coerced(value, parsed.error.issues));
  if (again.success) return again.data;
  throw new ConfigError(again.error.issues.flatMap((issue) => problemsOf(issue, document, file)));
}

function coerced(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'invalid_type') continue;
    const key = issue.path.at(-1);
    const holder = issue.path.slice(0, -1).reduce<unknown>((node, step) => member(node, step), copy);
    const text = member(holder, key);
    if (typeof text !== 'string' || text.trim() === '') continue;
    const number = Number(text);
    if ((issue.expected === 'number' || issue.expected === 'int') && !Number.isNaN(number))
      Reflect.set(holder as object, key as PropertyKey, number);
    if (issue.expected === 'boolean' && (text === 'true' || text === 'false'))
      Reflect.set(holder as object, key as PropertyKey, text === 'true');
  }
  return copy;
}

function member(node: unknown, key: PropertyKey | undefined): unknown {
  return typeof node === 'object' && node !== null && key !== undefined ? Reflect.get(node, key) : undefined;
}

function problemsOf(issue: z.core.$ZodIssue, document: ParsedDocument, file: string): Problem[] {
  const at = (path: readonly PropertyKey[], message: string, hint?: string): Problem => {
    const place = document.place(path);
    return { file, line: place?.line, column: place?.column, path: path.join('.'), message, hint };
  };
  if (issue.code !== 'unrecognized_keys') return [at(issue.path, issue.message)];
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant
      ? `did you mean ${meant}?`
      : known.length > 0
        ? `known: ${known.join(', ')}`
        : undefined;
    return at([...issue.path, key], 'unknown setting', hint);
  });
}

/** The settings that exist at a path of the schema. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = z.toJSONSchema(configSchema, { unrepresentable: 'any', io: 'input' });
  for (const key of path) {
    schema =
      member(member(schema, 'properties'), key) ??
      member(schema, 'additionalProperties') ??
      member(schema, 'items');
  }
  const options = [schema, ...((member(schema, 'oneOf') ?? member(schema, 'anyOf') ?? []) as unknown[])];
  return [
    ...new Set(
      options.flatMap((option) => Object.keys((member(option, 'properties') as object | undefined) ?? {})),
    ),
  ];
}
