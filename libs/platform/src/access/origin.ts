import { isIP } from 'node:net';

/** Injection token: the origins that our own pages have. Empty in a demo without `VESTIBULE_PUBLIC_URL`. */
export const OUR_ORIGINS = Symbol('OUR_ORIGINS');

/**
 * Whether a request comes from one of our pages. With a public address set, only that; without one (a demo on whatever
 * address reaches it), the origin's host must be the one that was asked,
 * and a number or `localhost`.
 */
export function isOurOrigin(
  origin: string | undefined,
  host: string | undefined,
  ours: ReadonlySet<string>,
): boolean {
  if (origin === undefined) return false;
  if (ours.size > 0) return ours.has(origin);
  try {
    const { host: asking, hostname } = new URL(origin);
    // A name could be made to point here by whoever owns it (DNS rebinding); a number or `localhost` cannot.
    return asking === host && (hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0);
  } catch {
    return false;
  }
}
