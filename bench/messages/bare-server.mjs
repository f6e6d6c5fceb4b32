// @ts-check
// A Socket.IO server with PostgreSQL behind it and nothing else: same frames, same rows, no sealing, no policy, no checks of
// what comes in. It writes a message in one of three ways; its parent says which. DATABASE_URL and BENCH_TENANT are given.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';

/** As many connections as ours has. */
const POOL = 10;
const TENANT = process.env.BENCH_TENANT ?? '';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: POOL });

/**
 * What is kept of each conversation, so that one round trip is enough where there is one.
 * @typedef {{ seq: number, prev: Buffer | null, turn: Promise<unknown> }} Known
 * @typedef {{ intakeId: string, kind: string, messageId: string, clientMsgId: string, text: Buffer, entry: Buffer, leaf: Buffer, seq: number, known: Known }} Row
 */

const INSERT = `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, sealed, sent_at)
  VALUES ($1, $2, $3, $4, $5, $6, $6, $7, now())`;
const APPEND = `SELECT outcome FROM append_message($1, $2, 1, $3, $3, $4, $5, $6, $6, NULL, $7, now(), $8, $9, $10, NULL)`;

/** @param {Row} row @returns {unknown[]} */
const message = (row) => [TENANT, row.intakeId, row.seq, row.messageId, row.clientMsgId, row.kind, row.text];

/** @type {Record<string, (row: Row) => Promise<void>>} */
const WAYS = {
  /** The message alone. */
  async insert(row) {
    await pool.query({ name: 'insert', text: INSERT, values: message(row) });
  },
  /** The whole act, a statement at a time: lock and number, message, head, entry. */
  async statements(row) {
    const db = await pool.connect();
    try {
      await db.query('BEGIN');
      await db.query({
        name: 'lock',
        text: 'SELECT last_seq, audit_n FROM intake_head WHERE tenant_id = $1 AND intake_id = $2 FOR UPDATE',
        values: [TENANT, row.intakeId],
      });
      await db.query({ name: 'insert', text: INSERT, values: message(row) });
      await db.query({
        name: 'head',
        text: 'UPDATE intake_head SET last_seq = $3, audit_n = $3, audit_prev = $4 WHERE tenant_id = $1 AND intake_id = $2',
        values: [TENANT, row.intakeId, row.seq, row.leaf],
      });
      await db.query({
        name: 'entry',
        text: 'INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)',
        values: [TENANT, randomUUID(), row.entry],
      });
      await db.query('COMMIT');
    } finally {
      db.release();
    }
  },
  /** The whole act in one statement: the function that ours calls. */
  async 'one statement'(row) {
    const values = [...message(row), randomUUID(), row.entry, row.leaf];
    const { rows } = await pool.query({ name: 'append', text: APPEND, values });
    if (rows[0].outcome !== 'appended') throw new Error(`the message was ${rows[0].outcome}`);
  },
};

/** @type {(row: Row) => Promise<void>} */
let write = WAYS['insert'] ?? (async () => {});
/** @type {Map<string, Known>} */
const conversations = new Map();

const http = createServer();
const server = new Server(http, {
  path: '/socket',
  serveClient: false,
  transports: ['websocket'],
  perMessageDeflate: false,
  pingInterval: 10_000,
  pingTimeout: 15_000,
});

server.on('connection', (socket) => {
  const { intakeId, kind } = socket.handshake.auth;
  void socket.join(`${kind}:${intakeId}`);
  const other = kind === 'client' ? 'staff' : 'client';
  socket.on('message.post', ({ clientMsgId, text }, acknowledge) => {
    const known = conversations.get(intakeId) ?? { seq: 0, prev: null, turn: Promise.resolve() };
    conversations.set(intakeId, known);
    known.turn = known.turn.then(async () => {
      const messageId = randomUUID();
      const sentAt = new Date().toISOString();
      const body = Buffer.from(text, 'utf8');
      const seq = known.seq + 1;
      const entry = Buffer.from(
        JSON.stringify({
          v: 1,
          at: sentAt,
          act: 'message.post',
          actor: { kind, id: intakeId },
          intake: { id: intakeId, n: seq, prev: known.prev?.toString('base64') },
          message: messageId,
          sha256: createHash('sha256').update(body).digest('base64'),
        }),
      );
      const leaf = createHash('sha256').update(entry).digest();
      await write({ intakeId, kind, messageId, clientMsgId, text: body, entry, leaf, seq, known });
      known.seq = seq;
      known.prev = leaf;
      const told = { seq, messageId, author: { kind, id: intakeId }, text, sentAt };
      server.to(`${other}:${intakeId}`).emit('message.posted', { intakeId, message: told });
      acknowledge({ ok: true, seq, messageId, sentAt });
    });
    known.turn.catch((/** @type {Error} */ error) => {
      process.stderr.write(`the bare server: ${error.message}\n`);
      process.exit(1);
    });
  });
});

process.on('message', (how) => {
  write = WAYS[String(how)] ?? write;
  conversations.clear();
  process.send?.({ writes: how });
});
process.on('disconnect', () => process.exit(0));
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address) process.send?.({ address: `http://127.0.0.1:${address.port}` });
});
