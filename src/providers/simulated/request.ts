/** What the simulator reads in a request, of whichever dialect. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export interface Tool {
  readonly name: string;
  readonly schema: Json;
}

export interface Wish {
  /** The text that the user wrote last; empty where a tool or the model has the last word. */
  readonly lastText: string;
  /** UTF-16 units of everything to be read. */
  readonly length: number;
  readonly capTokens: number;
  readonly tools: readonly Tool[];
  /** The tool to be called: its name, any one (`*`), or undefined where the user's words decide. */
  readonly forced: string | undefined;
  /** The answer has to be an instance of it; `true` for any JSON object. */
  readonly schema: Json | undefined;
  readonly choices: number;
}

export function readWish(body: JsonObject): Wish {
  const turns = turnsOf(body);
  const last = turns.at(-1);
  return {
    lastText: last === undefined ? '' : textOfTurn(last),
    length: lengthOf([body.system, body.instructions, ...turns, body.tools]),
    capTokens: capOf(body),
    tools: body.tool_choice === 'none' ? [] : toolsOf(body.tools),
    forced: forcedTool(body.tool_choice),
    schema: schemaOf(body),
    choices: typeof body.n === 'number' ? body.n : 1,
  };
}

/** Every text in a value, shortest way: enough to seed, to count and to echo. */
export function textIn(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textIn).join(' ');
  if (!isJsonObject(value)) return '';
  return textIn(value.text ?? value.content);
}

function turnsOf(body: JsonObject): Json[] {
  const turns = body.messages ?? body.input ?? body.prompt;
  if (Array.isArray(turns)) return turns;
  return turns === undefined ? [] : [turns];
}

function textOfTurn(turn: Json): string {
  if (!isJsonObject(turn)) return textIn(turn);
  return turn.role === undefined || turn.role === 'user' ? textIn(turn.content) : '';
}

function lengthOf(value: Json | undefined | (Json | undefined)[]): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  for (const member of Array.isArray(value) ? value : Object.values(value)) length += lengthOf(member);
  return length;
}

function capOf(body: JsonObject): number {
  const cap = body.max_completion_tokens ?? body.max_output_tokens ?? body.max_tokens;
  return typeof cap === 'number' ? cap : Number.POSITIVE_INFINITY;
}

function toolsOf(tools: Json | undefined): Tool[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool) => {
    if (!isJsonObject(tool)) return [];
    const described = isJsonObject(tool.function) ? tool.function : tool;
    const { name } = described;
    if (typeof name !== 'string') return [];
    return [{ name, schema: described.parameters ?? described.input_schema ?? {} }];
  });
}

function forcedTool(choice: Json | undefined): string | undefined {
  if (choice === 'required') return '*';
  if (!isJsonObject(choice)) return undefined;
  if (choice.type === 'any') return '*';
  const named = isJsonObject(choice.function) ? choice.function.name : choice.name;
  return typeof named === 'string' ? named : undefined;
}

function schemaOf(body: JsonObject): Json | undefined {
  for (const holder of [
    body.response_format,
    member(body.text, 'format'),
    member(body.output_config, 'format'),
  ]) {
    if (!isJsonObject(holder)) continue;
    if (holder.type === 'json_object') return true;
    if (holder.type === 'json_schema') return member(holder.json_schema, 'schema') ?? holder.schema ?? true;
  }
  return undefined;
}

function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) ? value[key] : undefined;
}
