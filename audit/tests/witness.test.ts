import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompactRange,
  consistencyProof,
  cosignaturesIn,
  formatCheckpoint,
  formatVkey,
  leafHash,
  parseCosignerVkey,
  root,
  signNote,
} from '@app/audit';
import { WitnessProcess } from './witness-process';

/** A log in memory, that can also be dishonest. */
class Log {
  readonly keys = generateKeyPairSync('ed25519');
  constructor(
    readonly origin: string,
    readonly leaves: Buffer[] = [],
  ) {}
  get vkey(): string {
    return formatVkey({ name: this.origin, publicKey: this.keys.publicKey });
  }
  grow(to: number, history = 'honest'): this {
    while (this.leaves.length < to)
      this.leaves.push(leafHash(Buffer.from(`${history} ${this.leaves.length}`)));
    return this;
  }
  text(size: number): string {
    return formatCheckpoint({ origin: this.origin, size, root: root(this.leaves.slice(0, size)) });
  }
  note(size: number): string {
    return signNote(this.text(size), this.origin, this.keys.privateKey);
  }
  proof(old: number, size: number): Promise<Buffer[]> {
    const nodes = new Map<string, Buffer>();
    const tree = CompactRange.of(0, []);
    for (const leaf of this.leaves)
      tree.append(leaf, ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
    return consistencyProof(
      (level, index) => nodes.get(`${level}/${index}`) ?? (this.leaves[index] as Buffer),
      old,
      size,
    );
  }
  async request(old: number, size: number): Promise<string> {
    const lines = (await this.proof(old, size)).map((hash) => `${hash.toString('base64')}\n`);
    return `old ${old}\n${lines.join('')}\n${this.note(size)}`;
  }
}

const log = new Log('a.log/one').grow(40);
const other = new Log('a.log/two').grow(10);
const witness = new WitnessProcess();
let vkey: string;
let serial = 0;

beforeAll(async () => {
  witness.follow([log.vkey, other.vkey]);
  vkey = witness.vkey();
  await witness.start();
});
afterAll(() => witness.remove());

/** A log that the witness has not seen, and that it follows from now on. */
async function fresh(leaves: number): Promise<Log> {
  const made = new Log(`a.log/fresh-${(serial += 1)}`).grow(leaves);
  const config = JSON.parse(readFileSync(witness.config, 'utf8')) as { logs: string[] };
  await witness.stop('SIGTERM');
  witness.follow([...config.logs, made.vkey]);
  await witness.start();
  return made;
}

const cosignedBy = (lines: string, text: string) =>
  cosignaturesIn(lines, text, [parseCosignerVkey(vkey)]).map(({ name }) => name);

test('a log is cosigned from nothing on, and as it grows, with a key that was made at the first start', async () => {
  for (const [old, size] of [
    [0, 3],
    [3, 3],
    [3, 8],
    [8, 13],
    [13, 40],
  ] as const) {
    const { status, text } = await witness.post(await log.request(old, size));
    expect(status).toBe(200);
    expect(cosignedBy(text, log.text(size))).toEqual(['witness.example/w1']);
  }
  expect(statSync(join(witness.folder, 'state', 'witness.key')).mode & 0o777).toBe(0o600);
  expect(witness.vkey()).toBe(vkey);
});

test('who does not know where the witness stands is told: 409 with the size', async () => {
  const one = await fresh(9);
  await witness.post(await one.request(0, 5));
  for (const old of [0, 4, 6])
    expect(await witness.post(await one.request(old, 9))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      text: '5\n',
    });
});

test('a second history of the same log is refused, whatever its size, and what proves it is kept', async () => {
  const honest = await fresh(8);
  await witness.post(await honest.request(0, 8));
  const fork = Object.assign(new Log(honest.origin, honest.leaves.slice(0, 6)), { keys: honest.keys });
  fork.grow(12, 'another');
  expect((await witness.post(await fork.request(8, 8))).status).toBe(409);
  expect((await witness.post(await fork.request(8, 12))).status).toBe(422);
  const kept = readdirSync(join(witness.folder, 'state'));
  const proof = kept.find((name) => name.endsWith('.fork')) ?? '';
  expect(readFileSync(join(witness.folder, 'state', proof), 'utf8')).toBe(fork.note(8));
  // The honest log goes on as if nothing had been.
  honest.grow(12);
  expect((await witness.post(await honest.request(8, 12))).status).toBe(200);
});

test('a log that was set back is refused until it has all that was cosigned', async () => {
  const one = await fresh(20);
  await witness.post(await one.request(0, 20));
  one.leaves.length = 12;
  expect(await witness.post(await one.request(12, 12))).toMatchObject({ status: 409, text: '20\n' });
  one.grow(20, 'after the restore');
  expect((await witness.post(await one.request(20, 20))).status).toBe(409);
});

test('from size 0 the proof is empty, and at equal sizes as well', async () => {
  const one = await fresh(4);
  const proof = `${Buffer.alloc(32, 1).toString('base64')}\n`;
  expect((await witness.post(`old 0\n${proof}\n${one.note(4)}`)).status).toBe(422);
  expect((await witness.post(await one.request(0, 4))).status).toBe(200);
  expect((await witness.post(`old 4\n${proof}\n${one.note(4)}`)).status).toBe(422);
  expect((await witness.post(await one.request(4, 4))).status).toBe(200);
});

test('a log that the witness does not follow is 404, and a checkpoint that the log did not sign is 403', async () => {
  const stranger = new Log('a.log/stranger').grow(2);
  expect((await witness.post(await stranger.request(0, 2))).status).toBe(404);
  const forged = Object.assign(new Log(other.origin, other.leaves), { keys: stranger.keys });
  expect((await witness.post(await forged.request(0, 2))).status).toBe(403);
  const changed = other.note(2).replace(/\n2\n/, '\n3\n');
  expect((await witness.post(`old 0\n\n${changed}`)).status).toBe(403);
  expect((await witness.post(await other.request(0, 2))).status).toBe(200);
});

test('lines of others in the note are ignored', async () => {
  const one = await fresh(2);
  const stranger = new Log('somebody.else');
  const line = signNote(one.text(2), stranger.origin, stranger.keys.privateKey).slice(one.text(2).length + 1);
  expect((await witness.post(`${await one.request(0, 2)}${line}`)).status).toBe(200);
});

test.each([
  ['nothing', ''],
  ['no old size', `\n\n${other.note(2)}`],
  ['an old size with a leading zero', `old 02\n\n${other.note(2)}`],
  ['an old size above the new one', `old 3\n\n${other.note(2)}`],
  ['a proof that is not base64 of a hash', `old 1\nAAAA\n\n${other.note(2)}`],
  ['64 lines of proof', `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${other.note(2)}`],
  ['a checkpoint without a signature', `old 0\n\n${other.text(2)}`],
  ['a note without its last newline', `old 0\n\n${other.note(2).slice(0, -1)}`],
  [
    'bytes that are not UTF-8',
    Buffer.concat([Buffer.from(`old 0\n\n${other.note(2)}`), Buffer.from([0xff])]),
  ],
])('a request with %s is malformed', async (_what, body) => {
  expect((await witness.post(body)).status).toBe(400);
});

test('a body that is too large, another address and another method are refused', async () => {
  expect((await witness.post('x'.repeat(70_000))).status).toBe(413);
  expect((await fetch(`${witness.url}add-checkpoint`)).status).toBe(405);
  expect((await fetch(witness.url)).status).toBe(404);
});

test('of many requests at once, no two from the same size are cosigned', async () => {
  const one = await fresh(60);
  await witness.post(await one.request(0, 10));
  const bodies = await Promise.all(Array.from({ length: 50 }, (_, i) => one.request(10, 11 + i)));
  const answers = await Promise.all(bodies.map((body) => witness.post(body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const won = answers.findIndex(({ status }) => status === 200);
  expect(answers.filter(({ status, text }) => status === 409 && text === `${11 + won}\n`)).toHaveLength(49);
});

/** Ends the process at the n-th call of a function of `fs`, before or after it has been done. */
function dieAt(call: string, when: 'before' | 'after'): string {
  const file = join(witness.folder, `die-${call}-${when}.mjs`);
  writeFileSync(
    file,
    `import fs from 'node:fs';
     const real = fs.${call};
     fs.${call} = (...words) => {
       const die = () => process.kill(process.pid, 'SIGKILL');
       if (!String(words[0]).endsWith('.checkpoint.new') && '${call}' === 'renameSync') return real(...words);
       ${when === 'before' ? 'die();' : ''}
       const answer = real(...words);
       ${when === 'after' ? 'die();' : ''}
       return answer;
     };`,
  );
  return `--import=${file}`;
}

test.each([
  { call: 'renameSync', when: 'after', size: 7, says: 'has kept what it did not get to answer' },
  { call: 'renameSync', when: 'before', size: 4, says: 'stands where it stood' },
  { call: 'fsyncSync', when: 'before', size: 4, says: 'stands where it stood' },
] as const)('killed $when $call, a witness $says', async ({ call, when, size }) => {
  const one = await fresh(7);
  await witness.post(await one.request(0, 4));
  await witness.stop();
  await witness.start(dieAt(call, when));
  await expect(witness.post(await one.request(4, 7))).rejects.toThrow();
  await witness.start();
  expect(await witness.post(await one.request(0, 7))).toMatchObject({ status: 409, text: `${size}\n` });
  expect((await witness.post(await one.request(size, 7))).status).toBe(200);
});

test('a second witness does not start in the folder of a first, and after kill -9 the first starts again', async () => {
  const second = new WitnessProcess();
  try {
    second.follow([log.vkey], { state: join(witness.folder, 'state') });
    await expect(second.start()).rejects.toThrow('another witness is at work in this folder');
  } finally {
    await second.remove();
  }
  await witness.stop('SIGKILL');
  await witness.start();
});

test('a state that cannot be read is not taken for a log that was never seen', async () => {
  const damaged = new WitnessProcess();
  try {
    damaged.follow([log.vkey]);
    await damaged.start();
    await damaged.post(await log.request(0, 8));
    await damaged.stop();
    const state = join(damaged.folder, 'state');
    const file = readdirSync(state).find((name) => name.endsWith('.checkpoint')) ?? '';
    writeFileSync(join(state, file), 'half a no');
    await expect(damaged.start()).rejects.toThrow('not a signed note');
  } finally {
    await damaged.remove();
  }
});

test('all that is wrong with a configuration is said at once', async () => {
  const wrong = new WitnessProcess('a name with spaces');
  try {
    wrong.follow(['not a key', vkey], { listen: 'here', colour: 'blue' });
    await expect(wrong.start()).rejects.toThrow(
      /colour: not known\nname: needed.*\nlisten: .*\nlogs\[0\]: .*\nlogs\[1\]: /,
    );
  } finally {
    await wrong.remove();
  }
});
