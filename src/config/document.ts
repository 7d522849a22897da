/** A YAML file as values, with the way back from a path in them to the line where it stands. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Environment, resolveReferences } from './references.ts';

export interface Problem {
  readonly file: string;
  /** 1-based; undefined where the problem has no place in the file. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** `providers.openai.api_key`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** `config.yaml:12:5  providers.openai.api_kye: unknown setting (did you mean api_key?)` */
export function formatProblem({ file, line, column, path, message, hint }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  return `${place}  ${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

export interface ParsedDocument {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The place of a path, or of its nearest parent that exists. */
  readonly place: (path: readonly PropertyKey[]) => { line: number; column: number } | undefined;
}

export function parseYaml(file: string, text: string, env: Environment): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems: Problem[] = document.errors.map((error) => ({
    file,
    ...at(error.pos[0]),
    path: '',
    message: error.message,
    hint: undefined,
  }));
  const resolve = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (isMap(node)) {
      return Object.fromEntries(
        node.items.map(({ key, value }) => {
          const name = String(isScalar(key) ? key.value : key);
          return [name, resolve(value, [...path, name])];
        }),
      );
    }
    if (isSeq(node)) return node.items.map((item, index) => resolve(item, [...path, index]));
    if (!isScalar(node)) return undefined;
    if (typeof node.value !== 'string') return node.value;
    try {
      return resolveReferences(node.value, env);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push({ file, ...at(node.range?.[0] ?? 0), path: path.join('.'), message, hint: undefined });
      return node.value;
    }
  };
  const value = problems.length > 0 ? undefined : (resolve(document.contents, []) ?? {});
  return { value, problems, place: (path) => placeOf(document.contents, path, at) };
}

function placeOf(
  root: unknown,
  path: readonly PropertyKey[],
  at: (offset: number) => { line: number; column: number },
) {
  let node: unknown = root;
  let offset = (root as Node | null)?.range?.[0];
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : at(offset);
}
