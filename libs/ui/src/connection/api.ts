/** Every code of `docs/PROTOCOL.md`, and one of our own: the server could not be reached. */
export const ERROR_CODES = [
  'INPUT_MALFORMED',
  'INPUT_TOO_LARGE',
  'SIGNED_OUT',
  'SIGN_IN_FAILED',
  'ACCESS_DENIED',
  'ORIGIN_REFUSED',
  'ASSURANCE_TOO_LOW',
  'DISCLOSURE_REFUSED',
  'NOT_FOUND',
  'NOT_WITNESSED',
  'ALREADY_CLAIMED',
  'STEP_NOT_ALLOWED',
  'INTAKE_CLOSED',
  'HELD',
  'KEY_REFUSED',
  'ERASED',
  'NOTICE_CHANGED',
  'TOO_MANY',
  'AUDIT_UNAVAILABLE',
  'AUDIT_BACKLOG',
  'VIDEO_UNAVAILABLE',
  'UNEXPECTED',
] as const;
export type ApiErrorCode = (typeof ERROR_CODES)[number] | 'UNREACHABLE';

/** A refusal of the server, or its absence. `message` is the server's, in English, and may be shown. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ApiErrorCode,
    message: string,
    /** What the code carries besides: `by`, `fields`. */
    readonly extra: Readonly<Record<string, unknown>> = {},
    /** Whole seconds to wait before the next try, if the server said so. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** Reads the `error` of an answer, of HTTP or of a socket. An unknown shape is `UNEXPECTED`. */
export function parseApiError(body: unknown, retryAfterSeconds?: number): ApiError {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  const { code, message, retryAfterS, ...extra } = error;
  const known = ERROR_CODES.find((one) => one === code) ?? 'UNEXPECTED';
  const seconds = typeof retryAfterS === 'number' ? retryAfterS : retryAfterSeconds;
  return new ApiError(known, typeof message === 'string' ? message : 'Something went wrong.', extra, seconds);
}

export interface Api {
  /** @throws ApiError whatever goes wrong. */
  get<T>(path: string): Promise<T>;
  /** An answer without a body (204) is `undefined`. @throws ApiError whatever goes wrong. */
  post<T = void>(path: string, body?: object): Promise<T>;
}

const TIMEOUT_MS = 20_000;

/** Talks to `/api` of the page's own origin; the cookie says who asks. `path` begins with `/api`. */
export const api: Api = {
  get: (path) => request(path, { method: 'GET' }),
  post: (path, body = {}) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
};

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      ...init,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: stop.signal,
    });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : parse(text);
    if (response.ok) return body as T;
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    throw parseApiError(body, Number.isFinite(seconds) ? seconds : undefined);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('UNREACHABLE', 'The server could not be reached.');
  } finally {
    clearTimeout(timer);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
