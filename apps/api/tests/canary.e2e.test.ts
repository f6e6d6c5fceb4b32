import { findCanaries } from '@app/platform/testing';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { generate } from 'otplib';
import { type Instance, RunningClient, send, startInstance } from './instance';

const SITE = 'juniper-clinic';
/** What people type, each in its own place. None of it is a word of ours. */
const SAID = {
  name: 'Quillfeather Marmalade',
  contact: 'zebedee.quartz@canary.example',
  message: 'xylophone-in-a-message',
  reply: 'balalaika-in-a-reply',
  note: 'harpsichord-in-a-note',
  query: 'clavichord-in-a-query',
  comment: 'sousaphone-in-a-rating',
  refused: 'theremin-in-a-refused-sign-in',
};

let home: string;
let temporary: string;
let instance: Instance;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'vestibule-canary-'));
  temporary = join(home, 'tmp');
  await mkdir(temporary, { mode: 0o711 });
  process.env['TMPDIR'] = temporary; // whatever the program leaves behind is scanned as well
  instance = await startInstance(home);
}, 120_000);
afterAll(() => {
  delete process.env['TMPDIR'];
});

/** A staff member of the demo, signed in. */
async function enter(role: string): Promise<RunningClient> {
  const who = instance.ready.signIns.find((one) => one.role === role && one.organisation === SITE);
  if (who === undefined) throw new Error(`the demo has no ${role}`);
  const { organisation, email, password, totpSecret } = who;
  const browser = new RunningClient(instance.address);
  const { challenge } = await browser.call<{ challenge: string }>('POST', '/api/staff/sign-in', {
    organisation,
    email,
    password,
  });
  await browser.call('POST', '/api/staff/sign-in/totp', {
    challenge,
    code: await generate({ secret: totpSecret }),
  });
  return browser;
}

/** Everything that people type in the whole job, through the doors that they type it at. */
async function play(): Promise<void> {
  const client = new RunningClient(instance.address);
  const site = await client.call<{ notice: { version: number } }>('GET', `/api/sites/${SITE}`);
  const { intakeId } = await client.call<{ intakeId: string }>('POST', `/api/sites/${SITE}/intakes`, {
    locale: 'en',
    noticeVersion: site.notice.version,
    answers: { topic: 'other', name: SAID.name, contact: SAID.contact },
  });
  const socket = await client.socket();
  expect(await send(socket, intakeId, SAID.message)).toBeDefined();

  const rosa = await enter('receptionist');
  await rosa.call('POST', `/api/staff/intakes/${intakeId}/claim`, {});
  await rosa.call('POST', `/api/staff/intakes/${intakeId}/notes`, {
    clientMsgId: randomUUID(),
    text: SAID.note,
  });
  const { ticket } = await rosa.call<{ ticket: string }>('POST', '/api/staff/socket-ticket', {});
  const staffSocket = await new RunningClient(instance.address).socketWith(ticket);
  expect(await send(staffSocket, intakeId, SAID.reply)).toBeDefined();
  await rosa.call('GET', `/api/staff/intakes/${intakeId}/messages`);
  await expect(
    rosa.call('POST', '/api/staff/sign-in', {
      organisation: SITE,
      email: `${SAID.refused}@x.example`,
      password: SAID.refused,
    }),
  ).rejects.toThrow(/SIGN_IN_FAILED/);

  const officer = await enter('compliance-officer');
  const period = { from: '2020-01-01T00:00:00.000Z', to: '2029-01-01T00:00:00.000Z' };
  await officer.call('POST', '/api/staff/searches', {
    words: SAID.query,
    match: 'phrase',
    purpose: 'LEGAL',
    from: period.from,
    to: '2024-01-01T00:00:00.000Z',
  });
  const { exportId } = await officer.call<{ exportId: string }>('POST', '/api/officer/exports', {
    ...period,
    purpose: 'AUDIT',
  });
  for (let state = ''; state !== 'ready'; await sleep(200)) {
    ({ state } = await officer.call<{ state: string }>('GET', `/api/officer/exports/${exportId}`));
    expect(state).not.toBe('failed');
  }
  await rosa.call('POST', `/api/staff/intakes/${intakeId}/close`, { outcome: 'resolved' });
  await client.call('POST', '/api/client/rating', { score: 4, comment: SAID.comment });
  socket.close();
  staffSocket.close();
}

test('after the whole job nothing that was typed stands anywhere in the clear: data, WAL, logs, temporary files, a backup, output', async () => {
  await play();
  const limits = existsSync(`/proc/${instance.apiPid}/limits`)
    ? await readFile(`/proc/${instance.apiPid}/limits`, 'utf8')
    : '';
  await instance.stop();
  await writeFile(join(home, 'output'), instance.log());
  const { folder } = JSON.parse(await readFile(join(home, 'postgres.json'), 'utf8')) as { folder: string };
  // As a backup of the files is: the same bytes in another form.
  await promisify(execFile)('tar', ['-cf', join(home, 'backup.tar'), '-C', folder, 'data']);

  const places = [...new Set([home, folder])];
  expect(await findCanaries(places, Object.values(SAID))).toEqual([]);
  // The scan sees what stands in the clear, in tables and in the backup: the demo's queue has a name.
  const seen = (await findCanaries(places, ['Front desk'])).map(({ file }) => file);
  expect(seen.some((file) => file.endsWith('backup.tar'))).toBe(true);
  expect(seen.some((file) => /pg_wal/.test(file))).toBe(true);
  // Where the system lets a process leave its memory behind, what it knew is in there: operations say how to forbid it.
  const core = /Max core file size\s+(\d+|unlimited)/.exec(limits)?.[1];
  process.stderr.write(
    `core dumps of the program: ${core === '0' ? 'not allowed here' : `allowed here (${core ?? 'unknown'})`}\n`,
  );
  for (const place of places) await rm(place, { recursive: true, force: true });
}, 180_000);

test('the scan finds a word however it is spelt, also across the border of two pieces', async () => {
  const place = await mkdtemp(join(tmpdir(), 'canary-scan-'));
  const word = 'glockenspiel';
  await writeFile(join(place, 'utf8'), Buffer.concat([Buffer.alloc((1 << 20) - 5), Buffer.from(word)]));
  await writeFile(join(place, 'utf16'), Buffer.from(`a ${word}`, 'utf16le'));
  await writeFile(join(place, 'hex'), Buffer.from(`x ${word}`).toString('hex'));
  for (const shift of [0, 1, 2])
    await writeFile(
      join(place, `base64-${shift}`),
      Buffer.from(`${'a'.repeat(shift)}${word} and more`).toString('base64'),
    );
  await writeFile(join(place, 'clean'), 'nothing to see');
  const found = await findCanaries([place], [word]);
  expect(Object.fromEntries(found.map(({ file, as }) => [file.slice(place.length + 1), as]))).toEqual({
    'base64-0': 'base64',
    'base64-1': 'base64',
    'base64-2': 'base64',
    hex: 'hex',
    utf16: 'utf16',
    utf8: 'utf8',
  });
  await rm(place, { recursive: true });
});
