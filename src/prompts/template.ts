/**
 * A prompt version: messages with variables in them, written as in a chat request, and what goes with them.
 * Variables are put into the parsed texts of messages, so none can add a message, a role or a part.
 */
import { createHash } from 'node:crypto';
import { Liquid, type Template as LiquidTemplate } from 'liquidjs';
import { z } from 'zod';
import { Fault } from '../core/fault.ts';
import { canonicalJson, type JsonObject } from '../core/json.ts';
import { type CheckVariables, compileVariables, inferVariables, variablesSchema } from './variables.ts';

const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('image_url'),
    image_url: z.strictObject({
      url: z.string(),
      detail: z.enum(['auto', 'low', 'high']).exactOptional(),
    }),
  }),
]);
export type Part = z.output<typeof part>;

const message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(part).min(1)]),
});
export type Message = z.output<typeof message>;

const tool = z.strictObject({
  type: z.literal('function').default('function'),
  function: z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    description: z.string().exactOptional(),
    parameters: z.record(z.string(), z.json()).exactOptional(),
    strict: z.boolean().exactOptional(),
  }),
});
export type Tool = z.output<typeof tool>;

/** What a version says by its own fields, or what is not a parameter of the model at all. */
const NOT_PARAMETERS = [
  'model',
  'messages',
  'input',
  'instructions',
  'system',
  'tools',
  'stream',
  'stream_options',
  'prompt',
  'prompt_id',
  'prompt_version',
  'prompt_label',
  'prompt_variables',
];

/** The cap on output tokens has a name of its own in each dialect; a version may use any of them. */
export const CAP_NAMES: readonly string[] = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'];

export const templateShape = {
  messages: z.array(message).min(1).max(200).describe('They come before those of the caller.'),
  model: z.string().min(1).describe('For callers who ask for `@prompt/…` as their model.').exactOptional(),
  parameters: z
    .record(z.string(), z.json())
    .default({})
    .describe('Fields of the body, such as temperature; a field that the caller sends wins, unless locked.'),
  locked: z
    .array(z.string())
    .default([])
    .describe('Names of parameters, `model` or `tools`, in which the caller has no say.'),
  tools: z.array(tool).min(1).describe('Functions, written as in a chat request.').exactOptional(),
  variables: variablesSchema
    .describe('JSON Schema of the variables. Without it, every variable in the texts is required.')
    .exactOptional(),
};

export const templateSchema = z.strictObject(templateShape);
export type Template = z.output<typeof templateSchema>;

/** What is wrong with a template beyond its shape. */
export class TemplateError extends Error {
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super(message);
    this.name = 'TemplateError';
    this.path = path;
  }
}

export interface CompiledTemplate {
  readonly template: Template;
  /**
   * @param param where the variables stand in the request, for refusals: `prompt.variables`
   * @throws Fault `prompt_invalid` naming the variable
   */
  render(variables: JsonObject, param: string): Message[];
}

/** SHA-256 of the canonical template, hex: two versions with the same digest are the same. */
export function templateDigest(template: Template): string {
  return createHash('sha256').update(canonicalJson(template)).digest('hex');
}

const engine = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  lenientIf: true,
  templates: {},
  parseLimit: 200_000,
  renderLimit: 100,
  memoryLimit: 2_000_000,
  // Lists and objects as JSON, instead of "[object Object]".
  outputEscape: (value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
});
// A version is one text: nothing outside of it is included, and nothing of it is random.
for (const name of ['include', 'render', 'layout', 'block']) delete engine.tags[name];
delete engine.filters.sample;

/** @throws TemplateError where a text cannot be parsed, or names do not fit together */
export function compileTemplate(template: Template): CompiledTemplate {
  checkNames(template);
  const used = new Set<string>();
  const messages = template.messages.map(({ role, content }, index) => ({
    role,
    content: compileContent(content, ['messages', index, 'content'], used),
  }));
  const check = compileDeclaration(template, used);
  return {
    template,
    render: (variables, param) => {
      const checked = check(variables, param);
      return messages.map(({ role, content }) => ({ role, content: renderContent(content, checked, param) }));
    },
  };
}

function checkNames({ parameters, locked, model, tools }: Template): void {
  const wrong = Object.keys(parameters).find((name) => NOT_PARAMETERS.includes(name));
  if (wrong !== undefined) throw new TemplateError(['parameters', wrong], 'is not a parameter');
  for (const name of CAP_NAMES) {
    const cap = parameters[name];
    if (cap !== undefined && !(Number.isSafeInteger(cap) && Number(cap) > 0)) {
      throw new TemplateError(['parameters', name], 'must be a positive whole number');
    }
  }
  for (const [index, name] of locked.entries()) {
    const set =
      Object.hasOwn(parameters, name) ||
      (name === 'model' && model !== undefined) ||
      (name === 'tools' && tools !== undefined);
    if (!set)
      throw new TemplateError(['locked', index], `"${name}" is locked, but this version does not set it`);
  }
}

function compileDeclaration({ variables }: Template, used: ReadonlySet<string>): CheckVariables {
  if (variables === undefined) return compileVariables(inferVariables(used));
  for (const name of used) {
    if (!Object.hasOwn(variables.properties, name)) {
      throw new TemplateError(['variables', 'properties'], `the texts use "${name}", which is not declared`);
    }
  }
  try {
    return compileVariables(variables);
  } catch (error) {
    throw new TemplateError(['variables'], error instanceof Error ? error.message : 'not valid JSON Schema');
  }
}

/** A text without variables stays as it is. */
type Text = string | LiquidTemplate[];
type CompiledPart =
  | { readonly type: 'text'; readonly text: Text }
  | { readonly type: 'image_url'; readonly url: Text; readonly detail: 'auto' | 'low' | 'high' | undefined };
type CompiledContent = { readonly text: Text } | { readonly parts: readonly CompiledPart[] };

function compileContent(
  content: Message['content'],
  path: readonly PropertyKey[],
  used: Set<string>,
): CompiledContent {
  if (typeof content === 'string') return { text: compileText(content, path, used) };
  const parts = content.map((part, index): CompiledPart => {
    if (part.type === 'text') {
      return { type: 'text', text: compileText(part.text, [...path, index, 'text'], used) };
    }
    const { url, detail } = part.image_url;
    return { type: 'image_url', url: compileText(url, [...path, index, 'image_url', 'url'], used), detail };
  });
  return { parts };
}

function compileText(text: string, path: readonly PropertyKey[], used: Set<string>): Text {
  if (!text.includes('{{') && !text.includes('{%')) return text;
  try {
    const parsed = engine.parse(text);
    for (const name of engine.globalVariablesSync(parsed)) used.add(name);
    return parsed;
  } catch (error) {
    throw new TemplateError(path, error instanceof Error ? error.message : 'cannot be parsed');
  }
}

function renderContent(content: CompiledContent, variables: JsonObject, param: string): Message['content'] {
  if ('text' in content) return renderText(content.text, variables, param);
  return content.parts.map((part): Part => {
    if (part.type === 'text') return { type: 'text', text: renderText(part.text, variables, param) };
    const url = renderText(part.url, variables, param);
    return {
      type: 'image_url',
      image_url: part.detail === undefined ? { url } : { url, detail: part.detail },
    };
  });
}

function renderText(text: Text, variables: JsonObject, param: string): string {
  if (typeof text === 'string') return text;
  try {
    return engine.renderSync(text, variables);
  } catch (error) {
    throw renderFault(error, param);
  }
}

/** Names what is missing; never the engine's own text, which could quote a value. */
function renderFault(error: unknown, param: string): Fault {
  const message = error instanceof Error ? error.message : '';
  const missing = /^undefined variable: ([\w.[\]-]+)/.exec(message)?.[1];
  if (missing !== undefined) {
    return new Fault('prompt_invalid', `The prompt needs the variable "${missing}"; send it in ${param}.`, {
      param: `${param}.${missing}`,
    });
  }
  const limit = /limit exceeded/.test(message);
  return new Fault(
    'prompt_invalid',
    limit
      ? 'Rendering the prompt with these variables takes too much time or memory; send smaller ones.'
      : 'The prompt cannot be rendered with these variables; check their types against the prompt.',
    { param, internal: message },
  );
}
