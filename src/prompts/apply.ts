/** Puts a rendered prompt into a body, in the words of each dialect. Pure but for the body it changes. */
import type { Json, JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { Message, Part, Tool } from './template.ts';

/** Messages of the prompt come first; what the caller sent follows. */
export function prependMessages(body: JsonObject, messages: readonly Message[], operation: Operation): void {
  if (operation === 'responses') intoResponses(body, messages);
  else if (operation === 'messages' || operation === 'count_tokens') intoAnthropic(body, messages);
  else body.messages = [...messages.map((message): Json => ({ ...message })), ...list(body.messages)];
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function systemText(messages: readonly Message[]): string {
  return messages.filter(isSystem).map(textOf).join('\n\n');
}

function intoResponses(body: JsonObject, messages: readonly Message[]): void {
  const system = systemText(messages);
  if (system !== '') {
    const own = typeof body.instructions === 'string' ? `\n\n${body.instructions}` : '';
    body.instructions = system + own;
  }
  const items = messages
    .filter((message) => !isSystem(message))
    .map(({ role, content }): Json => ({ role, content: responsesContent(content, role) }));
  if (items.length === 0) return;
  const own = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : list(body.input);
  body.input = [...items, ...own];
}

function responsesContent(content: Message['content'], role: string): Json {
  if (typeof content === 'string') return content;
  return content.map((part): Json => {
    if (part.type === 'text') {
      return { type: role === 'assistant' ? 'output_text' : 'input_text', text: part.text };
    }
    const { url, detail = 'auto' } = part.image_url;
    return { type: 'input_image', image_url: url, detail };
  });
}

function intoAnthropic(body: JsonObject, messages: readonly Message[]): void {
  const system = systemText(messages);
  if (system !== '') {
    if (Array.isArray(body.system)) body.system = [{ type: 'text', text: system }, ...body.system];
    else body.system = typeof body.system === 'string' ? `${system}\n\n${body.system}` : system;
  }
  const turns = messages
    .filter((message) => !isSystem(message))
    .map(
      ({ role, content }): Json => ({
        role,
        content: typeof content === 'string' ? content : content.map(anthropicBlock),
      }),
    );
  body.messages = [...turns, ...list(body.messages)];
}

function anthropicBlock(part: Part): Json {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const { url } = part.image_url;
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  if (mediaType === undefined || data === undefined) return { type: 'image', source: { type: 'url', url } };
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

/**
 * Adds the tools of the prompt. Where the caller offers one of the same name, the caller's is used.
 *
 * @param locked the caller's tools are dropped
 */
export function addTools(
  body: JsonObject,
  tools: readonly Tool[],
  operation: Operation,
  offered: readonly string[],
  locked: boolean,
): void {
  const added = tools
    .filter((tool) => locked || !offered.includes(tool.function.name))
    .map((tool) => toolFor(structuredClone(tool), operation));
  body.tools = locked ? added : [...added, ...list(body.tools)];
}

function toolFor({ function: declared }: Tool, operation: Operation): Json {
  if (operation === 'responses') return { type: 'function', ...declared };
  if (operation === 'messages' || operation === 'count_tokens') {
    const { name, description, parameters = { type: 'object', properties: {} } } = declared;
    return description === undefined
      ? { name, input_schema: parameters }
      : { name, description, input_schema: parameters };
  }
  return { type: 'function', function: { ...declared } };
}
