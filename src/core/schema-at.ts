/** Finds one's way in a zod schema by the path of a value. */
import { z } from 'zod';

type Path = readonly PropertyKey[];

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? Reflect.get(node, step) : undefined),
    value,
  );
}

/** The schema of what stands at the path; of several variants the one that the value chose. */
export function schemaAt(schema: z.core.$ZodType, path: Path, value: unknown): z.core.$ZodType | undefined {
  const bare = unwrap(schema);
  const [step, ...rest] = path;
  if (step === undefined) return variantOf(bare, value) ?? schema;
  const inner = valueAt(value, [step]);
  if (bare instanceof z.ZodDiscriminatedUnion) {
    const variant = variantOf(bare, value);
    return variant === undefined ? undefined : schemaAt(variant, path, value);
  }
  if (bare instanceof z.ZodUnion) {
    return bare.options.map((option) => schemaAt(option, path, value)).find((found) => found !== undefined);
  }
  const next =
    bare instanceof z.ZodObject
      ? bare.shape[String(step)]
      : bare instanceof z.ZodArray
        ? bare.element
        : bare instanceof z.ZodRecord
          ? bare.valueType
          : undefined;
  return next === undefined ? undefined : schemaAt(next, rest, inner);
}

function variantOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined;
  const { discriminator } = schema.def;
  const chosen = valueAt(value, [discriminator]) as z.core.util.Primitive;
  return schema.options.find((option) => option._zod.propValues?.[discriminator]?.has(chosen));
}

/** Names of the fields that an object has; of a plain union, those of all its variants. */
export function fieldsAt(schema: z.core.$ZodType | undefined): string[] {
  if (schema === undefined) return [];
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return Object.keys(bare.shape);
  return bare instanceof z.ZodUnion ? [...new Set(bare.options.flatMap(fieldsAt))] : [];
}

/** The description that stands nearest to the value. */
export function aboutField(schema: z.core.$ZodType | undefined): string | undefined {
  for (let next = schema; next !== undefined; ) {
    const text = z.globalRegistry.get(next)?.description;
    if (text !== undefined) return text;
    const inner = unwrapOnce(next);
    if (inner === next) return undefined;
    next = inner;
  }
  return undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = unwrapOnce(schema);
  return inner === schema ? schema : unwrap(inner);
}

function unwrapOnce(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return schema.unwrap();
  }
  return schema instanceof z.ZodPipe ? schema.in : schema;
}
