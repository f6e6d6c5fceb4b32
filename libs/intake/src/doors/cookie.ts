import { HOUR } from '@app/kernel';
import { type Config, COOKIE } from '@app/platform';
import type { CookieOptions, Response } from 'express';

/** A session's life, as the client's browser keeps it; the server's own end comes first. */
const LIFE_MS = 24 * HOUR;

function options(config: Config): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure: config.publicUrl.startsWith('https:'), path: '/' };
}

export function setClientCookie(response: Response, config: Config, secret: string): void {
  response.cookie(COOKIE.client, secret, { ...options(config), maxAge: LIFE_MS });
}

export function clearClientCookie(response: Response, config: Config): void {
  response.clearCookie(COOKIE.client, options(config));
}
