/** The OpenAPI 3.1 document, derived from the routes: there is no second description to fall behind. */
import { z } from 'zod';
import type { Json, JsonObject } from '../core/json.ts';
import { MATRIX, ROLES } from '../identity/index.ts';
import type { AdminRoute } from './route.ts';

export function openApiDocument(routes: readonly AdminRoute[], version: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  const schemas: Record<string, Json> = { Error: ERROR };
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice admin API',
      version,
      description: 'Organisations, teams, users, keys and everything else that is administered.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An admin key (sla_…), or a signed JWT of a configured issuer.',
        },
      },
      schemas,
      responses: {
        Error: {
          description: 'Refused or failed; `code` is one of docs/errors.md.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  };
}

const ERROR: JsonObject = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: 'string' },
      },
    },
  },
};

/** @param schemas takes what the schemas of the route define under names: a reference counts from the document's root */
function operation(route: AdminRoute, schemas: Record<string, Json>): JsonObject {
  const id = operationId(route);
  const hoisted = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
    const { $defs = {}, ...rest } = schemaOf(schema, io);
    const named = (node: Json): Json => renamed(node, `#/components/schemas/${id}_${io}_`);
    for (const [name, definition] of Object.entries($defs as JsonObject))
      schemas[`${id}_${io}_${name}`] = named(definition as Json);
    return named(rest as JsonObject) as JsonObject;
  };
  return {
    operationId: id,
    summary: route.summary,
    description: whoMay(route),
    tags: [route.action.split('.', 1)[0] ?? ''],
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: hoisted(route.body, 'input') } },
          },
        }),
    responses: {
      [route.status]: {
        description: route.status === 201 ? 'Created' : 'OK',
        content: { 'application/json': { schema: hoisted(route.answer, 'output') } },
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** The same with every reference into `$defs` as one to the prefix and its name. */
function renamed(node: Json, prefix: string): Json {
  if (Array.isArray(node)) return node.map((item) => renamed(item, prefix));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace('#/$defs/', prefix)
        : renamed(value as Json, prefix),
    ]),
  );
}

/** `post_orgs_orgId_keys`: unique because method and path are. */
function operationId({ method, path }: AdminRoute): string {
  return `${method.toLowerCase()}${path.replace(/[/:]+/g, '_')}`;
}

/** The row of the role matrix, in words. */
export function whoMay({ action }: AdminRoute): string {
  const words = { all: '', team: ' (own teams)', self: ' (own)', none: '' } as const;
  const allowed = ROLES.filter((role) => MATRIX[action][role] !== 'none');
  return `${action}: ${allowed.map((role) => role + words[MATRIX[action][role]]).join(', ')}.`;
}

function pathParameters(route: AdminRoute): JsonObject[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const own = route.params.shape[name];
    const schema = own === undefined ? { type: 'string' } : schemaOf(own as z.ZodType, 'input');
    const description = name === 'orgId' ? { description: 'Id or slug, or `me` for your own.' } : {};
    return { name, in: 'path', required: true, schema, ...description };
  });
}

function queryParameters(route: AdminRoute): JsonObject[] {
  return Object.entries(route.query.shape).map(([name, field]) => {
    const schema = field as z.ZodType;
    const required = !schema.safeParse(undefined).success;
    return { name, in: 'query', required, schema: schemaOf(schema, 'input') };
  });
}

export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as Record<string, Json>;
}
