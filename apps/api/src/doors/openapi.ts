import { doorOf, Shape } from '@app/platform';
import { RequestMethod } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: Json;
  readonly paths: Record<string, Record<string, Json>>;
  readonly components: Json;
}

/** What Nest keeps of a handler's arguments: which part of the request, and the pipes it goes through. */
interface RouteArgument {
  readonly data?: unknown;
  readonly pipes: readonly unknown[];
}

const BODY = 3;
const QUERY = 4;
const ERROR = { $ref: '#/components/schemas/Error' };

/** Returns an OpenAPI 3.1 document of every route: its address, who may ask, the permission, and what it takes. */
export function describeRoutes(modules: ModulesContainer): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const module of modules.values())
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const base = metadata<string>('path', metatype) ?? '';
      for (const name of Object.getOwnPropertyNames(metatype.prototype)) {
        const handler: unknown = Object.getOwnPropertyDescriptor(metatype.prototype, name)?.value;
        const sub = typeof handler === 'function' ? metadata<string | string[]>('path', handler) : undefined;
        // A class has its own path as well, and is no route.
        if (typeof handler !== 'function' || sub === undefined || name === 'constructor') continue;
        for (const path of [sub].flat()) {
          const address = `/${[base, path]
            .map((part) => part.replace(/^\/|\/$/g, ''))
            .filter(Boolean)
            .join('/')}`;
          const method = RequestMethod[metadata<number>('method', handler) ?? 0]?.toLowerCase() ?? 'get';
          const described = operation(metatype, name, handler, address);
          (paths[address.replaceAll(/:(\w+)/g, '{$1}').replaceAll(/\*(\w+)/g, '{$1}')] ??= {})[method] =
            described;
        }
      }
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vestibule',
      version: '1',
      description: 'What each answer holds is in docs/PROTOCOL.md, and so are the sockets.',
    },
    paths,
    components: {
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: { code: { type: 'string' }, message: { type: 'string' } },
            },
          },
        },
      },
      securitySchemes: {
        staff: { type: 'apiKey', in: 'cookie', name: 'vestibule_staff' },
        client: { type: 'apiKey', in: 'cookie', name: 'vestibule_client' },
      },
    },
  };
}

function operation(controller: object, name: string, handler: object, address: string): Json {
  const sign = doorOf(handler);
  const taken = Reflect.getMetadata('__routeArguments__', controller, name) as
    Record<string, RouteArgument> | undefined;
  const shapes = Object.entries(taken ?? {}).map(([key, argument]) => ({
    part: Number(key.split(':')[0]),
    schema: argument.pipes.find((pipe): pipe is Shape<unknown> => pipe instanceof Shape)?.schema,
  }));
  const body = shapes.find(({ part, schema }) => part === BODY && schema !== undefined)?.schema;
  const query = shapes.find(({ part, schema }) => part === QUERY && schema !== undefined)?.schema;
  const inPath = [...address.matchAll(/[:*](\w+)/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId: name,
    'x-permission': sign?.action,
    security: sign === undefined || sign.who === 'anyone' ? [] : [{ [sign.who]: [] }],
    parameters: [...inPath, ...(query === undefined ? [] : queryParameters(jsonSchema(query)))],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } },
    }),
    responses: {
      '2XX': { description: 'Done.' },
      default: { description: 'Refused.', content: { 'application/json': { schema: ERROR } } },
    },
  };
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

function queryParameters(schema: Json): Json[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries((schema['properties'] ?? {}) as Json).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
