// @ts-check
// Conversations with sealed messages, made as fast as they can be: real keys, real seals, rows past the log. Beside each sealed
// text stands the same in plain, for the peers that look through that.

/** @typedef {import('./house.mjs').House} House */
/** @typedef {{ intakeId: string, seq: number, messageId: string, text: string, sealed: Buffer }} Row */

/** What is looked for. It is written differently where it stands, as people do. */
export const NEEDLE = 'la carta del juez';
const WRITTEN = ['la carta del juez', 'La carta del juez', 'LA CARTA DEL JUEZ'];
/** One message of so many has it. */
const EVERY = 10_000;
const PER_CONVERSATION = 20;
/** Conversations that are sealed and inserted together. */
const TOGETHER = 100;
const LANES = 4;

const WORDS =
  'I have a question about the appointment on Monday and my results please could you tell me when thank you very much ' +
  'necesito saber si puedo cambiar la cita del lunes porque mañana no puedo muchas gracias señora doctora la carta llegó ' +
  'ayer el juez dijo que esperara hasta el año próximo insurance number form letter school nurse';

/** The same numbers each time: a small generator (mulberry32), because two runs should look through the same texts. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {House} house @param {import('pg').Client} owner @param {number} messages
 * @returns {Promise<number>} in how many messages the needle stands
 */
export async function fill(house, owner, messages) {
  const words = WORDS.split(' ');
  /** @param {number} n of the message @param {() => number} random */
  const textOf = (n, random) => {
    const said = Array.from(
      { length: 5 + Math.floor(random() * 25) },
      () => words[Math.floor(random() * words.length)],
    );
    if (n % EVERY === EVERY / 2) said.splice(2, 0, WRITTEN[Math.floor(random() * WRITTEN.length)]);
    return `${said.join(' ')}.`;
  };
  await owner.query(
    'CREATE UNLOGGED TABLE bench_plain (tenant_id uuid, intake_id uuid, seq int, text text, PRIMARY KEY (tenant_id, intake_id, seq))',
  );
  const conversations = Math.ceil(messages / PER_CONVERSATION);
  let found = 0;
  /** @type {Promise<void>} */
  let inserted = Promise.resolve();
  /** Seals and inserts the conversations of one group. @param {number} from */
  const group = async (from) => {
    /** @type {Row[]} */
    const rows = [];
    /** @type {string[]} */
    const intakes = [];
    await house.database.transaction(house.tenantId, async (/** @type {any} */ tx) => {
      for (let i = from; i < Math.min(from + TOGETHER, conversations); i++) {
        const random = numbers(i);
        const intakeId = house.newId();
        intakes.push(intakeId);
        const first = i * PER_CONVERSATION;
        for (let n = first; n < Math.min(first + PER_CONVERSATION, messages); n++) {
          const text = textOf(n, random);
          if (text.toLowerCase().includes(NEEDLE)) found += 1;
          const messageId = house.newId();
          const place = { item: messageId, content: 'message' };
          const sealed = await house.keys.seal(tx, intakeId, place, text);
          rows.push({ intakeId, seq: n - first + 1, messageId, text, sealed });
        }
      }
    });
    // One connection does one thing at a time.
    inserted = inserted.then(() => insert(house, owner, intakes, rows));
    await inserted;
  };
  // Making a key is some round trips: while one group waits for them, another seals.
  let next = 0;
  const lane = async () => {
    for (let from = next; from < conversations; from = next) {
      next += TOGETHER;
      await group(from);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}

/**
 * The bytes go as one parameter that is cut apart by lengths: an array of byte strings would be sent as text, twice as long.
 * @param {House} house @param {import('pg').Client} owner @param {string[]} intakes
 * @param {Row[]} rows
 */
async function insert({ tenantId, siteId, queueId }, owner, intakes, rows) {
  await owner.query(
    `INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form, notice_version,
       created_at, queued_at, closed_at)
     SELECT $1, id, $2, $3, 'other', 'en', 'closed', false, '', 1, now(), now(), now() FROM unnest($4::uuid[]) AS id`,
    [tenantId, siteId, queueId, intakes],
  );
  await owner.query(
    `INSERT INTO intake_head (tenant_id, intake_id, last_seq)
     SELECT $1, id, count FROM unnest($2::uuid[], $3::int[]) AS h (id, count)`,
    [tenantId, intakes, intakes.map((id) => rows.filter(({ intakeId }) => intakeId === id).length)],
  );
  let at = 1;
  const starts = rows.map(({ sealed }) => (at += sealed.length) - sealed.length);
  const ids = rows.map(({ intakeId }) => intakeId);
  const seqs = rows.map(({ seq }) => seq);
  await owner.query(
    `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, sealed, sent_at)
     SELECT $1, intake, seq, id, id, 'client', intake::text, substring($7::bytea FROM start FOR length), now()
     FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::int[], $6::int[]) AS r (intake, seq, id, start, length)`,
    [
      tenantId,
      ids,
      seqs,
      rows.map(({ messageId }) => messageId),
      starts,
      rows.map(({ sealed }) => sealed.length),
      Buffer.concat(rows.map(({ sealed }) => sealed)),
    ],
  );
  await owner.query('INSERT INTO bench_plain SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::text[])', [
    tenantId,
    ids,
    seqs,
    rows.map(({ text }) => text),
  ]);
}
