import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import type { Json } from '../../core/json.ts';
import { instanceOf } from './instance.ts';

t.test('an instance fits its schema', async (t) => {
  const schemas: readonly Json[] = [
    true,
    {},
    {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } },
      required: ['city'],
    },
    { type: 'array', items: { type: 'integer', minimum: 3 }, minItems: 2 },
    { type: ['number', 'null'], multipleOf: 5, exclusiveMinimum: 10 },
    { type: 'number', maximum: -4 },
    { type: 'integer', exclusiveMaximum: 0 },
    { type: 'string', minLength: 20 },
    { type: 'string', maxLength: 3 },
    { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] },
    {
      allOf: [
        { properties: { a: { const: 1 } }, required: ['a'] },
        { properties: { b: { type: 'boolean' } }, required: ['b'] },
      ],
    },
    {
      $defs: {
        step: {
          type: 'object',
          properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/step' }] } },
          required: ['next'],
        },
      },
      $ref: '#/$defs/step',
    },
    {
      type: 'object',
      properties: { kids: { type: 'array', items: { $ref: '#' } }, name: { type: 'string' } },
      required: ['name'],
    },
  ];
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of schemas) {
    const instance = instanceOf(schema);
    t.ok(
      ajv.validate(schema as object | boolean, instance),
      `${JSON.stringify(schema)} → ${JSON.stringify(instance)}`,
    );
  }
});
