/** How requests name a prompt: the forms of the wire, and what they may say together. */
import { Fault } from '../core/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';

export interface PromptReference {
  /** A name or an alias. */
  readonly name: string;
  readonly version: number | undefined;
  readonly label: string | undefined;
  readonly variables: JsonObject;
  /** The field that names the prompt, and the one that holds the variables: for refusals. */
  readonly param: string;
  readonly variablesParam: string;
  /** The prompt stands in for the model: the version's model is used. */
  readonly asModel: boolean;
}

export const PROMPT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
export const PROMPT_LABEL = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const MODEL_PREFIX = '@prompt/';
const HEADER = 'x-sluice-prompt';
const FIELDS = ['prompt_id', 'prompt_version', 'prompt_label', 'prompt_variables'] as const;
const WITH_MESSAGES: ReadonlySet<Operation> = new Set(['chat', 'responses', 'messages', 'count_tokens']);

/** What one form says. */
interface Said {
  readonly param: string;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly label?: string | undefined;
  readonly variables?: JsonObject | undefined;
  readonly variablesParam?: string;
}

/**
 * Takes the reference out of the body: its fields are gone afterwards, only `model` still stands there.
 * undefined: the request names no prompt.
 *
 * @param header the value of `x-sluice-prompt`
 * @throws Fault `invalid_request` when a form is malformed, forms contradict each other, or the operation has
 *   no messages to put a prompt before
 */
export function takeReference(
  body: JsonObject,
  header: string | undefined,
  operation: Operation,
): PromptReference | undefined {
  const withMessages = WITH_MESSAGES.has(operation);
  const said = [
    fromModel(body),
    withMessages ? fromPrompt(body) : undefined,
    fromFields(body),
    header === undefined ? undefined : { ...parseSpec(header, HEADER), param: HEADER },
  ].filter((form) => form !== undefined);
  const [first] = said;
  if (first === undefined) return undefined;
  if (!withMessages) {
    throw invalid(
      `Prompts can be used with chat, responses and messages, not with ${operation}.`,
      first.param,
    );
  }
  if (isJsonObject(body.prompt)) delete body.prompt;
  for (const field of FIELDS) delete body[field];
  return merge(said);
}

function fromModel({ model }: JsonObject): Said | undefined {
  if (typeof model !== 'string' || !model.startsWith(MODEL_PREFIX)) return undefined;
  return parseSpec(model.slice(MODEL_PREFIX.length), 'model');
}

/** As in OpenAI's Responses API; the label is ours. */
function fromPrompt({ prompt }: JsonObject): Said | undefined {
  if (prompt === undefined || prompt === null) return undefined;
  if (!isJsonObject(prompt))
    throw invalid('prompt must be an object: {"id": …, "variables": {…}}.', 'prompt');
  const { id, version, label, variables, ...unknown } = prompt;
  const [field] = Object.keys(unknown);
  if (field !== undefined) {
    throw invalid(
      `prompt has no field "${field}"; it has: id, version, label, variables.`,
      `prompt.${field}`,
    );
  }
  if (id === undefined) throw invalid('prompt.id is missing.', 'prompt.id');
  return {
    param: 'prompt.id',
    name: parseName(id, 'prompt.id'),
    version: parseVersion(version, 'prompt.version'),
    label: parseLabel(label, 'prompt.label'),
    variables: parseVariables(variables, 'prompt.variables'),
    variablesParam: 'prompt.variables',
  };
}

function fromFields(body: JsonObject): Said | undefined {
  const present = FIELDS.find((field) => body[field] !== undefined && body[field] !== null);
  if (present === undefined) return undefined;
  return {
    param: present,
    name: body.prompt_id === undefined ? undefined : parseName(body.prompt_id, 'prompt_id'),
    version: parseVersion(body.prompt_version, 'prompt_version'),
    label: parseLabel(body.prompt_label, 'prompt_label'),
    variables: parseVariables(body.prompt_variables, 'prompt_variables'),
    variablesParam: 'prompt_variables',
  };
}

/** `name`, `name:label` or `name@version` */
function parseSpec(spec: string, param: string): Said {
  const [, name = '', version, label] = /^([^@:]*)(?:@(.*)|:(.*))?$/s.exec(spec) ?? [];
  return {
    param,
    name: parseName(name, param),
    version: parseVersion(version, param),
    label: parseLabel(label, param),
  };
}

function parseName(value: Json, param: string): string {
  if (typeof value === 'string' && PROMPT_NAME.test(value)) return value;
  throw invalid('A prompt is named by letters, digits, dot, dash and underscore.', param);
}

function parseVersion(value: Json | undefined, param: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const version = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof version === 'number' && Number.isSafeInteger(version) && version > 0) return version;
  throw invalid('The version of a prompt is a positive whole number.', param);
}

function parseLabel(value: Json | undefined, param: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && PROMPT_LABEL.test(value)) return value;
  throw invalid('A label is a letter, then letters, digits, dashes and underscores.', param);
}

function parseVariables(value: Json | undefined, param: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw invalid(`${param} must be an object: {"name": value}.`, param);
  const plain = Object.entries(value).map(([name, given]) => [name, plainValue(given, `${param}.${name}`)]);
  return Object.fromEntries(plain);
}

/** OpenAI also allows content parts as values; of these, text is meant as its text. */
function plainValue(value: Json, param: string): Json {
  if (!isJsonObject(value) || typeof value.type !== 'string' || !value.type.startsWith('input_'))
    return value;
  if (value.type === 'input_text' && typeof value.text === 'string') return value.text;
  throw new Fault(
    'prompt_invalid',
    `A variable of type ${value.type} cannot be put into a prompt; send text.`,
    {
      param,
    },
  );
}

function merge(said: readonly Said[]): PromptReference {
  const name = agree(said, 'name');
  const version = agree(said, 'version');
  const label = agree(said, 'label');
  const variables = agree(said, 'variables');
  const param = name?.param ?? (said[0] as Said).param;
  if (name === undefined) throw invalid(`${param} is there, but no prompt is named; send prompt_id.`, param);
  if (version !== undefined && label !== undefined) {
    throw invalid('Name a version or a label of the prompt, not both.', label.param);
  }
  return {
    name: name.value,
    version: version?.value,
    label: label?.value,
    variables: variables?.value ?? {},
    param,
    variablesParam:
      said.find((form) => form.variablesParam !== undefined)?.variablesParam ?? 'prompt_variables',
    asModel: said.some((form) => form.param === 'model'),
  };
}

/** What the forms say of one thing, where none contradicts another. */
function agree<K extends 'name' | 'version' | 'label' | 'variables'>(
  said: readonly Said[],
  what: K,
): { value: NonNullable<Said[K]>; param: string } | undefined {
  let found: { value: NonNullable<Said[K]>; param: string } | undefined;
  for (const form of said) {
    const value = form[what];
    if (value === undefined) continue;
    if (found !== undefined && found.value !== value) {
      throw invalid(
        `${found.param} and ${form.param} both give the ${what} of the prompt; send one of them.`,
        form.param,
      );
    }
    found = { value: value as NonNullable<Said[K]>, param: form.param };
  }
  return found;
}

function invalid(message: string, param: string): Fault {
  return new Fault('invalid_request', message, { param });
}
