/** Reads a YAML file against a strict schema and says precisely, with line and hint, what is wrong with it. */
import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { nearest } from './nearest.ts';

export interface Problem {
  readonly file: string;
  /** From 1; 0 where the file as a whole is meant. */
  readonly line: number;
  readonly column: number;
  /** `policies[0].models.allow`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What to do about it, where that can be said. */
  readonly hint: string | undefined;
}

export type Path = readonly PropertyKey[];

/** Turns a path inside the file into a problem that points at it. */
export type PointAt = (path: Path, message: string, hint?: string) => Problem;

export type StrictYaml<T> =
  | { readonly ok: true; readonly value: T; readonly pointAt: PointAt }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `file:line:column path: message; hint`, one line per problem. */
export function formatProblem({ file, line, column, path, message, hint }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return `${place} ${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : `; ${hint}`}`;
}

/** Files that were refused; the message lists every problem, one per line. */
export class FileProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'FileProblems';
    this.problems = problems;
  }
}

/** What is done to the values of a file before they are validated; adds to `problems` what it cannot do. */
export type Prepare = (value: unknown, problems: Problem[], pointAt: PointAt) => unknown;

/** @param file the name to use in problems */
export function parseStrictYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  prepare: Prepare = (value) => value,
): StrictYaml<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { file, line, column: col, path: '', message, hint: quoteHint(message) };
    });
    return { ok: false, problems };
  }
  const pointAt: PointAt = (path, message, hint) => {
    const { line, col } = lines.linePos(offsetOf(document.contents, path));
    return { file, line, column: col, path: formatPath(path), message, hint };
  };
  const problems: Problem[] = [];
  const value = prepare(document.toJS(), problems, pointAt);
  if (problems.length > 0) return { ok: false, problems };
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data, pointAt };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => explain(issue, schema, pointAt)) };
}

function quoteHint(message: string): string | undefined {
  return message.includes('lias') ? 'a value that begins with * must be quoted: "*"' : undefined;
}

/** `messages[2].content` */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** Where the path stands: its key, else the nearest thing around it that exists. */
function offsetOf(root: Node | null, path: Path): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!isPair(pair)) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else {
      node = (node as { items?: unknown[] } | null)?.items?.[step as number];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, pointAt: PointAt): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
      return pointAt([...issue.path, key], `unknown field "${key}"`, hint);
    });
  }
  if (issue.code === 'invalid_value') {
    const written = issue.input;
    const meant = typeof written === 'string' ? nearest(written, issue.values.map(String)) : undefined;
    return [pointAt(issue.path, issue.message, meant === undefined ? undefined : `did you mean "${meant}"?`)];
  }
  if (issue.code === 'invalid_union') {
    const branch = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
    if (branch.length > 0 && depth(branch) > 0) {
      return branch.flatMap((inner) =>
        explain({ ...inner, path: [...issue.path, ...inner.path] }, schema, pointAt),
      );
    }
  }
  return [pointAt(issue.path, issue.message)];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** Names of the fields that the schema knows at this path. */
function fieldsAt(schema: z.core.$ZodType, path: Path): string[] {
  const bare = unwrap(schema);
  const [step, ...rest] = path;
  if (bare instanceof z.ZodUnion) return bare.options.flatMap((option) => fieldsAt(option, path));
  if (step === undefined) return namesOf(bare);
  if (bare instanceof z.ZodObject) {
    const field: z.core.$ZodType | undefined = bare.shape[String(step)];
    return field === undefined ? [] : fieldsAt(field, rest);
  }
  if (bare instanceof z.ZodArray) return fieldsAt(bare.element, rest);
  if (bare instanceof z.ZodRecord) return fieldsAt(bare.valueType, rest);
  return [];
}

function namesOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) {
    return schema.keyType.options.map(String);
  }
  return [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
