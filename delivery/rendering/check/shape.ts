import * as z from 'zod';

/** What a data schema says about a value, in the few kinds that a template can deal with. */
export type Shape =
  | {
      readonly kind: 'text';
      readonly longest?: number;
      readonly link?: 'https' | 'any';
      readonly example?: string;
    }
  | { readonly kind: 'number'; readonly least?: number; readonly most?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'list'; readonly item: Shape; readonly least: number; readonly most?: number }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Field>> }
  /** Unions, records and the like: a template cannot know what it would print. */
  | { readonly kind: 'unknown' };

export interface Field {
  readonly shape: Shape;
  /** It may be absent, undefined or null. */
  readonly optional: boolean;
}

export type ShapeOf<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>;

export function shapeOf(schema: z.ZodType): Shape {
  return shapeFrom(
    z.toJSONSchema(schema, {
      unrepresentable: 'any',
      // JSON Schema has no word for "https only"; zod keeps it to itself.
      override: ({ zodSchema, jsonSchema }) => {
        if (isHttpsOnly(zodSchema._zod.def)) jsonSchema['x-https'] = true;
      },
    }),
  );
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function isHttpsOnly(definition: object): boolean {
  if (!('protocol' in definition) || !(definition.protocol instanceof RegExp)) return false;
  const { protocol } = definition;
  return (
    protocol.test('https') && !['http', 'javascript', 'data', 'ftp'].some((other) => protocol.test(other))
  );
}

function shapeFrom(schema: JsonSchema): Shape {
  const alternatives = schema.anyOf?.filter(({ type }) => type !== 'null');
  if (alternatives !== undefined) {
    const [only] = alternatives;
    return alternatives.length === 1 && only !== undefined ? shapeFrom(only) : { kind: 'unknown' };
  }
  if (schema.enum !== undefined || schema.const !== undefined) return shapeOfValues(schema);
  if (schema.type === 'string') return shapeOfText(schema);
  if (schema.type === 'integer' || schema.type === 'number') {
    return { kind: 'number', ...limit('least', schema.minimum), ...limit('most', schema.maximum) };
  }
  if (schema.type === 'boolean') return { kind: 'boolean' };
  if (schema.type === 'array') return shapeOfList(schema);
  return schema.type === 'object' && schema.properties !== undefined
    ? shapeOfObject(schema)
    : { kind: 'unknown' };
}

function shapeOfValues(schema: JsonSchema): Shape {
  const values: readonly unknown[] = schema.enum ?? [schema.const];
  const texts = values.filter((value) => typeof value === 'string').sort((a, b) => b.length - a.length);
  const [longest] = texts;
  if (longest === undefined || texts.length < values.length) return { kind: 'unknown' };
  return { kind: 'text', longest: longest.length, example: longest };
}

const formats: Readonly<Record<string, string>> = {
  uuid: '0192f1f0-0000-7000-8000-000000000001',
  'date-time': '2026-11-22T10:30:00.000+09:00',
  date: '2026-11-22',
};

function shapeOfText(schema: JsonSchema): Shape {
  if (schema.format === 'uri') {
    return {
      kind: 'text',
      link: schema['x-https'] === true ? 'https' : 'any',
      ...limit('longest', schema.maxLength),
    };
  }
  const example = formats[schema.format ?? ''];
  if (example !== undefined) return { kind: 'text', longest: example.length, example };
  // A currency is the one pattern that data carry; its code must be a real one to be written as money.
  if (schema.pattern === '^[A-Z]{3}$') return { kind: 'text', longest: 3, example: 'XAF' };
  return { kind: 'text', ...limit('longest', schema.maxLength) };
}

function shapeOfList(schema: JsonSchema): Shape {
  const item = schema.items;
  if (item === undefined || typeof item !== 'object' || Array.isArray(item)) return { kind: 'unknown' };
  return {
    kind: 'list',
    item: shapeFrom(item),
    least: schema.minItems ?? 0,
    ...limit('most', schema.maxItems),
  };
}

function shapeOfObject(schema: JsonSchema): Shape {
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]): [string, Field] => {
    if (typeof property !== 'object') return [name, { shape: { kind: 'unknown' }, optional: true }];
    const nullable = property.anyOf?.some(({ type }) => type === 'null') ?? false;
    return [name, { shape: shapeFrom(property), optional: nullable || !required.has(name) }];
  });
  return { kind: 'object', fields: Object.fromEntries(fields) };
}

function limit(key: 'least' | 'most' | 'longest', value: number | undefined) {
  return value === undefined ? {} : { [key]: value };
}
