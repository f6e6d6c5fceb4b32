import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import type { SignIn } from '../src/demo/seed';

/** The built program and its own PostgreSQL, started as `npm start` does. It needs `dist/`: `npm test` builds it. */
export interface Instance {
  readonly address: string;
  readonly ready: { readonly signIns: readonly SignIn[] };
  readonly apiPid: number;
  readonly databaseUrl: string;
  readonly home: string;
  /** What the program has written so far: its log, and whatever else went to its output. */
  log(): string;
  /** When the program has ended, however it did. */
  readonly ended: Promise<void>;
  /** Drains, ends the database, and waits for both. */
  stop(): Promise<void>;
  /** The same without draining. */
  force(): Promise<void>;
}

type Told = { started: Pick<Instance, 'address' | 'ready' | 'apiPid' | 'databaseUrl'> } | { ended: number };

/** Starts one, in a folder of its own unless a home is given. Whoever starts it removes the folder. */
export async function startInstance(home?: string): Promise<Instance> {
  const own = home ?? (await mkdtemp(join(tmpdir(), 'vestibule-')));
  const child = fork(join(__dirname, 'run-instance.mjs'), [own, String(await freePort())], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      DATABASE_URL: '',
      VESTIBULE_DEMO: 'on',
      VESTIBULE_MEDIA_PORT: '0',
    },
  });
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => (log += part));
  let tellEnded = () => undefined as void;
  const ended = new Promise<void>((resolve) => (tellEnded = resolve));
  const started = await new Promise<Extract<Told, { started: object }>['started']>((resolve, reject) => {
    child.on('message', (told: Told) => ('started' in told ? resolve(told.started) : tellEnded()));
    child.once('exit', (code) =>
      reject(new Error(`the instance did not start (exit ${code ?? 'by signal'})\n${log}`)),
    );
  });
  const end = async (how: 'stop' | 'force') => {
    if (child.connected) child.send(how);
    await exited;
  };
  return { ...started, home: own, log: () => log, ended, stop: () => end('stop'), force: () => end('force') };
}

/** A client at a running instance: a cookie, a conversation, a socket that is reopened when it breaks. */
export class RunningClient {
  private cookie = '';
  intakeId = '';

  constructor(private address: string) {}

  /** After a restart the same person finds the same conversation at another port. */
  moveTo(address: string): void {
    this.address = address;
  }

  async call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const response = await fetch(this.address + path, {
      method,
      headers: { origin: this.address, cookie: this.cookie, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.split(';')[0] ?? '';
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text === '' ? 'null' : text) as T;
  }

  async start(slug: string, name: string): Promise<void> {
    const site = await this.call<{ notice: { version: number } }>('GET', `/api/sites/${slug}`);
    const { intakeId } = await this.call<{ intakeId: string }>('POST', `/api/sites/${slug}/intakes`, {
      locale: 'en',
      noticeVersion: site.notice.version,
      answers: { topic: 'other', name, contact: 'ana@test.example' },
    });
    this.intakeId = intakeId;
  }

  async socket(): Promise<Socket> {
    const { ticket } = await this.call<{ ticket: string }>('POST', '/api/client/socket-ticket', {});
    return this.socketWith(ticket);
  }

  async socketWith(ticket: string): Promise<Socket> {
    const socket = io(this.address, {
      path: '/socket',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { ticket },
      extraHeaders: { origin: this.address },
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return socket;
  }

  async messages(): Promise<{ seq: number; clientMsgId?: string; text: string }[]> {
    const all: { seq: number; clientMsgId?: string; text: string }[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const page = await this.call<{ messages: typeof all; lastSeq: number }>(
        'GET',
        `/api/client/messages?after=${after}`,
      );
      all.push(...page.messages);
      if (page.messages.length === 0 || (all.at(-1)?.seq ?? 0) >= page.lastSeq) return all;
    }
  }
}

/** Sends one message and returns its number, or nothing if the socket broke before it was acknowledged. */
export async function send(
  socket: Socket,
  intakeId: string,
  text: string,
  clientMsgId: string = randomUUID(),
): Promise<number | undefined> {
  try {
    const answer = (await socket
      .timeout(2_000)
      .emitWithAck('message.post', { intakeId, clientMsgId, text })) as
      { ok: true; seq: number } | { ok: false; error: { code: string } };
    return answer.ok ? answer.seq : undefined;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
