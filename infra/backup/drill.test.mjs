// node --test infra/backup/drill.test.mjs: the restore drill, on the built program with the commands that an operator types.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { startInstance } from '../bootstrap/steps/instance.mjs';
import { NODE, ROOT } from '../bootstrap/steps/places.mjs';
import { startPostgres } from '../postgres/embedded.mjs';
import { freePort } from '../postgres/server.mjs';
import { partOf } from './archive.mjs';
import { gunzip } from './backup.mjs';
import { restore } from './restore.mjs';

const require = createRequire(import.meta.url);
const { Client } = require('pg');
const { io } = require('socket.io-client');
const SITE = 'juniper-clinic';

let root;
let home;
let instance;
before(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'vestibule-drill-'));
  fs.chmodSync(root, 0o711);
  home = path.join(root, 'home');
});
after(async () => {
  await instance?.stop();
  fs.rmSync(root, { recursive: true, force: true });
});

async function start() {
  instance = await startInstance({
    home,
    port: await freePort(),
    env: { DATABASE_URL: '', VESTIBULE_MEDIA_PORT: '0' },
    log: () => {},
  });
}

async function stop() {
  await instance.stop();
  instance = undefined;
}

/** Runs one of the commands, as `npm run` does. @returns what it said */
function command(name, ...words) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, VESTIBULE_HOME: home, DATABASE_URL: '' };
    const child = spawn(NODE, [path.join(ROOT, 'infra', 'bootstrap', `${name}.mjs`), ...words], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))));
  });
}

async function sql(text, values = []) {
  const client = new Client({ connectionString: instance.databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A browser without a page: a cookie and our Origin. */
class Person {
  cookie = '';

  async call(method, at, body) {
    const answer = await fetch(instance.address + at, {
      method,
      headers: { origin: instance.address, cookie: this.cookie, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const [set] = answer.headers.getSetCookie();
    if (set) this.cookie = set.split(';')[0];
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  async done(...words) {
    const { status, body } = await this.call(...words);
    assert.ok(status < 300, `${words.slice(0, 2).join(' ')}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}

async function signIn(role) {
  const { organisation, email, password, totpSecret } = instance.ready.signIns.find(
    (one) => one.organisation === SITE && one.role === role,
  );
  const person = new Person();
  const { challenge } = await person.done('POST', '/api/staff/sign-in', { organisation, email, password });
  await sql('UPDATE staff_member SET last_totp_step = 0'); // a code is good once; here one signs in twice a minute
  await person.done('POST', '/api/staff/sign-in/totp', { challenge, code: codeOf(totpSecret) });
  return person;
}

/** RFC 6238. */
function codeOf(base32) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...base32].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2))))
    .update(counter)
    .digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function converse(text) {
  const client = new Person();
  const { notice } = await client.done('GET', `/api/sites/${SITE}`);
  const { intakeId } = await client.done('POST', `/api/sites/${SITE}/intakes`, {
    locale: 'en',
    noticeVersion: notice.version,
    answers: { topic: 'other', name: 'Ana Test', contact: 'ana@test.example' },
  });
  const { ticket } = await client.done('POST', '/api/client/socket-ticket', {});
  const socket = io(instance.address, {
    path: '/socket',
    transports: ['websocket'],
    reconnection: false,
    auth: { ticket },
    extraHeaders: { origin: instance.address },
  });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  const answer = await socket.emitWithAck('message.post', { intakeId, clientMsgId: randomUUID(), text });
  assert.equal(answer.ok, true);
  return { client, intakeId, socket };
}

const PLATFORM = path.join(ROOT, 'dist', 'server', 'libs', 'platform', 'src');

/** A part of the built program that its front door does not give away. */
function built(name) {
  const found = fs.readdirSync(PLATFORM, { recursive: true }).find((one) => path.basename(one) === name);
  return require(path.join(PLATFORM, found));
}

/** Opens the messages of a conversation with the keys of a home, past every rule: what somebody with both could do. */
async function openWith(folder, url, intakeId) {
  const { openKeyFile } = built('key-file.js');
  const { Keys } = built('keys.js');
  const { issueReceipt } = built('receipt.js');
  const keys = new Keys(await openKeyFile(path.join(folder, 'keys', 'root.key'), undefined), {
    now: () => new Date(),
  });
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT * FROM message WHERE intake_id = $1 AND author_kind = 'client' ORDER BY seq`,
      [intakeId],
    );
    const tx = {
      tenantId: rows[0].tenant_id,
      query: async (text, values) => (await client.query(text, values)).rows,
      afterCommit() {},
      afterRollback() {},
    };
    const receipt = issueReceipt(tx.tenantId, randomUUID(), [intakeId]);
    const texts = [];
    for (const { message_id, sealed } of rows)
      texts.push(
        (await keys.open(tx, receipt, intakeId, { item: message_id, content: 'message' }, sealed)).toString(),
      );
    return texts;
  } finally {
    await client.end();
  }
}

/** Restores a backup into a folder of its own, with the keys that the house has at this moment, and opens what it holds. */
async function openBackup(name, file, intakeId) {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  fs.cpSync(path.join(home, 'keys'), path.join(folder, 'keys'), { recursive: true });
  await restore({
    file,
    home: folder,
    keyFile: path.join(folder, 'keys', 'root.key'),
    url: undefined,
    yes: false,
    log: () => {},
  });
  const server = await startPostgres({ home: folder, log: () => {} });
  try {
    return await openWith(folder, server.url, intakeId);
  } finally {
    await server.stop();
  }
}

const SAID = 'My knee has hurt since Tuesday';
/** The story goes on from test to test: one house, a backup, an erasure, a disaster. */
const story = {};

test('a backup is made while people talk, and holds nothing that they said', async () => {
  await start();
  story.erased = await converse(SAID);
  story.kept = await converse('Something else');
  story.held = await converse('Keep this');
  const desk = await signIn('receptionist');
  for (const { intakeId } of [story.erased, story.kept])
    await desk.done('POST', `/api/staff/intakes/${intakeId}/claim`, {});
  const said = await command('backup', '--to', path.join(root, 'backups'));
  assert.match(said, /Written and checked/);
  assert.match(said, /The keys are not in it/);
  const [name] = fs.readdirSync(path.join(root, 'backups'));
  story.file = path.join(root, 'backups', name);
  // Its own text and the name of the client stand nowhere in the copied server: not in a table, not in the WAL.
  let seen = '';
  for await (const piece of gunzip(partOf(story.file, 'base.tar.gz'))) {
    const text = seen + piece.toString('latin1');
    for (const canary of [SAID, 'Ana Test', 'ana@test.example']) assert.ok(!text.includes(canary), canary);
    seen = text.slice(-100);
  }
  assert.deepEqual(await openBackup('control', story.file, story.erased.intakeId), [SAID]);
});

test('an erased conversation is gone at once: for its client, for whoever took it, and for open sockets', async () => {
  const officer = await signIn('compliance-officer');
  const desk = await signIn('receptionist');
  const { client, intakeId, socket } = story.erased;
  const messages = `/api/staff/intakes/${intakeId}/messages?after=0`;
  assert.equal((await desk.done('GET', messages)).messages[0].text, SAID);
  const told = new Promise((resolve) => socket.once('session.ended', resolve));
  const closed = new Promise((resolve) => socket.once('disconnect', resolve));
  story.erasure = await officer.done('POST', '/api/officer/erasures', { intakeId, purpose: 'DSAR' });
  assert.deepEqual(await told, { reason: 'erased' });
  await closed;
  assert.equal((await client.call('GET', '/api/client/messages')).status, 401);
  const { status, body } = await desk.call('GET', messages);
  assert.deepEqual([status, body.error.code, body.error.erasedAt], [410, 'ERASED', story.erasure.erasedAt]);
  assert.equal((await desk.call('GET', `/api/staff/intakes/${intakeId}`)).status, 410);
});

test('a conversation under a hold is not erased', async () => {
  const officer = await signIn('compliance-officer');
  const { intakeId } = story.held;
  await officer.done('POST', '/api/officer/holds', { intakeId, reason: 'a claim' });
  const { status, body } = await officer.call('POST', '/api/officer/erasures', { intakeId, purpose: 'DSAR' });
  assert.deepEqual([status, body.error.code], [409, 'HELD']);
});

test('after a restore of the backup the erased conversation stays erased, the hold stands, and the log says what is lost', async () => {
  await stop();
  await assert.rejects(command('restore', story.file), /Say --yes/);
  const said = await command('restore', story.file, '--yes', '--accept-loss');
  assert.match(said, /were signed: \d+ are lost/);
  await start();
  const desk = await signIn('receptionist');
  const { status, body } = await desk.call(
    'GET',
    `/api/staff/intakes/${story.erased.intakeId}/messages?after=0`,
  );
  assert.deepEqual([status, body.error.code], [410, 'ERASED']);
  const kept = await desk.done('GET', `/api/staff/intakes/${story.kept.intakeId}/messages?after=0`);
  assert.equal(kept.messages[0].text, 'Something else');
  // Nobody who was signed in when the backup was made is signed in now.
  assert.equal((await story.kept.client.call('GET', '/api/client/messages')).status, 401);

  const officer = await signIn('compliance-officer');
  const { erasures } = await officer.done('GET', '/api/officer/erasures');
  assert.deepEqual(erasures, [story.erasure]);
  const { holds } = await officer.done('GET', '/api/officer/holds');
  assert.deepEqual([holds.length, holds[0].intakeId, holds[0].reason], [1, story.held.intakeId, 'a claim']);
  const { entries } = await officer.done('GET', '/api/officer/entries?limit=100');
  for (const act of ['backup.restored', 'erase.replayed', 'hold.replayed', 'log.restored'])
    assert.ok(
      entries.some((entry) => entry.act === act),
      act,
    );
  const [{ note }] = await sql(
    `SELECT note FROM audit_checkpoint c JOIN tenant t USING (tenant_id) WHERE t.slug = $1 ORDER BY size DESC LIMIT 1`,
    [SITE],
  );
  assert.match(note, /^vestibule\/log\/[^/]+\/2\n/);
  // It is signed again, so what waits for a signature is answered.
  await officer.done('POST', '/api/officer/erasures', {
    intakeId: story.kept.intakeId,
    purpose: 'RETENTION',
  });
});

test('when its epoch is over and its backups are out of date, no copy of an erased conversation opens: not even the backup', async () => {
  // The clock of the keys looks at every start. Days pass by setting back the dates that it reads.
  await sql(`UPDATE tenant_key SET created_at = created_at - interval '8 days'`);
  await stop();
  await start();
  await until(async () => (await sql(`SELECT 1 FROM tenant_key WHERE retire_after IS NOT NULL`)).length > 0);
  assert.deepEqual(await openBackup('before', story.file, story.erased.intakeId), [SAID]);
  await sql(
    `UPDATE tenant_key SET retire_after = retire_after - interval '31 days' WHERE state = 'decrypt-only'`,
  );
  await stop();
  await start();
  await until(async () => (await sql(`SELECT 1 FROM tenant_key WHERE state = 'destroyed'`)).length > 0);
  await assert.rejects(openBackup('after', story.file, story.erased.intakeId), { code: 'SEAL_BROKEN' });
  await stop();
  await start();
  const officer = await signIn('compliance-officer');
  await until(async () => {
    const { erasures } = await officer.done('GET', '/api/officer/erasures');
    return erasures.every(({ effectiveAt }) => effectiveAt !== undefined);
  });
  // What is under a hold was moved to the next version, and opens.
  const { holds } = await officer.done('GET', '/api/officer/holds');
  assert.equal(holds[0].reason, 'a claim');
});

async function until(holds) {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
