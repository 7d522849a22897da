import t from 'tap';
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { openApiDocument } from './openapi.ts';
import { adminRoute, noParams, noQuery } from './route.ts';

/** Every `$ref` below a node. */
function references(node: Json): string[] {
  if (Array.isArray(node)) return node.flatMap(references);
  if (!isJsonObject(node)) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  );
}

/** What a reference leads to, from the root of the document as OpenAPI has it. */
function followed(document: JsonObject, reference: string): Json | undefined {
  let node: Json | undefined = document;
  for (const step of reference.replace(/^#\//, '').split('/'))
    node = isJsonObject(node) ? node[step] : undefined;
  return node;
}

t.test('every reference of the document leads somewhere in it, those of recursive schemas too', async (t) => {
  const tree = (path: string, leaf: z.ZodType) =>
    adminRoute({
      method: 'POST',
      path,
      summary: 'Take anything',
      action: 'prompts.write',
      params: noParams,
      query: noQuery,
      body: z.strictObject({ value: z.json(), leaf }),
      answer: z.strictObject({ value: z.json() }),
      handle: async () => ({ answer: { value: null } }),
    });
  const document = openApiDocument([tree('/a', z.string()), tree('/b', z.array(z.json()))], '1');
  const all = references(document);
  t.ok(
    all.some((reference) => /post_a_input/.test(reference)),
    'there are recursive ones',
  );
  for (const reference of all) t.ok(followed(document, reference), reference);
  t.notMatch(JSON.stringify(document), /\$defs/);
});
