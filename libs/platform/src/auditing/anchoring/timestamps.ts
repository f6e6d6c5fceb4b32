import { instantAt, SECOND, utcMs } from '@app/kernel';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What a time stamp says, once it has been checked. */
export interface StampInfo {
  readonly at: Date;
  /** Common name of the certificate that signed, or ''. */
  readonly authority: string;
  /** Hexadecimal. */
  readonly nonce?: string;
}

/**
 * Checks a TimeStampResp that was granted.
 *
 * @param imprint - SHA-256 of what it must be about.
 * @param caPem - certificates that are trusted.
 * @throws Error if it does not hold; with the `code` `untrusted` if only the authority is another one.
 */
export type CheckStamp = (token: Buffer, imprint: Buffer, caPem: string) => StampInfo;

type CheckTimestamp = (
  stamp: { readonly token: Buffer; readonly imprint: Buffer; readonly caPem: string },
  primitives: unknown,
) => Omit<StampInfo, 'at'> & { readonly time: string };

/**
 * Returns the check that the verifier of bundles makes: what we accept, they accept.
 *
 * @param folder - `audit/verify`, whose modules are not part of the program.
 */
export function loadCheckStamp(folder: string): CheckStamp {
  const load = createRequire(__filename);
  const { checkTimestamp } = load(join(folder, 'timestamp.mjs')) as { checkTimestamp: CheckTimestamp };
  const { nodePrimitives } = load(join(folder, 'primitives.mjs')) as { nodePrimitives: unknown };
  return (token, imprint, caPem) => {
    const { time, ...info } = checkTimestamp({ token, imprint, caPem }, nodePrimitives);
    return { ...info, at: instantOf(time) };
  };
}

/** @param time - RFC 3339, UTC, as the verifier writes it. */
function instantOf(time: string): Date {
  const [, year, month, day, hour, minute, second, fraction = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?Z$/.exec(time) ?? [];
  const ms = Math.floor(Number(fraction) * SECOND);
  return instantAt(
    utcMs(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), ms),
  );
}
