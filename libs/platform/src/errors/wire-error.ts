import { AppError, type ErrorCode } from '@app/kernel';
import { HttpException } from '@nestjs/common';

/** An error as a page sees it: a stable code, a sentence, and the facts that belong to the code. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly [extra: string]: unknown;
}

/** Returns what may be told of an error, and whether it is our fault (so that it must be logged). */
export function toWire(error: unknown): { readonly error: WireError; readonly ours: boolean } {
  if (error instanceof AppError && error.code !== 'SEAL_BROKEN')
    return {
      error: { ...error.extra, code: error.code, message: error.message },
      ours: isUnavailable(error.code),
    };
  if (error instanceof HttpException) return { error: fromHttp(error.getStatus()), ours: false };
  const status = statusOf(error);
  if (status !== undefined) return { error: fromHttp(status), ours: false };
  return {
    error: { code: 'UNEXPECTED', message: 'Something went wrong on our side. Please try again.' },
    ours: true,
  };
}

function isUnavailable(code: ErrorCode): boolean {
  return code === 'AUDIT_UNAVAILABLE' || code === 'AUDIT_BACKLOG';
}

/** What body parsers throw carries a status of its own. */
function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function fromHttp(status: number): WireError {
  if (status === 404) return { code: 'NOT_FOUND', message: 'There is nothing here.' };
  if (status === 413) return { code: 'INPUT_TOO_LARGE', message: 'That is too large.' };
  if (status === 429) return { code: 'TOO_MANY', message: 'Please wait a moment and try again.' };
  if (status >= 500)
    return { code: 'UNEXPECTED', message: 'Something went wrong on our side. Please try again.' };
  return { code: 'INPUT_MALFORMED', message: 'That is not what this door takes.' };
}
