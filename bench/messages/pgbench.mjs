// @ts-check
// pgbench, PostgreSQL's own: the same statement on tables of the same shape, with rows as long as ours, and no server before it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { conversationId, TENANT } from './beside.mjs';

/** As many connections as our server has. */
const CONNECTIONS = 10;
const DEBIAN = '/usr/lib/postgresql';

/** @returns {string | undefined} the newest pgbench of this machine */
export function findPgbench() {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => path.join(DEBIAN, version, 'bin'))
    : [];
  return [...debian, ...(process.env.PATH ?? '').split(path.delimiter)]
    .map((folder) => path.join(folder, 'pgbench'))
    .find((file) => existsSync(file));
}

/**
 * Runs it once. Each connection takes its own conversations in turn, so none waits for another's lock.
 * @param {object} options
 * @param {string} options.program @param {string} options.databaseUrl @param {string} options.folder  for its files
 * @param {number} options.conversations  in all
 * @param {number} options.seconds
 * @param {{ sealed: number, entry: number }} options.bytes  as long as ours are, on average
 * @returns {Promise<{ seconds: number, acked: number, latencies: number[] }>}
 */
export async function runPgbench({ program, databaseUrl, folder, conversations, seconds, bytes }) {
  const own = mkdtempSync(path.join(folder, 'pgbench-'));
  const each = Math.floor(conversations / CONNECTIONS);
  const script = path.join(own, 'message.sql');
  const hex = (/** @type {number} */ length) => `'\\x${'5a'.repeat(length)}'::bytea`;
  const prefix = conversationId(0).slice(0, 24);
  writeFileSync(
    script,
    `\\set turn :turn + 1
\\set conversation :client_id * ${each} + (:turn % ${each})
\\set seq 1 + :turn / ${each}
SELECT outcome FROM append_message('${TENANT}', ('${prefix}' || lpad(to_hex(:conversation::int), 12, '0'))::uuid, 1, :seq, :seq,
  gen_random_uuid(), gen_random_uuid(), 'client', 'pgbench', NULL, ${hex(bytes.sealed)}, now(), gen_random_uuid(),
  ${hex(bytes.entry)}, ${hex(32)}, NULL);
`,
  );
  const log = path.join(own, 'latency');
  const words = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(CONNECTIONS),
    '-j',
    '1',
    '-T',
    String(seconds),
    '-D',
    'turn=-1',
  ];
  try {
    await promisify(execFile)(program, [...words, '-f', script, '-l', `--log-prefix=${log}`, databaseUrl], {
      cwd: own,
    });
    // client, transaction, microseconds, script, seconds and microseconds of its end
    const lines = readdirSync(own)
      .filter((name) => name.startsWith('latency'))
      .flatMap((name) => readFileSync(path.join(own, name), 'latin1').trim().split('\n'));
    const latencies = lines.map((line) => Number(line.split(' ')[2]) / 1_000).sort((a, b) => a - b);
    return { seconds, acked: latencies.length, latencies };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
