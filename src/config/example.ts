/** Writes config.example.yaml from the schema: every setting with its description and default. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { configSchema } from './schema.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly required?: readonly string[];
}

const HEAD = `# Every setting of Sluice with its default. Copy what you change into config.yaml (or name a file in
# SLUICE_CONFIG); what you leave out keeps its default, and an unknown setting is an error.
#
# Values may refer to the environment and to files: \${env:NAME}, \${env:NAME:-default}, \${file:/run/secrets/name}.
# SLUICE_HOST, SLUICE_PORT, SLUICE_ADMIN_KEY, SLUICE_DATA_DIR, DATABASE_URL and REDIS_URL override this file.
# Lines that are commented out have no default, or show how an entry looks.
`;

const WIDTH = 100;

export function exampleYaml(): string {
  const root = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  const sections = Object.entries(root.properties ?? {}).map(([name, node]) =>
    entry(name, node, '', true).join('\n'),
  );
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}

function comment(text: string | undefined, indent: string): string[] {
  if (text === undefined) return [];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length + indent.length + 3 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}# ${one}`);
}

/** One setting with everything below it. @param live false: commented out, because it has no default */
function entry(name: string, node: Node, indent: string, live: boolean): string[] {
  const mark = live ? '' : '# ';
  const about = comment(node.description, indent);
  if (node.properties) {
    return [...about, `${indent}${mark}${name}:`, ...members(node, `${indent}${live ? '  ' : '#   '}`, live)];
  }
  const values = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  const item = values ?? node.items;
  if (item && isStructured(item)) {
    const shown = node.default === undefined ? undefined : inline(node.default);
    return [
      ...about,
      `${indent}${mark}${name}:${shown === undefined ? '' : ` ${shown}`}`,
      ...samples(item, indent, values !== undefined),
    ];
  }
  if (node.default === undefined) return [...about, `${indent}# ${name}: ${placeholder(node)}`];
  return [...about, `${indent}${mark}${name}: ${inline(node.default)}`];
}

function isStructured(node: Node): boolean {
  return (
    node.properties !== undefined || node.oneOf !== undefined || (node.anyOf?.some(isStructured) ?? false)
  );
}

/** How the entries of a map or list look, commented out; one sample per kind. */
function samples(item: Node, indent: string, named: boolean): string[] {
  return (item.oneOf ?? [item]).flatMap((variant) => {
    const kind = variant.properties?.kind?.const;
    const first = named ? `#   ${kind ?? 'name'}:` : '#   -';
    return [`${indent}${first}`, ...members(variant, `${indent}#       `, true)];
  });
}

function members(node: Node, indent: string, live: boolean): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, member]) =>
    entry(
      name,
      member,
      indent,
      live && (member.default !== undefined || member.const !== undefined || member.properties !== undefined),
    ),
  );
}

const inline = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

function placeholder(node: Node): string {
  if (node.const !== undefined) return inline(node.const);
  if (node.enum) return node.enum.map(inline).join(' | ');
  const kinds = (node.anyOf ?? node.oneOf ?? [node]).map((one) => one.const ?? one.type ?? 'value');
  return `<${kinds.join(' | ')}>`;
}
