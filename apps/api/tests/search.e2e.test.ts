import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'otplib';
import { Client } from 'pg';
import { type Instance, RunningClient, send, startInstance } from './instance';

const WORDS = 'umbrella tangerine';
const PERIOD = { from: '2020-01-01T00:00:00.000Z', to: '2029-01-01T00:00:00.000Z' };
/** Enough for several pages. */
const MESSAGES = 60_000;

interface Search {
  readonly state: string;
  readonly hits: number;
  readonly progress: { readonly done: number; readonly total: number };
}

/** A member of staff at a running instance. */
class Officer {
  private constructor(
    private address: string,
    private readonly cookie: string,
  ) {}

  static async signIn({ address, ready }: Instance): Promise<Officer> {
    const pass = ready.signIns.find(
      ({ organisation, role }) => organisation === 'juniper-clinic' && role === 'compliance-officer',
    );
    if (pass === undefined) throw new Error('the demo has no officer');
    const { organisation, email, password, totpSecret } = pass;
    const post = (path: string, body: object) =>
      fetch(address + path, {
        method: 'POST',
        headers: { origin: address, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const first = await post('/api/staff/sign-in', { organisation, email, password });
    const { challenge } = (await first.json()) as { challenge: string };
    const second = await post('/api/staff/sign-in/totp', {
      challenge,
      code: await generate({ secret: totpSecret }),
    });
    return new Officer(address, second.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }

  /** After a restart the same session goes on at another port. */
  moveTo(address: string): void {
    this.address = address;
  }

  async ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.address}/api/staff/searches${path}`, {
      method,
      headers: { origin: this.address, cookie: this.cookie, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async search(words: string): Promise<string> {
    const body = { words, match: 'phrase', ...PERIOD, purpose: 'LEGAL' };
    return (await this.ask<{ searchId: string }>('POST', '', body)).searchId;
  }

  /** Looks until a search is as it should be. */
  async until(searchId: string, is: (search: Search) => boolean): Promise<Search> {
    for (let tries = 0; tries < 4_000; tries++) {
      const search = await this.ask<Search>('GET', `/${searchId}`);
      if (is(search)) return search;
      await sleep(10);
    }
    throw new Error('the search does not come to what was waited for');
  }
}

const running: Instance[] = [];
/** Starts one that is ended whatever becomes of the test. */
async function start(home?: string): Promise<Instance> {
  const instance = await startInstance(home);
  running.push(instance);
  return instance;
}
afterAll(async () => {
  for (const instance of running) await instance.force();
  for (const { home } of running) await rm(home, { recursive: true, force: true });
}, 60_000);

test('the built program finds what was said, its log has no word of it, and a search that kill -9 broke off has failed', async () => {
  const first = await start();
  const client = new RunningClient(first.address);
  await client.start('juniper-clinic', 'Ana Test');
  const socket = await client.socket();
  await send(socket, client.intakeId, 'Good morning', randomUUID());
  await send(socket, client.intakeId, 'I lost my UMBRELLA. Tangeriné, it was', randomUUID());
  socket.close();

  const officer = await Officer.signIn(first);
  const searchId = await officer.search(WORDS);
  expect(await officer.until(searchId, ({ state }) => state === 'done')).toMatchObject({ hits: 1 });
  expect(await officer.ask('GET', `/${searchId}/hits`)).toMatchObject({
    hits: [{ intakeId: client.intakeId, access: 'allowed', messages: 1, queue: { name: 'Front desk' } }],
  });
  expect(await officer.ask('GET', `/${searchId}/hits/${client.intakeId}`)).toMatchObject({
    hits: 1,
    messages: [
      { text: 'Good morning', marks: [] },
      { text: 'I lost my UMBRELLA. Tangeriné, it was', marks: [{ from: 10, to: 29 }] },
    ],
  });

  const owner = new Client({ connectionString: first.databaseUrl });
  await owner.connect();
  await owner.query(
    `WITH copies AS (SELECT m.*, n FROM message m, generate_series(101, 100 + $2::int) n WHERE m.intake_id = $1 AND m.seq = 1),
       added AS (INSERT INTO message SELECT tenant_id, intake_id, n, message_id, gen_random_uuid(), author_kind, author_id, event,
         sealed, sent_at FROM copies)
     UPDATE intake_head SET last_seq = 100 + $2 WHERE intake_id = $1`,
    [client.intakeId, MESSAGES],
  );
  await owner.end();
  const broken = await officer.search(WORDS);
  await officer.until(broken, ({ progress, hits }) => hits > 0 && progress.done < progress.total);
  process.kill(first.apiPid, 'SIGKILL');
  await first.ended;
  const said = first.log();
  await first.force();

  const second = await start(first.home);
  officer.moveTo(second.address);
  const left = await officer.ask<Search>('GET', `/${broken}`);
  expect(left.state).toBe('running');
  expect(left.progress.done).toBeLessThan(left.progress.total);
  const clock = new Client({ connectionString: second.databaseUrl });
  await clock.connect();
  await clock.query(
    "UPDATE transcript_search SET touched_at = now() - interval '61 seconds' WHERE search_id = $1",
    [broken],
  );
  expect(await officer.until(broken, ({ state }) => state !== 'running')).toMatchObject({
    state: 'failed',
    hits: 0,
  });
  const { rows } = await clock.query('SELECT 1 FROM transcript_search_hit WHERE search_id = $1', [broken]);
  expect(rows).toEqual([]);
  await clock.end();
  expect(await officer.ask('GET', '')).toMatchObject({ searches: [{ words: WORDS }, { words: WORDS }] });
  await second.stop();
  expect(said + second.log()).not.toMatch(/umbrella|tangerine/i);
}, 180_000);
