// node --test infra/backup/backup.test.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { startDebianPostgres } from '../postgres/debian.mjs';
import { hasCluster, startPostgres } from '../postgres/embedded.mjs';
import { backupDump, backupKeys, backupServer, checkBackup } from './backup.mjs';
import { acceptLoss, lostOf, restore, RESTORED } from './restore.mjs';
import { chooseTool } from './tools.mjs';

const { Client } = createRequire(import.meta.url)('pg');
const NOW = new Date('2026-03-01T10:20:30.000Z');
const TENANT = '0190a1b2-0000-7000-8000-000000000001';
const quiet = () => {};

let root;
let home;
let server;
let sql;
before(async () => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'vestibule-backup-'));
  fs.chmodSync(root, 0o711);
  home = path.join(root, 'home');
  server = await startPostgres({ home, log: quiet });
  sql = await connected(server.url);
  await sql.query(`CREATE TABLE kept (id int PRIMARY KEY, what text);
    CREATE TABLE audit_head (tenant_id uuid PRIMARY KEY, size bigint NOT NULL);
    INSERT INTO kept SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i;
    INSERT INTO audit_head VALUES ('${TENANT}', 100)`);
  fs.mkdirSync(path.join(home, 'keys', 'epochs'), { recursive: true });
  fs.writeFileSync(path.join(home, 'keys', 'root.key'), 'the root key');
  fs.writeFileSync(path.join(home, 'keys', 'epochs', '1.key'), 'a key of an epoch');
  fs.mkdirSync(path.join(home, 'log-state'));
  fs.writeFileSync(path.join(home, 'log-state', `${TENANT}.json`), '{"size":120,"root":"AAAA"}');
  fs.mkdirSync(path.join(home, 'erasure-journal'));
  fs.writeFileSync(path.join(home, 'erasure-journal', `${TENANT}.jsonl`), '{}\n');
});
after(async () => {
  await sql?.end();
  await server?.stop();
  fs.rmSync(root, { recursive: true, force: true });
});

async function connected(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

const inside = (...names) => path.join(root, ...names);
const to = (name) => inside('backups', name);

/** A home with keys in it, as after `restore KEYS`, and nothing else. */
function newHome(name) {
  const folder = inside(name);
  fs.mkdirSync(path.join(folder, 'keys'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'keys', 'root.key'), 'the root key');
  return {
    home: folder,
    keyFile: path.join(folder, 'keys', 'root.key'),
    url: undefined,
    yes: false,
    log: quiet,
  };
}

async function rowsAt(folder, text) {
  const started = await startPostgres({ home: folder, log: quiet });
  const client = await connected(started.url);
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
    await started.stop();
  }
}

test('a server that is written to all the time is copied as it was at one moment, and stands again elsewhere', async () => {
  const writer = await connected(server.url);
  let last = 20_000;
  let writing = true;
  const written = (async () => {
    while (writing) {
      await writer.query('INSERT INTO kept VALUES ($1, $2)', [last + 1, 'written meanwhile']);
      last += 1;
    }
  })();
  const before = last;
  const made = await backupServer({ url: server.url, to: to('one'), now: NOW });
  writing = false;
  await written;
  await writer.end();
  assert.equal(path.basename(made.file), 'vestibule-database-2026-03-01T102030Z.tar');
  assert.equal(fs.statSync(made.file).mode & 0o777, 0o600);
  assert.deepEqual(fs.readdirSync(to('one')), [path.basename(made.file)]);

  const other = newHome('other');
  await restore({ ...other, file: made.file });
  const [{ n, most }] = await rowsAt(other.home, 'SELECT count(*)::int AS n, max(id) AS most FROM kept');
  // Everything that was committed before it began, and of what came meanwhile a beginning without holes.
  assert.equal(n, most);
  assert.ok(n >= before && n <= last, `${before} ≤ ${n} ≤ ${last}`);
  assert.deepEqual(Object.keys(JSON.parse(fs.readFileSync(path.join(other.home, RESTORED), 'utf8'))), [
    'kind',
    'madeAt',
    'restoredAt',
  ]);
});

test('no byte of a backup can change without its name being said, and a shorter one is refused', async () => {
  const { file } = await backupServer({ url: server.url, to: to('changed'), now: NOW });
  const whole = fs.readFileSync(file);
  const changed = inside('changed.tar');
  const places = [0, 100, 600, whole.length >> 1, whole.length - 3000];
  for (let i = 0; i < 20; i += 1) places.push(randomBytes(6).readUIntBE(0, 6) % (whole.length - 1100));
  for (const at of places) {
    const bytes = Buffer.from(whole);
    bytes[at] ^= 1;
    fs.writeFileSync(changed, bytes);
    await checkBackup(changed).then(
      // A tar has bytes that say nothing: what fills a block, the time, the owner.
      () => assert.ok(isPadding(whole, at), `byte ${at}`),
      (error) => assert.ok(error instanceof Error),
    );
  }
  for (const length of [0, 511, whole.length >> 1, whole.length - 2000]) {
    fs.writeFileSync(changed, whole.subarray(0, length));
    await assert.rejects(checkBackup(changed));
  }
  const other = newHome('untouched');
  await assert.rejects(restore({ ...other, file: changed }));
  assert.equal(hasCluster(other.home), false);
});

/** Whether a byte lies between the end of a part and the next block. */
function isPadding(whole, at) {
  for (let from = 0; from < whole.length;) {
    const size = Number.parseInt(whole.subarray(from + 124, from + 135).toString(), 8) || 0;
    const next = from + 512 + Math.ceil(size / 512) * 512;
    if (at >= from && at < next) return at >= from + 512 + size;
    from = next;
  }
  return false;
}

test('a home that has a database is not written over unless one says so, and then the former one is set aside', async () => {
  const { file } = await backupServer({ url: server.url, to: to('aside'), now: NOW });
  const own = newHome('own');
  await rowsAt(own.home, 'CREATE TABLE mine (id int)');
  await assert.rejects(restore({ ...own, file }), /Say --yes/);
  assert.deepEqual(await rowsAt(own.home, 'SELECT count(*)::int AS n FROM mine'), [{ n: 0 }]);
  await restore({ ...own, file, yes: true });
  const [{ mine }] = await rowsAt(own.home, `SELECT to_regclass('mine') AS mine`);
  assert.equal(mine, null);
  assert.equal(
    fs.readdirSync(path.join(own.home, 'postgres')).filter((name) => name.startsWith('data.before-')).length,
    1,
  );
});

test('a home without the root key takes no database: its next start would make another key', async () => {
  const { file } = await backupServer({ url: server.url, to: to('keyless'), now: NOW });
  const other = newHome('keyless');
  fs.rmSync(other.keyFile);
  await assert.rejects(restore({ ...other, file }), /no root key/);
});

test('keys are in no backup of the database; they have one of their own, and go back into an empty place only', async () => {
  const database = await backupServer({ url: server.url, to: to('apart'), now: NOW });
  const names = execFileSync('sh', [
    '-c',
    `tar -xOf "$1" base.tar.gz | tar -tzf -`,
    'sh',
    database.file,
  ]).toString();
  assert.ok(!/root\.key|log-state|erasure-journal/.test(names));
  const made = await backupKeys({
    home,
    keyFile: path.join(home, 'keys', 'root.key'),
    to: to('apart'),
    now: NOW,
  });
  assert.equal(fs.statSync(made.file).mode & 0o777, 0o600);
  await assert.rejects(restore({ ...newHome('has-keys'), file: made.file }), /stands there already/);
  const empty = { ...newHome('empty'), file: made.file };
  fs.rmSync(path.join(empty.home, 'keys'), { recursive: true });
  await restore(empty);
  for (const name of [
    'keys/root.key',
    'keys/epochs/1.key',
    `log-state/${TENANT}.json`,
    `erasure-journal/${TENANT}.jsonl`,
  ]) {
    assert.equal(
      fs.readFileSync(path.join(empty.home, name), 'utf8'),
      fs.readFileSync(path.join(home, name), 'utf8'),
    );
    assert.equal(fs.statSync(path.join(empty.home, name)).mode & 0o777, 0o600);
  }
  assert.equal(fs.existsSync(path.join(empty.home, RESTORED)), false);
});

test('what a log lacks of what was signed is named, and accepting it is for that state and no other', async () => {
  assert.deepEqual(await lostOf(home, server.url), [{ tenant: TENANT, has: 100, signed: 120 }]);
  await acceptLoss(home);
  assert.equal(
    fs.readFileSync(path.join(home, 'log-state', `${TENANT}.accepted`), 'utf8'),
    fs.readFileSync(path.join(home, 'log-state', `${TENANT}.json`), 'utf8'),
  );
  await sql.query('UPDATE audit_head SET size = 120');
  assert.deepEqual(await lostOf(home, server.url), []);
});

test('a database of yours is dumped and put back with the tools that belong to it', async (t) => {
  const yours = await databaseOfYours(t);
  await yours.sql.query(`CREATE TABLE kept (id int PRIMARY KEY, what text);
    INSERT INTO kept SELECT i, md5(i::text) FROM generate_series(1, 20000) i;
    CREATE ROLE vestibule_app LOGIN;
    ALTER TABLE kept ENABLE ROW LEVEL SECURITY;
    ALTER TABLE kept FORCE ROW LEVEL SECURITY;
    CREATE POLICY odd ON kept TO vestibule_app USING (id % 2 = 1);
    GRANT SELECT ON kept TO vestibule_app`);
  const seen = `SELECT count(*)::int AS n, md5(string_agg(id || what, ',' ORDER BY id)) AS sum FROM kept`;
  const { rows: was } = await yours.sql.query(seen);
  assert.equal(was[0].n, 20_000);

  // What stands first on PATH is too old for the server, and would fail.
  const former = process.env.PATH;
  t.after(() => (process.env.PATH = former));
  process.env.PATH = `${oldTools('old-tools')}${path.delimiter}${former}`;
  const made = await backupDump({ url: yours.url, to: to('dump'), now: NOW });
  const { kind, postgresMajor } = await checkBackup(made.file);
  assert.deepEqual([kind, postgresMajor], ['dump', yours.major]);

  await yours.sql.query('CREATE DATABASE again');
  const url = yours.url.replace(/[^/]+$/, 'again');
  const other = { ...newHome('dumped'), url };
  await restore({ ...other, file: made.file });
  const client = await connected(url);
  const { rows: is } = await client.query(seen);
  await client.query('SET ROLE vestibule_app');
  const { rows: odd } = await client.query('SELECT count(*)::int AS n FROM kept');
  await client.end();
  assert.deepEqual(is, was);
  assert.equal(odd[0].n, 10_000);
  await assert.rejects(restore({ ...other, file: made.file }), /not empty/);
});

test('a dump that may not read every row fails, and leaves no file behind', async (t) => {
  const yours = await databaseOfYours(t);
  await yours.sql.query(`CREATE TABLE kept (id int);
    ALTER TABLE kept ENABLE ROW LEVEL SECURITY;
    CREATE ROLE reader LOGIN PASSWORD 'reads';
    GRANT SELECT ON kept TO reader`);
  const url = Object.assign(new URL(yours.url), { username: 'reader', password: 'reads' }).href;
  await assert.rejects(
    backupDump({ url, to: to('forbidden'), now: NOW }),
    /pg_dump did not succeed: .*row-level security/s,
  );
  assert.deepEqual(fs.readdirSync(to('forbidden')), []);
});

test('of several versions the one of the server is taken, else the next newer, and never an older one', () => {
  const found = [14, 18, 15, 17].map((major) => ({ file: `/${major}/pg_dump`, major }));
  assert.equal(chooseTool('pg_dump', 15, found).major, 15);
  assert.equal(chooseTool('pg_dump', 16, found).major, 17);
  assert.throws(() => chooseTool('pg_dump', 19, found), /PostgreSQL 19, and pg_dump .* 14, 15, 17, 18 only/);
  assert.throws(() => chooseTool('pg_restore', 18, []), /no pg_restore here: .*postgresql-client-18/);
});

/** A server of Debian's packages with an empty database. It ends with the test. */
async function databaseOfYours(t) {
  const folder = inside(`yours-${randomBytes(4).toString('hex')}`);
  const yours = await startDebianPostgres({ folder, password: randomBytes(12).toString('hex') });
  const client = await connected(yours.url);
  t.after(async () => {
    await client.end();
    await yours.stop();
  });
  return { ...yours, sql: client };
}

/** A folder with a pg_dump and a pg_restore that say they are of version 9, and do nothing. */
function oldTools(name) {
  const folder = inside(name);
  fs.mkdirSync(folder);
  for (const tool of ['pg_dump', 'pg_restore']) {
    const says = `#!/bin/sh\n[ "$1" = --version ] && echo '${tool} (PostgreSQL) 9.6.24' && exit 0\nexit 1\n`;
    fs.writeFileSync(path.join(folder, tool), says, { mode: 0o755 });
  }
  return folder;
}
