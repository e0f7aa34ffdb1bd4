import * as z from 'zod';
import type { FastifyInstance } from 'fastify';
import { errorCodes } from '../domain/error-codes.ts';
import { envelope, eventCatalogue, type EventName } from '../domain/events/catalogue.ts';
import { sentEvents } from '../domain/events/sent-events.ts';

/** The document does not change while the process runs. */
export function addOpenApi(app: FastifyInstance): void {
  const document = openApiDocument();
  app.get('/v1/openapi.json', () => document);
}

/**
 * What can be sent, as OpenAPI 3.1, made from the schemas that events are read by. (Reading itself goes by the event's
 * type first, so that an error is about that type and not about a union of all of them.)
 */
export function openApiDocument(): Record<string, unknown> {
  const names = sentEvents();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Perennial',
      version: '1',
      description:
        'Tell what happens in the shop. Repeating a call is safe: an event id has its effect once.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths: {
      '/v1/events': { post: trackOperation() },
      '/healthz': { get: plainOperation('isAlive', 'The process answers.') },
      '/readyz': { get: plainOperation('isReady', 'An event would be accepted now.') },
    },
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'npx perennial keys create <name>' },
      },
      responses: Object.fromEntries(
        Object.entries(refusals).map(([name, description]) => [name, refusal(description)]),
      ),
      schemas: {
        Event: {
          oneOf: names.map((name) => reference(schemaName(name))),
          discriminator: {
            propertyName: 'type',
            mapping: Object.fromEntries(
              names.map((name) => [name, `#/components/schemas/${schemaName(name)}`]),
            ),
          },
        },
        ...Object.fromEntries(names.map((name) => [schemaName(name), eventSchema(name)])),
        Results: resultsSchema,
        Problem: problemSchema,
      },
    },
  };
}

/** `cart.updated` is `CartUpdated`. */
function schemaName(name: EventName): string {
  return name.replace(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function eventSchema(name: EventName): object {
  const { data, example, about } = eventCatalogue[name];
  const schema = envelope.extend({ type: z.literal(name), data });
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return {
    ...json,
    ...(about === 'customer' && name !== 'customer.identified'
      ? { anyOf: [{ required: ['customerId'] }, { required: ['anonymousId'] }] }
      : {}),
    examples: [
      {
        id: `${name}-1`,
        type: name,
        occurredAt: '2026-03-02T10:00:00Z',
        ...(about === 'customer' ? { customerId: 'c-1001' } : {}),
        data: example,
      },
    ],
  };
}

function trackOperation(): object {
  return {
    operationId: 'track',
    summary: 'Accept one event, or up to 1,000 as a whole or not at all',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            oneOf: [
              reference('Event'),
              { type: 'array', items: reference('Event'), minItems: 1, maxItems: 1000 },
            ],
          },
        },
      },
    },
    responses: {
      202: {
        description: 'Accepted for good. Results stand in the order of the events.',
        content: json('Results'),
      },
      400: response('Refused'),
      401: response('NoKey'),
      409: response('Conflict'),
      413: response('TooLarge'),
      415: response('NotJson'),
      503: response('Unavailable'),
    },
  };
}

const refusals = {
  Refused: 'Events are not right. Nothing was accepted; repeating it unchanged gives the same answer.',
  NoKey: 'The key is missing or not accepted.',
  Conflict: 'An event id was used before with another content. Nothing was accepted.',
  TooLarge: 'More than 1,000 events, or more than 8 MB. Nothing was accepted.',
  NotJson: 'The content type is not application/json, or the body is compressed.',
  Unavailable: 'It may or may not have been accepted: repeat it unchanged after a second.',
};

function refusal(description: string): object {
  return { description, content: { 'application/problem+json': { schema: reference('Problem') } } };
}

function plainOperation(operationId: string, description: string): object {
  return { operationId, security: [], responses: { 200: { description }, 503: response('Unavailable') } };
}

function json(schema: string): object {
  return { 'application/json': { schema: reference(schema) } };
}

function response(name: keyof typeof refusals): object {
  return { $ref: `#/components/responses/${name}` };
}

function reference(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

const resultsSchema = {
  type: 'object',
  required: ['results'],
  properties: {
    results: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'status'],
        properties: { id: { type: 'string' }, status: { enum: ['accepted', 'duplicate'] } },
      },
    },
  },
};

const problemSchema = {
  type: 'object',
  description: 'RFC 9457. `type` is where the page about the error is served.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(errorCodes) },
    detail: { type: 'string' },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['index', 'path', 'problem'],
        properties: {
          index: { type: 'integer', description: 'Place of the event in the call, from 0.' },
          path: { type: 'string', description: 'Where in the event, such as data.items[0].quantity.' },
          value: { type: 'string' },
          problem: { type: 'string' },
        },
      },
    },
  },
};
