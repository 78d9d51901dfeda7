import { components } from './components';
import { componentSchema, type JsonSchema, jsonSchema } from './json-schema';
import { problemsOf } from './documented-problems';
import type { DocumentedResponse } from './documented-response';
import type { DocumentedAnswer, ParameterSchema, Route } from './route';
import { routes } from './routes';

const description = `Backup and restore of Kubernetes applications, kept in Velero's layout.

Callers send \`Authorization: Bearer <token>\` (\`lifeboat token create\`), or sign their requests where the trigger asks for
Function Compute's own signature. A token has a role: \`viewer\` reads, \`operator\` also starts and cancels runs, \`admin\` also
makes, changes and deletes. A token with a scope sees and touches only what concerns its clusters.

Lists come by page: \`limit\` items, and \`metadata.continue\` for the next one. Errors are problem+json (RFC 9457).
A \`POST\` with an \`Idempotency-Key\` is carried out once in a day, however often it is sent.

A manifest comes with an \`ETag\`. Send it in \`If-Match\` to change what you read and nothing newer: 412 when somebody else has changed
it. Without it a change by field is made to the newest manifest, whatever others change meanwhile.`;

/** OpenAPI 3.1, from the schemas by which the API checks. */
export function apiDocument(): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  paths['/openapi.json'] = { get: documentOperation };
  const names = Object.keys(components);
  return {
    openapi: '3.1.0',
    info: { title: 'Lifeboat', version: '1', description },
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(names.map((name) => [name, componentSchema(name, components)])),
    },
  };
}

const documentOperation = {
  operationId: 'getDocument',
  tags: ['Health'],
  summary: 'This document; it takes no credentials',
  security: [],
  responses: {
    200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
  },
};

function operation(route: Route): JsonSchema {
  const { id, tag, summary, body } = route;
  const told = [route.description, `Role: ${route.role}.`].filter(Boolean).join('\n\n');
  const parameters = [
    ...parametersOf(route.parameters, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.method === 'POST' ? [idempotencyKey] : []),
    ...(route.conditional === 'read' ? [ifNoneMatch] : []),
    ...(route.conditional === 'write' ? [ifMatch] : []),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: told,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(body, components) } },
      },
    }),
    responses: responsesOf(route),
  };
}

/** A status may stand for an answer and for a problem: their types of content tell them apart. */
function responsesOf(route: Route): Record<string, DocumentedResponse> {
  const responses: Record<string, DocumentedResponse> = problemsOf(route);
  for (const [status, answer] of Object.entries(route.answers)) {
    const { description: told, content, headers } = documented(answer);
    const other = responses[status];
    responses[status] = {
      description: [told, other?.description].filter(Boolean).join('; or: '),
      ...(headers !== undefined && { headers }),
      ...((content ?? other?.content) && { content: { ...content, ...other?.content } }),
    };
  }
  return responses;
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'With it the request is carried out once, however often it is sent within a day',
  required: false,
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
};

const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'An ETag that was answered before: 304 when nothing has changed since',
  required: false,
  schema: { type: 'string' },
};

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of the manifest that is meant: 412 when it was changed since',
  required: false,
  schema: { type: 'string' },
};

function parametersOf(schema: ParameterSchema | undefined, place: 'path' | 'query'): JsonSchema[] {
  if (!schema) return [];
  const { properties, required } = jsonSchema(schema) as {
    properties: Record<string, JsonSchema>;
    required: string[];
  };
  return Object.entries(properties).map(([name, { description: told, ...type }]) => ({
    name,
    in: place,
    ...(told !== undefined && { description: told }),
    required: required.includes(name),
    schema: type,
  }));
}

function documented({ description: told, content, headers }: DocumentedAnswer): DocumentedResponse {
  const schema =
    content === undefined || content === 'text' ? { type: 'string' } : jsonSchema(content, components);
  return {
    description: told,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, line]) => [
          name,
          { description: line, required: true, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...(content && { content: { [content === 'text' ? 'text/plain' : 'application/json']: { schema } } }),
  };
}
