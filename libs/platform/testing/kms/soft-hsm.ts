import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Where Debian's package puts it, on every architecture. */
const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';

/**
 * Makes a token of SoftHSM, in the run's own folder (`global-setup.cjs` points SOFTHSM2_CONF at it).
 *
 * @throws Error if SoftHSM is not installed: `apt-get install softhsm2`.
 */
export async function softHsmToken(label: string): Promise<{ module: string; token: string; pin: string }> {
  if (!existsSync(LIBRARY)) throw new Error('SoftHSM is not installed: apt-get install softhsm2');
  const pin = '271828';
  await run('softhsm2-util', [
    '--init-token',
    '--free',
    '--label',
    label,
    '--pin',
    pin,
    '--so-pin',
    '31415926',
  ]);
  return { module: LIBRARY, token: label, pin };
}
