import { Fault } from '../../core/fault.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Described, Dialect } from '../dialect.ts';
import { readObject, readObjects, readText, wrongField } from '../fields.ts';
import { unstreamed } from '../openai-common/unstreamed.ts';
import { geminiGenerate } from './index.ts';
import { member } from './members.ts';

function described(model: string): Described {
  // Nothing is written: an embedding costs its input only.
  return { model, stream: false, outputCapTokens: 0, choices: 1, tools: [], user: undefined };
}

/** Google wants the model said twice; what is said must be the same. @throws Fault `invalid_request` */
export function sameModel(holder: JsonObject, model: string, path: string): void {
  const said = readText(holder.model);
  if (said === undefined || said === model || said === `models/${model}`) return;
  throw new Fault('invalid_request', `'${path}' must be the model that the path names, or be left out.`, {
    param: path,
  });
}

/** A fresh object: copies of the body may share the old one. */
export function renamed(holder: JsonObject, model: string): JsonObject {
  return holder.model === undefined ? holder : { ...holder, model: `models/${model}` };
}

function requireContent(request: JsonObject, path: string): void {
  if (readObject(request.content) === undefined) throw wrongField(path, 'an object', request.content);
}

const withoutStream = { answerFinish: () => undefined, setOutputCap: () => undefined, stream: unstreamed };

/** `POST /v1beta/models/{model}:batchEmbedContents`: several texts, a request each. */
export function geminiEmbeddings(model: string): Dialect {
  return {
    ...geminiGenerate(model, false),
    ...withoutStream,
    id: 'gemini-embeddings',
    describe(body) {
      const requests = readObjects(body, 'requests');
      if (requests.length === 0) throw wrongField('requests', 'an array of objects', body.requests);
      for (const [index, request] of requests.entries()) {
        requireContent(request, `requests[${index}].content`);
        sameModel(request, model, `requests[${index}].model`);
      }
      return described(model);
    },
    setModel(body, name) {
      body.requests = readObjects(body, 'requests').map((request) => renamed(request, name));
    },
  };
}

/** `POST /v1beta/models/{model}:embedContent`: one text. */
export function geminiEmbed(model: string): Dialect {
  return {
    ...geminiGenerate(model, false),
    ...withoutStream,
    id: 'gemini-embed',
    describe(body) {
      requireContent(body, 'content');
      sameModel(body, model, 'model');
      return described(model);
    },
    setModel(body, name) {
      if (body.model !== undefined) body.model = `models/${name}`;
    },
  };
}

/** The texts of one request's content. @throws Fault `invalid_request` for anything but text */
export function contentText(request: JsonObject, path: string): string {
  const parts = readObjects(readObject(request.content) ?? {}, 'parts');
  return parts
    .map(({ text }, index) => {
      if (typeof text === 'string') return text;
      const message = 'Only texts can be embedded by the provider of this model.';
      throw new Fault('invalid_request', message, { param: `${path}.parts[${index}]` });
    })
    .join('\n');
}

export function dimensionsOf(request: JsonObject): number | undefined {
  const value = member(request, 'outputDimensionality');
  return typeof value === 'number' ? value : undefined;
}
