import type { JsonObject } from '../../core/json.ts';
import type { Described } from '../dialect.ts';
import { readCaps, readFlag, readModel, readObjects, readText, wrongField } from '../fields.ts';

export function describeResponses(body: JsonObject): Described {
  const model = readModel(body);
  checkInput(body);
  return {
    model,
    stream: readFlag(body, 'stream'),
    outputCapTokens: readCaps(body, ['max_output_tokens']),
    choices: 1,
    tools: toolNames(body),
    user: readText(body.user) ?? readText(body.safety_identifier),
  };
}

/** It may be absent: a stored prompt, a conversation or an earlier response may supply it. */
function checkInput(body: JsonObject): void {
  const { input } = body;
  if (typeof input === 'string' || input === undefined || input === null) return;
  if (!Array.isArray(input)) throw wrongField('input', 'a string or an array of items', input);
  readObjects(body, 'input');
}

/** Functions by name, what the provider runs itself by type, remote servers as `mcp:label`. */
function toolNames(body: JsonObject): string[] {
  const names: string[] = [];
  for (const tool of readObjects(body, 'tools')) {
    const type = readText(tool.type);
    const label = readText(tool.server_label);
    const name = label === undefined ? (readText(tool.name) ?? type) : `${type ?? 'mcp'}:${label}`;
    if (name !== undefined) names.push(name);
  }
  return names;
}
