import { AppError } from '@app/kernel';
import express, { type RequestHandler } from 'express';

/** Largest body that a route takes, in bytes. A message has its own, smaller limit. */
const MAX_BODY = '64kb';

/**
 * Reads bodies: JSON, of texts that can be kept as they are. Half of a surrogate pair has no bytes in UTF-8 (RFC 7493,
 * section 2.1), so the log could not commit to it; a NUL is the one character that PostgreSQL's texts do not take.
 */
export const jsonBodies: readonly RequestHandler[] = [
  express.json({
    limit: MAX_BODY,
    strict: true,
    type: 'application/json',
    reviver: (key: string, value: unknown) => {
      for (const text of [key, value])
        if (typeof text === 'string' && (!text.isWellFormed() || text.includes('\0')))
          throw new SyntaxError('not a text');
      return value;
    },
  }),
  // The parser leaves a body of another type alone, and a door that takes no fields would take it for none.
  (request, _response, next) => {
    const isOther = request.is('application/json') === false && request.headers['content-length'] !== '0';
    next(isOther ? new AppError('INPUT_MALFORMED', 'This takes JSON and nothing else.') : undefined);
  },
];
