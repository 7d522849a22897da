import type { JsonObject } from '../../core/json.ts';
import type { Described } from '../dialect.ts';
import {
  objectsIn,
  readCaps,
  readObject,
  readObjects,
  readText,
  readWholeNumber,
  wrongField,
} from '../fields.ts';
import { member } from './members.ts';

/** @param model and `stream` stand in the path, not in the body */
export function describeGemini(body: JsonObject, model: string, stream: boolean): Described {
  if (body.contents === undefined || body.contents === null) {
    throw wrongField('contents', 'an array of objects', undefined);
  }
  readObjects(body, 'contents');
  const config = readObject(member(body, 'generationConfig')) ?? {};
  const { temperature } = config;
  return {
    model,
    stream,
    outputCapTokens: readCaps(config, ['maxOutputTokens', 'max_output_tokens']),
    choices:
      readWholeNumber(config, 'candidateCount', 1) ?? readWholeNumber(config, 'candidate_count', 1) ?? 1,
    tools: toolNames(body),
    user: undefined,
    temperature: typeof temperature === 'number' ? temperature : undefined,
  };
}

/** Functions by name, what Google runs itself by the name of its member. */
function toolNames(body: JsonObject): string[] {
  return readObjects(body, 'tools').flatMap((tool) =>
    Object.keys(tool).flatMap((key) => {
      if (key !== 'functionDeclarations' && key !== 'function_declarations') return [key];
      return objectsIn(tool[key]).flatMap((declared) => readText(declared.name) ?? []);
    }),
  );
}

/** A fresh object: copies of the body may share the old one. */
export function setGeminiCap(body: JsonObject, tokens: number): void {
  const key = body.generation_config === undefined ? 'generationConfig' : 'generation_config';
  const { max_output_tokens: _, ...config } = readObject(body[key]) ?? {};
  body[key] = { ...config, maxOutputTokens: tokens };
}
