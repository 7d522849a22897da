import type { JsonObject } from '../../core/json.ts';
import type { Described } from '../dialect.ts';
import { readCaps, readFlag, readMessages, readModel, readObject, readObjects, readText } from '../fields.ts';

export function describeMessages(body: JsonObject): Described {
  const model = readModel(body);
  readMessages(body);
  return {
    model,
    stream: readFlag(body, 'stream'),
    outputCapTokens: readCaps(body, ['max_tokens']),
    choices: 1,
    tools: toolNames(body),
    user: readText(readObject(body.metadata)?.user_id),
  };
}

/** Tools by name, remote servers as `mcp:name`. */
function toolNames(body: JsonObject): string[] {
  const names: string[] = [];
  for (const tool of readObjects(body, 'tools')) {
    const name = readText(tool.name) ?? readText(tool.type);
    if (name !== undefined) names.push(name);
  }
  for (const server of readObjects(body, 'mcp_servers')) {
    names.push(`mcp:${readText(server.name) ?? ''}`);
  }
  return names;
}
