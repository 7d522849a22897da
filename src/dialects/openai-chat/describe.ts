import type { JsonObject } from '../../core/json.ts';
import type { Described } from '../dialect.ts';
import {
  readCaps,
  readFlag,
  readMessages,
  readModel,
  readObject,
  readObjects,
  readText,
  readWholeNumber,
} from '../fields.ts';

const CAPS = ['max_completion_tokens', 'max_tokens'];

/** Families that refuse `max_tokens`; elsewhere it is what every compatible server understands. */
const WANTS_COMPLETION_CAP = /(?:^|\/)(?:o\d|gpt-(?:[5-9]|\d\d))/;

export function describeChat(body: JsonObject): Described {
  const model = readModel(body);
  readMessages(body);
  return {
    model,
    stream: readFlag(body, 'stream'),
    outputCapTokens: readCaps(body, CAPS),
    choices: readWholeNumber(body, 'n', 1) ?? 1,
    tools: toolNames(body),
    user: readText(body.user) ?? readText(body.safety_identifier),
  };
}

/** Functions and custom tools by name, what the provider runs itself by type. */
function toolNames(body: JsonObject): string[] {
  const names: string[] = [];
  for (const tool of [...readObjects(body, 'tools'), ...readObjects(body, 'functions')]) {
    const inner = readObject(tool.function) ?? readObject(tool.custom) ?? tool;
    const name = readText(inner.name) ?? readText(tool.type);
    if (name !== undefined) names.push(name);
  }
  if (readObject(body.web_search_options) !== undefined) names.push('web_search');
  return names;
}

/** In the field that the client used; else in the one that the model's family wants. */
export function setChatCap(body: JsonObject, tokens: number): void {
  let found = false;
  for (const key of CAPS) {
    if (typeof body[key] !== 'number') continue;
    body[key] = tokens;
    found = true;
  }
  if (found) return;
  const key = WANTS_COMPLETION_CAP.test(String(body.model)) ? 'max_completion_tokens' : 'max_tokens';
  body[key] = tokens;
}
