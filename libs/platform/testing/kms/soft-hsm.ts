import { existsSync } from 'node:fs';

/** Where Debian's package puts it, on every architecture. */
const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';

/**
 * Names a token of SoftHSM. The run has three (`global-setup.cjs`), which its tests share: each has tenants of its own.
 * Nobody signs in to `untouched`.
 *
 * @throws Error if SoftHSM is not installed: `apt-get install softhsm2`.
 */
export function softHsmToken(token: 'first' | 'second' | 'untouched') {
  if (!existsSync(LIBRARY)) throw new Error('SoftHSM is not installed: apt-get install softhsm2');
  return { module: LIBRARY, token, pin: '271828' };
}
