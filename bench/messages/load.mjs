// @ts-check
// The load: pairs that talk. In a closed loop each answers the other; paced, messages come at a fixed rate whether or not
// the server keeps up, and each one's latency counts from the instant at which it was due.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a round may take to hear of its last messages. */
const DRAIN_LIMIT_MS = 20_000;
/** A refused sender waits so long, as the server asks. */
const REFUSED_WAIT_MS = 1_000;
const ACKED = 1;
const RECEIVED = 2;

/** Words that are no value of anybody's record. About 120 characters each. */
const TEXTS = Array.from({ length: 64 }, (_, i) => {
  const words =
    'thank you for writing we are looking at this with care and will come back to you before the end of the day please stay'.split(
      ' ',
    );
  return [...words.slice(i % words.length), ...words.slice(0, i % words.length)].join(' ');
});

/**
 * Two pages of one conversation.
 * @typedef {object} Pair
 * @property {string} intakeId
 * @property {[import('./wire.mjs').Wire, import('./wire.mjs').Wire]} sides  the client's, the staff member's
 * @property {number[]} seen  by message number: whether it was acknowledged, and received by the other side
 */

/** @param {string} intakeId @param {Pair['sides']} sides @returns {Pair} */
export function pairOf(intakeId, sides) {
  return { intakeId, sides, seen: [] };
}

/**
 * @typedef {object} Round
 * @property {number} seconds       measured, after a warm-up
 * @property {number} acked         acknowledged within them
 * @property {number[]} latencies   in ms, sorted: of the messages that were due within them, whenever answered
 * @property {number} refused       never counted as messages
 * @property {number} sent          in the whole round, warm-up and drain included: sent and not refused
 * @property {number} ackedAll      in the whole round
 * @property {number} received      in the whole round, by the other side
 * @property {string[]} faults      what did not hold
 */

/**
 * Plays one round.
 * @param {object} options
 * @param {Pair[]} options.pairs
 * @param {number} [options.perSecond]  paced; a closed loop without it
 * @param {number} options.warmUpMs
 * @param {number} options.seconds
 * @param {() => Promise<void>} options.began  when what is measured begins
 * @param {() => Promise<void>} options.ended
 * @returns {Promise<Round>}
 */
export async function play({ pairs, perSecond, warmUpMs, seconds, began, ended }) {
  /** @type {Round} */
  const round = {
    seconds: 0,
    acked: 0,
    latencies: [],
    refused: 0,
    sent: 0,
    ackedAll: 0,
    received: 0,
    faults: [],
  };
  let measuring = false;
  let sending = true;
  let from = Infinity;
  let n = 0;
  /** @type {Map<Pair, (seq: number, which: number) => void>} */
  const onStep = new Map();

  for (const pair of pairs) {
    pair.seen = [];
    pair.sides.forEach((wire) =>
      wire.on('message.posted', ({ message }) => {
        if (message.author.kind === 'system') return;
        round.received++;
        mark(pair, message.seq, RECEIVED);
      }),
    );
  }
  const mark = (/** @type {Pair} */ pair, /** @type {number} */ seq, /** @type {number} */ what) => {
    const before = pair.seen[seq] ?? 0;
    if (before & what) round.faults.push(`message ${seq} of a conversation came twice`);
    pair.seen[seq] = before | what;
    onStep.get(pair)?.(seq, before | what);
  };

  /** @param {Pair} pair @param {0 | 1} side @param {number} due  its instant @param {() => void} refused */
  const post = (pair, side, due, refused) => {
    const text = TEXTS[n++ % TEXTS.length];
    round.sent++;
    const counts = measuring && due >= from;
    pair.sides[side].ask(
      'message.post',
      { intakeId: pair.intakeId, clientMsgId: randomUUID(), text },
      (answer) => {
        if (!answer.ok) {
          round.sent--;
          round.refused++;
          if (answer.error.code !== 'TOO_MANY') round.faults.push(`refused: ${answer.error.code}`);
          refused();
          return;
        }
        round.ackedAll++;
        if (measuring) round.acked++;
        // Also of those that are answered late: leaving them out would hide the worst.
        if (counts) round.latencies.push(performance.now() - due);
        mark(pair, answer.seq, ACKED);
      },
    );
  };

  const stop =
    perSecond === undefined ? closedLoop(pairs, post, onStep, () => sending) : paced(pairs, perSecond, post);
  await sleep(warmUpMs);
  await began();
  measuring = true;
  from = performance.now();
  await sleep(seconds * 1_000);
  measuring = false;
  round.seconds = (performance.now() - from) / 1_000;
  sending = false;
  stop();
  await ended();

  const until = performance.now() + DRAIN_LIMIT_MS;
  while ((round.ackedAll < round.sent || round.received < round.sent) && performance.now() < until)
    await sleep(20);
  if (round.ackedAll !== round.sent) round.faults.push(`${round.sent} sent, ${round.ackedAll} acknowledged`);
  if (round.received !== round.sent)
    round.faults.push(`${round.sent} sent, ${round.received} received by the other side`);
  const halves = pairs.reduce(
    (sum, { seen }) => sum + seen.filter((what) => what !== (ACKED | RECEIVED)).length,
    0,
  );
  if (halves > 0) round.faults.push(`${halves} messages were not both acknowledged and received`);
  round.latencies.sort((a, b) => a - b);
  return round;
}

/**
 * Each side speaks when the other's message has been acknowledged and received.
 * @param {Pair[]} pairs
 * @param {(pair: Pair, side: 0 | 1, due: number, refused: () => void) => void} post
 * @param {Map<Pair, (seq: number, which: number) => void>} onStep
 * @param {() => boolean} goesOn
 */
function closedLoop(pairs, post, onStep, goesOn) {
  for (const pair of pairs) {
    /** @type {0 | 1} */
    let side = 0;
    const speak = () => {
      if (goesOn()) post(pair, side, performance.now(), () => setTimeout(speak, REFUSED_WAIT_MS));
    };
    onStep.set(pair, (_seq, which) => {
      if (which !== (ACKED | RECEIVED)) return;
      side = side === 0 ? 1 : 0;
      speak();
    });
    speak();
  }
  return () => {};
}

/**
 * Open loop: the next message is sent when it is due, not when the last one was answered.
 * @param {Pair[]} pairs
 * @param {number} perSecond
 * @param {(pair: Pair, side: 0 | 1, due: number, refused: () => void) => void} post
 */
function paced(pairs, perSecond, post) {
  const from = performance.now();
  let next = 0;
  const timer = setInterval(() => {
    for (;;) {
      const due = from + (next * 1_000) / perSecond;
      const pair = pairs[next % pairs.length];
      if (due > performance.now() || pair === undefined) return;
      post(pair, Math.floor(next / pairs.length) % 2 === 0 ? 0 : 1, due, () => {});
      next++;
    }
  }, 1);
  return () => clearInterval(timer);
}

/** @param {number[]} sorted @param {number} share @returns {number} the value below which that share of them lies */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
