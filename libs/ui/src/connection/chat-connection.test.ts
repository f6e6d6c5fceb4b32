import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { ApiError } from './api';
import { ChatConnection } from './chat-connection';
import type { Message } from './protocol';

const INTAKE = '0190a000-0000-7000-8000-000000000001';
type Ack = (answer: object) => void;

/** A server that keeps the protocol's promises about messages, over a log that outlives it. */
class ChatServer {
  readonly log: Message[] = [];
  readonly marks: { delivered?: number; read?: number }[] = [];
  readonly typing: boolean[] = [];
  /** What happens to the n-th `message.post`, counted from 1; nothing said is: committed and acknowledged. */
  fate: (post: number) => 'lose-before' | 'lose-after' | { code: string } | undefined = () => undefined;
  posts = 0;
  connections = 0;
  /** So many `messages.since` are refused for their number. */
  busy = 0;
  private http: HttpServer | undefined;
  private io: Server | undefined;

  async up(port = 0): Promise<number> {
    this.http = createServer();
    this.io = new Server(this.http, { path: '/socket', transports: ['websocket'] });
    this.io.on('connection', (socket) => this.serve(socket));
    await new Promise<void>((resolve) => this.http?.listen(port, '127.0.0.1', resolve));
    return (this.http.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    await this.io?.close();
  }

  /** Somebody else writes. */
  write(text: string, tell = true): Message {
    const message = this.commit({ text, author: { kind: 'staff', id: 's', name: 'Ana' } });
    if (tell) this.io?.emit('message.posted', { intakeId: INTAKE, message });
    return message;
  }

  endSessions(): void {
    this.io?.emit('session.ended', { reason: 'signed-out' });
  }

  private commit(part: Pick<Message, 'text' | 'author'> & { clientMsgId?: string }): Message {
    const seq = this.log.length + 1;
    const message = { ...part, seq, messageId: `m${seq}`, sentAt: '2026-01-05T10:00:00.000Z' };
    this.log.push(message);
    return message;
  }

  private serve(socket: Socket): void {
    this.connections++;
    socket.on('messages.since', ({ after }: { after: number }, ack: Ack) => {
      if (this.busy-- > 0)
        return ack({ ok: false, error: { code: 'TOO_MANY', message: 'no', retryAfterS: 1 } });
      ack({ ok: true, messages: this.log.slice(after, after + 200), lastSeq: this.log.length });
    });
    socket.on('receipt', ({ delivered, read }: { delivered?: number; read?: number }, ack: Ack) => {
      this.marks.push({ ...(delivered && { delivered }), ...(read && { read }) });
      ack({ ok: true });
    });
    socket.on('typing', ({ on }: { on: boolean }, ack: Ack) => {
      this.typing.push(on);
      ack({ ok: true });
    });
    socket.on('message.post', ({ clientMsgId, text }: { clientMsgId: string; text: string }, ack: Ack) => {
      const fate = this.fate(++this.posts);
      if (fate === 'lose-before') return void socket.disconnect(true);
      if (typeof fate === 'object')
        return ack({ ok: false, error: { ...fate, message: 'no', fields: ['phone'] } });
      const known = this.log.find((message) => message.clientMsgId === clientMsgId);
      const message = known ?? this.commit({ text, clientMsgId, author: { kind: 'client', id: 'c' } });
      if (fate === 'lose-after') return void socket.disconnect(true);
      if (known === undefined) socket.emit('message.posted', { intakeId: INTAKE, message });
      ack({ ok: true, seq: message.seq, messageId: message.messageId, sentAt: message.sentAt });
    });
  }
}

let server: ChatServer;
let port: number;
let chat: ChatConnection;
let ticket: () => Promise<string>;

beforeEach(async () => {
  server = new ChatServer();
  port = await server.up();
  ticket = () => Promise.resolve('t');
  let ids = 0;
  chat = new ChatConnection({
    self: { kind: 'client', id: 'c' },
    ticket: () => ticket(),
    newId: () => `id-${++ids}`,
    now: () => new Date('2026-01-05T10:00:00Z'),
    random: () => 0,
    origin: `http://127.0.0.1:${port}`,
  });
});

afterEach(async () => {
  chat.close();
  await server.down();
});

const view = () => chat.conversation(INTAKE);
const texts = () => view().messages.map((message) => message.text);

/** Waits for the page to come to a state, as a person would. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`It did not come to be: ${holds.toString()}`);
}

async function begin(): Promise<void> {
  chat.start();
  chat.follow(INTAKE);
  await until(() => view().synced);
}

test('nothing is lost, doubled or out of order while the server dies and comes back', async () => {
  await begin();
  const wanted: string[] = [];
  for (let n = 1; n <= 40; n++) {
    wanted.push(`message ${n}`);
    chat.post(INTAKE, `message ${n}`);
    if (n === 10) {
      await until(() => texts().length >= 3);
      await server.down();
    }
    if (n === 25) await server.up(port);
  }
  await until(() => view().pending.length === 0);
  expect(texts()).toEqual(wanted);
  expect(server.log.map((message) => message.text)).toEqual(wanted);
  expect(view().messages.map((message) => message.seq)).toEqual(wanted.map((_, index) => index + 1));
});

test('a message whose acknowledgement was lost is not written twice', async () => {
  server.fate = (post) => (post === 1 ? 'lose-after' : undefined);
  await begin();
  chat.post(INTAKE, 'once');
  chat.post(INTAKE, 'twice');
  await until(() => view().pending.length === 0);
  expect(server.log.map((message) => message.text)).toEqual(['once', 'twice']);
});

test('a message that never arrived is sent again before the later ones', async () => {
  server.fate = (post) => (post <= 2 ? 'lose-before' : undefined);
  await begin();
  chat.post(INTAKE, 'first');
  chat.post(INTAKE, 'second');
  await until(() => view().pending.length === 0);
  expect(texts()).toEqual(['first', 'second']);
});

test('what others wrote while the page was away is fetched, more than one page of it', async () => {
  await begin();
  await server.down();
  await until(() => chat.state === 'offline');
  for (let n = 1; n <= 450; n++) server.write(`away ${n}`, false);
  await server.up(port);
  await until(() => view().messages.length === 450);
  expect(view().messages.map((message) => message.seq)).toEqual(server.log.map((message) => message.seq));
});

test('a hole in what was pushed is filled by asking', async () => {
  await begin();
  server.write('missed', false);
  server.write('pushed');
  await until(() => texts().length === 2);
  expect(texts()).toEqual(['missed', 'pushed']);
});

test('a refused message stands as failed with its reason and lets the next one go', async () => {
  server.fate = (post) => (post === 1 ? { code: 'DISCLOSURE_REFUSED' } : undefined);
  await begin();
  chat.post(INTAKE, 'a value of the record');
  chat.post(INTAKE, 'something else');
  await until(() => texts().length === 1);
  expect(texts()).toEqual(['something else']);
  expect(view().pending).toMatchObject([
    { state: 'failed', error: { code: 'DISCLOSURE_REFUSED', extra: { fields: ['phone'] } } },
  ]);
  chat.discard(INTAKE, 'id-1');
  expect(view().pending).toEqual([]);
});

test('a message that the server had no time for waits and keeps its place', async () => {
  server.fate = (post) => (post === 1 ? { code: 'TOO_MANY' } : undefined);
  await begin();
  chat.post(INTAKE, 'first');
  chat.post(INTAKE, 'second');
  await until(() => view().pending.length === 0);
  expect(texts()).toEqual(['first', 'second']);
});

test('a page that asked too often asks again later, over the same socket', async () => {
  server.write('there already', false);
  server.busy = 2;
  await begin();
  expect({ texts: texts(), connections: server.connections }).toEqual({
    texts: ['there already'],
    connections: 1,
  });
});

test('receipts are gathered, and owed ones are sent after a reconnection', async () => {
  await begin();
  for (let n = 1; n <= 20; n++) server.write(`m ${n}`);
  await until(() => server.marks.length > 0);
  expect(server.marks).toEqual([{ delivered: 20 }]);
  await server.down();
  await until(() => chat.state === 'offline');
  chat.read(INTAKE, 20);
  // Long enough for the gathered receipt to be tried, and lost.
  await new Promise((resolve) => setTimeout(resolve, 700));
  await server.up(port);
  await until(() => server.marks.length > 1);
  expect(server.marks.at(-1)).toEqual({ read: 20 });
});

test('typing is said once for a burst of keys and taken back when the message goes', async () => {
  await begin();
  for (let n = 0; n < 15; n++) chat.typing(INTAKE);
  chat.post(INTAKE, 'done');
  await until(() => server.typing.length === 2);
  expect(server.typing).toEqual([true, false]);
});

test('a session that the server ended is not connected again', async () => {
  const reasons: string[] = [];
  chat.on('ended', (reason) => reasons.push(reason));
  await begin();
  server.endSessions();
  await until(() => chat.state === 'ended');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect({ reasons, connections: server.connections }).toEqual({ reasons: ['signed-out'], connections: 1 });
});

test('a refused ticket ends the connection as expired', async () => {
  ticket = () => Promise.reject(new ApiError('SIGNED_OUT', 'gone'));
  const reasons: string[] = [];
  chat.on('ended', (reason) => reasons.push(reason));
  chat.start();
  await until(() => chat.state === 'ended');
  expect(reasons).toEqual(['expired']);
});
