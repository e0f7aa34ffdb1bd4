import { describe, expect, it } from 'vitest';
import { eventCatalogue, isEventName } from '../../domain/events/catalogue.ts';
import { openApiDocument } from '../../http/openapi.ts';
import { parseEvents } from '../../intake/parse-event.ts';

const document = openApiDocument();

/** Every `$ref` in the document. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    key === '$ref' && typeof part === 'string' ? [part] : referencesIn(part),
  );
}

function resolve(reference: string): unknown {
  return reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>(
      (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
      document,
    );
}

interface EventSchema {
  readonly properties: {
    readonly type: { readonly const: string };
    readonly data: { readonly additionalProperties: false };
  };
  readonly examples: readonly unknown[];
}

const events = (resolve('#/components/schemas/Event') as { oneOf: { $ref: string }[] }).oneOf.map(
  ({ $ref }) => resolve($ref) as EventSchema,
);

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 and points at nothing that is missing', () => {
    expect(document['openapi']).toBe('3.1.0');
    for (const reference of referencesIn(document)) expect(resolve(reference), reference).toBeDefined();
  });

  it('describes every event that a shop can send, and none that only we derive', () => {
    const described = events.map((event) => event.properties.type.const);
    const sent = Object.keys(eventCatalogue).filter(
      (name) => isEventName(name) && !('derived' in eventCatalogue[name]),
    );
    expect(described).toEqual(sent);
    expect(described).not.toContain('cart.superseded');
  });

  it('shows examples that are accepted', () => {
    for (const event of events) expect(() => parseEvents(event.examples)).not.toThrow();
  });

  it('allows no fields that would be refused', () => {
    for (const event of events) expect(event.properties.data.additionalProperties).toBe(false);
  });
});
