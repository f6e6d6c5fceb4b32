// @ts-check
// A new database cluster: what initdb makes, and one empty database in it.
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { giveTo, spawnAs } from './account.mjs';
import { nameFor } from './nameless.mjs';

export const OWNER = 'vestibule';
export const DATABASE = 'vestibule';

/** Sorting and case rules come from PostgreSQL itself, so that they do not change with the operating system. Words of 17. */
const CHOICES = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  ...['--set', 'timezone=UTC', '--set', 'log_timezone=UTC'],
];

/**
 * Makes a cluster with one database in it, both owned by `vestibule`.
 * @param {object} what
 * @param {string} what.programs
 * @param {string} what.data       the folder to make
 * @param {string} what.password
 * @param {boolean} what.durable
 * @param {import('./account.mjs').Account} what.account
 * @param {string[]} [what.choices]  words for initdb: encoding, locale, time zone
 * @throws {Error} with what initdb said.
 */
export async function makeCluster({ programs, data, password, durable, account, choices = CHOICES }) {
  // Made beside and renamed, so that one cut short is never taken for a whole one.
  const part = `${data}.part`;
  const pwfile = `${data}.password`;
  const run = commandIn(path.dirname(data), account);
  rmSync(part, { recursive: true, force: true });
  writeFileSync(pwfile, `${password}\n`, { mode: 0o600 });
  giveTo(account, pwfile);
  const owner = ['-U', OWNER, '--pwfile', pwfile, '--auth=scram-sha-256'];
  const sync = durable ? [] : ['--no-sync'];
  try {
    await run([path.join(programs, 'bin', 'initdb'), '-D', part, ...owner, ...choices, ...sync]);
  } finally {
    rmSync(pwfile, { force: true });
  }
  const single = [path.join(programs, 'bin', 'postgres'), '--single', '-D', part];
  await run(
    [...single, '-c', `fsync=${durable ? 'on' : 'off'}`, 'postgres'],
    `create database ${DATABASE}\n`,
  );
  chmodSync(part, 0o700);
  renameSync(part, data);
}

/**
 * Gives the owner of a cluster that was copied from elsewhere our password. The server recovers from the copy's WAL first.
 * @param {{ programs: string, data: string, password: string, account: import('./account.mjs').Account }} what
 * @throws {Error} with what PostgreSQL said.
 */
export async function takeOwnership({ programs, data, password, account }) {
  if (!/^[\w-]+$/.test(password)) throw new Error('the password of the database is not one of ours');
  const run = commandIn(path.dirname(data), account);
  const single = [path.join(programs, 'bin', 'postgres'), '--single', '-D', data, '-c', 'log_statement=none'];
  await run([...single, 'postgres'], `ALTER ROLE ${OWNER} PASSWORD '${password}'\n`);
}

/** @param {string} cwd @param {import('./account.mjs').Account} account */
function commandIn(cwd, account) {
  const name = account.named ? { before: [], env: {} } : nameFor(cwd);
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...name.env };
  /** @param {string[]} words @param {string} [input] @returns {Promise<void>} */
  return (words, input = '') =>
    new Promise((resolve, reject) => {
      const [program = '', ...rest] = [...name.before, ...words];
      const child = spawn(program, rest, { cwd, env, stdio: 'pipe', ...spawnAs(account) });
      let output = '';
      child.stdout.on('data', (text) => (output += text));
      child.stderr.on('data', (text) => (output += text));
      child.once('error', reject);
      child.once('close', (code) => {
        // In single-user mode a failed statement does not change the exit code.
        if (code === 0 && !/^.*(ERROR|FATAL):/m.test(output)) resolve();
        else reject(new Error(`PostgreSQL could not make its data in ${cwd}:\n${output.trim()}`));
      });
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
}

/**
 * @param {string} programs
 * @param {string} data
 * @throws {Error} when the data was made by another major version, whose files this one does not read.
 */
export function assertSameMajor(programs, data) {
  const made = readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
  const sample = readFileSync(path.join(programs, 'share', 'postgresql', 'postgres.bki'), 'utf8').slice(
    0,
    40,
  );
  const here = /PostgreSQL (\d+)/.exec(sample)?.[1];
  if (here && here !== made) {
    throw new Error(
      `${data} was made by PostgreSQL ${made} and this is ${here}: see docs/OPERATIONS.md, "Upgrade"`,
    );
  }
}
