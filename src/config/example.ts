/**
 * Writes config.example.yaml from the schema: every setting with its description and default. What has no
 * default is commented out; so are samples of the entries of maps and lists, which work when uncommented.
 */
import { stringify } from 'yaml';
import { z } from 'zod';
import { variableOf } from '../providers/settings.ts';
import { configSchema } from './schema.ts';

/** The part of JSON Schema that zod writes for our settings. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

const HEAD = `# Every setting of Sluice with its default. Copy what you change into config.yaml (or name a file in
# SLUICE_CONFIG); what you leave out keeps its default, and an unknown setting is an error.
#
# Values may refer to the environment and to files: \${env:NAME}, \${env:NAME:-default}, \${file:/run/secrets/name}.
# SLUICE_HOST, SLUICE_PORT, SLUICE_WORKERS, SLUICE_ADMIN_KEY, SLUICE_DATA_DIR, DATABASE_URL and REDIS_URL override this file.
# "#name: value" is a setting without a default, or a sample; take the # away to use it.
#
# Written by \`sluice config example\`.
`;

/** What samples say where a setting has to be given and has no default: by field, or by kind and field. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  base_url: 'http://127.0.0.1:8000/v1',
  'vertex project': 'my-project',
  'bedrock aws_region': 'eu-central-1',
  'azure-openai endpoint': 'https://my-resource.openai.azure.com',
  targets: [{ provider: 'openai', model: 'gpt-5.4-mini' }],
  id: '2026-11',
  key: '${env:SLUICE_ENCRYPTION_KEY}',
  issuer: 'https://login.example.com',
  audience: 'sluice',
  jwks_url: 'https://login.example.com/.well-known/jwks.json',
  model: 'llama-*',
  input_tokens: 200_000,
  models: ['llama-*'],
  input: '0.20',
  output: '0.60',
};

/** Names of sample entries of maps that have no kinds. */
const ENTRY_NAMES: Readonly<Record<string, string>> = { models: 'support' };

const WIDTH = 100;
const MEBIBYTE = 1 << 20;

export function exampleYaml(): string {
  const root = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  const sections = Object.entries(root.properties ?? {}).map(([name, node]) =>
    setting(name, node, '').join('\n'),
  );
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}

/** One setting with everything below it. */
function setting(name: string, node: Node, indent: string): string[] {
  const about = comment(node.description, indent);
  if (node.properties && node.default !== undefined)
    return [...about, `${indent}${name}:`, ...members(node, `${indent}  `)];
  if (node.properties) return [...about, line(name, node, indent)];
  const entry = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  const item = entry ?? node.items;
  if (item === undefined || !isStructured(item)) return [...about, line(name, node, indent)];
  const sampled = entry === undefined ? listSample(item) : mapSample(name, item);
  const head = node.default === undefined ? [] : [`${indent}${name}: ${inline(node.default)}`];
  return [...about, ...head, ...commentOut([`${name}:`, ...sampled], indent)];
}

function members(node: Node, indent: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, member]) => setting(name, member, indent));
}

function line(name: string, node: Node, indent: string): string {
  if (node.default === undefined) return `${indent}#${name}: ${placeholder(node)}`;
  const bytes = name.endsWith('_bytes') && typeof node.default === 'number' ? node.default / MEBIBYTE : 0;
  const size = bytes >= 1 ? ` # ${bytes} MiB` : '';
  return `${indent}${name}: ${inline(node.default)}${size}`;
}

function isStructured(node: Node): boolean {
  return node.properties !== undefined || node.oneOf !== undefined;
}

/** One entry per kind; what all kinds share is shown with the first. */
function mapSample(name: string, item: Node): string[] {
  const shown = new Set<string>();
  return (item.oneOf ?? [item]).flatMap((kind, index) => {
    const fields = Object.entries(kind.properties ?? {});
    const again = fields
      .filter(([field, node]) => shown.has(fingerprint(field, node)))
      .map(([field]) => field);
    const entryName = String(kind.properties?.kind?.const ?? ENTRY_NAMES[name] ?? 'name');
    const lines = [
      ...(index > 0 ? [''] : []),
      `  ${entryName}:`,
      ...sample(kind, '    ', shown),
      ...(again.length > 0 ? comment(`${again.join(', ')}: as above.`, '    ') : []),
    ];
    for (const [field, node] of fields) shown.add(fingerprint(field, node));
    return lines;
  });
}

function listSample(item: Node): string[] {
  return ['  -', ...sample(item, '    ', new Set())];
}

/** The fields of a sample entry: what must be given with a value, the rest as in the file itself. */
function sample(node: Node, indent: string, shown: ReadonlySet<string>): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    if (shown.has(fingerprint(name, field))) return [];
    const about = comment(field.description, indent);
    if (field.const !== undefined) return [`${indent}${name}: ${inline(field.const)}`];
    if (mustBeGiven(name, node) && field.default === undefined)
      return [...about, `${indent}${name}: ${inline(sampleValue(name, node))}`];
    return setting(name, field, indent);
  });
}

/** @throws Error where a new setting has no sample yet, so that the example stays one that works */
function sampleValue(name: string, node: Node): unknown {
  const kind = node.properties?.kind?.const;
  const variable = name === 'api_key' ? variableOf(kind, name) : undefined;
  const value = variable ? `\${env:${variable}}` : (SAMPLES[`${kind} ${name}`] ?? SAMPLES[name]);
  if (value === undefined) throw new Error(`example.ts has no sample for ${name}`);
  return value;
}

/** Each is one of two that must be given, which JSON Schema does not say here. */
const ONE_OF_TWO: ReadonlySet<string> = new Set(['jwks_url', 'input']);

function mustBeGiven(name: string, node: Node): boolean {
  return node.required?.includes(name) === true || ONE_OF_TWO.has(name);
}

function fingerprint(name: string, node: Node): string {
  return `${name} ${JSON.stringify(node)}`;
}

function commentOut(lines: readonly string[], indent: string): string[] {
  return lines.map((text) => `${indent}#${text}`);
}

function comment(text: string | undefined, indent: string): string[] {
  if (text === undefined) return [];
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && indent.length + current.length + word.length + 3 > WIDTH) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].map((one) => `${indent}# ${one}`);
}

const inline = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

/** What may be written where there is no default: `<text>`, `a | b`. */
function placeholder(node: Node): string {
  if (node.enum) return node.enum.map(inline).join(' | ');
  if (node.anyOf) return [...new Set(node.anyOf.map(placeholder))].join(' | ');
  if (node.items) return `[${placeholder(node.items)}, …]`;
  if (node.properties) {
    const members = Object.entries(node.properties).map(
      ([name, member]) => `${name}: ${placeholder(member)}`,
    );
    return `{ ${members.join(', ')} }`;
  }
  return `<${node.type === 'string' ? 'text' : (node.type ?? 'value')}>`;
}
