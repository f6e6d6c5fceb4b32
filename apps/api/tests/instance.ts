import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import type { SignIn } from '../src/demo/seed';

const ROOT = join(__dirname, '..', '..', '..');

/** What `infra/bootstrap/steps/instance.mjs` starts: the built program and its own PostgreSQL, as `npm start` does. */
export interface Instance {
  readonly address: string;
  readonly ready: { readonly signIns: readonly SignIn[] };
  readonly apiPid: number;
  readonly databaseUrl: string;
  readonly ended: Promise<number>;
  stop(): Promise<void>;
  force(): Promise<void>;
}

interface InstanceModule {
  startInstance(options: {
    home: string;
    port: number;
    temporary?: boolean;
    env?: Record<string, string>;
    log?: (line: string) => void;
  }): Promise<Instance>;
}

/** Starts one, in a folder of its own unless a home is given. It needs `dist/`: `npm test` builds it. */
export async function startInstance(
  home?: string,
  temporary = true,
): Promise<Instance & { readonly home: string }> {
  const own = home ?? (await mkdtemp(join(tmpdir(), 'vestibule-')));
  const { startInstance: start } = (await import(
    join(ROOT, 'infra', 'bootstrap', 'steps', 'instance.mjs')
  )) as InstanceModule;
  const port = await freePort();
  const instance = await start({
    home: own,
    port,
    temporary,
    log: () => undefined,
    env: { DATABASE_URL: '' },
  });
  return Object.assign(instance, { home: own });
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
    return JSON.parse(text) as T;
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
