/** Reads a YAML file against a strict schema and says precisely, with line and hint, what is wrong with it. */
import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { aboutField, fieldsAt, schemaAt, valueAt } from './schema-at.ts';

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
    const problems = document.errors.map(({ pos, code, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return {
        file,
        line,
        column: col,
        path: '',
        message,
        hint: code === 'BAD_ALIAS' ? QUOTE_IT : undefined,
      };
    });
    return { ok: false, problems };
  }
  const strays = strayAliases(document).map((offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: '', ...STRAY_ALIAS };
  });
  if (strays.length > 0) return { ok: false, problems: strays };
  const pointAt: PointAt = (path, message, hint) => {
    const { line, col } = lines.linePos(offsetOf(document.contents, path));
    return { file, line, column: col, path: formatPath(path), message, hint };
  };
  const problems: Problem[] = [];
  const value = prepare(document.toJS(), problems, pointAt);
  if (problems.length > 0) return { ok: false, problems };
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data, pointAt };
  const refused = { schema, value, pointAt };
  const found = parsed.error.issues.flatMap((issue) => explain(issue, refused));
  return { ok: false, problems: found.sort((a, b) => a.line - b.line) };
}

const QUOTE_IT = 'a value that begins with * must be quoted: "*"';
const STRAY_ALIAS = { message: 'refers to an anchor that is not there', hint: QUOTE_IT };

/** Where aliases stand that name no anchor. The parser would only notice later, and quote what may be a secret. */
function strayAliases(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) offsets.push(alias.range?.[0] ?? 0);
    },
  });
  return offsets;
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

interface Refused {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly pointAt: PointAt;
}

/** Never quotes a value: it may be a secret. What a field is for serves as the hint where nothing better is known. */
function explain(issue: z.core.$ZodIssue, refused: Refused): Problem[] {
  const { schema, value, pointAt } = refused;
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schemaAt(schema, issue.path, value));
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
      return pointAt([...issue.path, key], `unknown field "${key}"`, hint);
    });
  }
  if (issue.code === 'invalid_value') {
    return [pointAt(issue.path, issue.message, didYouMean(issue.input, issue.values.map(String)))];
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? issue.message;
    return [pointAt(issue.path, `the name is not allowed: ${why}`)];
  }
  if (issue.code === 'invalid_union') {
    if (issue.discriminator !== undefined) return [unknownKind(issue, refused)];
    const branch = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
    if (branch.length > 0 && depth(branch) > 0) {
      return branch.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, refused));
    }
  }
  return [pointAt(issue.path, issue.message, aboutField(schemaAt(schema, issue.path, value)))];
}

function didYouMean(written: unknown, known: readonly string[]): string | undefined {
  const meant = typeof written === 'string' ? nearest(written, known) : undefined;
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

/** A discriminator that is missing or names no variant. */
function unknownKind(issue: z.core.$ZodIssue, { schema, value, pointAt }: Refused): Problem {
  const written = valueAt(value, issue.path);
  const union = schemaAt(schema, issue.path.slice(0, -1), value);
  const known =
    union instanceof z.ZodDiscriminatedUnion
      ? [...(union._zod.propValues[union.def.discriminator] ?? [])]
      : [];
  const message = `${written === undefined ? 'is missing; it is' : 'is not'} one of ${known.join(', ')}`;
  return pointAt(issue.path, message, didYouMean(written, known.map(String)));
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}
