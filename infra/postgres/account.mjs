// @ts-check
// Which operating-system account runs PostgreSQL, and what that account can reach.
// PostgreSQL refuses to run as root, so root hands it to somebody else.
import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Tried in this order. The second one is ours, and is made when neither is there. */
const ACCOUNTS = ['postgres', 'vestibule-db'];

/**
 * @typedef {object} Account
 * @property {number | undefined} uid  undefined: PostgreSQL runs as whoever runs this program
 * @property {number | undefined} gid
 * @property {boolean} named           whether the account has an entry in the passwd database
 */

/**
 * The account for PostgreSQL: this one, or another when this one is root.
 * @param {(line: string) => void} log
 * @param {string} [folder]  where a database may stand already: it stays with the account that made it, because PostgreSQL
 *   refuses data of another one, and a package may bring the account `postgres` to the machine later
 * @returns {Account}
 * @throws {Error} as root, when there is no suitable account and none can be made.
 */
export function databaseAccount(log, folder) {
  if (process.getuid?.() !== 0) return { uid: undefined, gid: undefined, named: hasName() };
  const owner = folder === undefined ? undefined : statSync(folder, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) {
    const named = spawnSync('id', ['-un', String(owner.uid)], { stdio: 'ignore' }).status === 0;
    return { uid: owner.uid, gid: owner.gid, named };
  }
  for (const name of ACCOUNTS) {
    const found = lookUp(name);
    if (found) return found;
  }
  const name = /** @type {string} */ (ACCOUNTS.at(-1));
  log(`PostgreSQL does not run as root: making the system account ${name} for it`);
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name],
    {
      encoding: 'utf8',
    },
  );
  const account = lookUp(name);
  if (account) return account;
  throw new Error(
    `PostgreSQL does not run as root, and the account ${name} could not be made ` +
      `(${(made.stderr || made.error?.message || 'no reason given').trim()}). ` +
      'Make it, start as another account, or set DATABASE_URL.',
  );
}

/** @param {string} name @returns {Account | undefined} */
function lookUp(name) {
  const id = (/** @type {string} */ flag) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const uid = id('-u');
  if (uid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(id('-g').stdout), named: true };
}

/** A container may run us under a uid that no passwd line mentions; Node throws then. */
function hasName() {
  try {
    return os.userInfo().username !== '';
  } catch {
    return false;
  }
}

/**
 * Whether the account can enter a folder and read it. Asked of the kernel, as that account, because
 * mode bits alone do not tell (ACLs, mounts).
 * @param {Account} account
 * @param {string} folder
 */
export function canReach(account, folder) {
  if (account.uid === undefined) return true;
  const seen = spawnSync('/bin/sh', ['-c', 'cd "$1" && test -x . ', 'sh', folder], {
    cwd: '/',
    stdio: 'ignore',
    ...spawnAs(account),
  });
  return seen.status === 0;
}

/** @param {Account} account @returns {{ uid?: number, gid?: number }} what `spawn` wants */
export function spawnAs(account) {
  return account.uid === undefined ? {} : { uid: account.uid, gid: /** @type {number} */ (account.gid) };
}

/** @param {Account} account @param {string} file */
export function giveTo(account, file) {
  if (account.uid !== undefined) chownSync(file, account.uid, /** @type {number} */ (account.gid));
}

/** Where root keeps what another account must reach and cannot reach in the home. */
export const REACHABLE = path.join('/var/lib', 'vestibule');
