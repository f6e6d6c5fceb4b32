import { DAY, HOUR, MINUTE, SECOND } from '@app/kernel';
import type { Tx } from '@app/platform';

/**
 * Counts of attempts, in the table that every process sees. An attempt is counted before it is looked at, so that many
 * at once are no more than many one after the other.
 */
type Rows = Pick<Tx, 'query'>;

/** Attempts from one place in ten minutes. A right password gives its own back, so a whole office may sign in at nine. */
const PLACE_ATTEMPTS = 50;
const PLACE_WINDOW_MS = 10 * MINUTE;

/** NIST SP 800-63B-4, section 3.2.2 wants fewer than 100 failures in a row; five are free, then the wait doubles. */
const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30 * SECOND;
const LONGEST_WAIT_MS = HOUR;
const FORGET_MS = DAY;

/** How long a place stays one that a person has signed in from. */
const KNOWN_MS = 30 * DAY;

/** Of the row `held`: the instant from which the next try is looked at. Parameters $2 to $6 are `waitValues`. */
const OPENS_AT = `CASE WHEN held.points < $4::int THEN 0 ELSE
  held.expire - $3::bigint + LEAST($5::bigint * (1::bigint << LEAST(held.points - $4::int, 16)), $6::bigint) END`;

function waitValues(now: Date): number[] {
  return [now.getTime(), FORGET_MS, FREE_TRIES, FIRST_WAIT_MS, LONGEST_WAIT_MS];
}

/** Counts an attempt from a place. @returns milliseconds to wait, if it is one too many. */
export async function countAtPlace(rows: Rows, key: string, now: Date): Promise<number | undefined> {
  const [held] = await rows.query<{ points: number; expire: string }>(
    `INSERT INTO rate_limit AS held (key, points, expire) VALUES ($1, 1, $3::bigint)
     ON CONFLICT (key) DO UPDATE SET
       points = CASE WHEN held.expire <= $2::bigint THEN 1 ELSE held.points + 1 END,
       expire = CASE WHEN held.expire <= $2::bigint THEN excluded.expire ELSE held.expire END
     RETURNING points, expire`,
    [key, now.getTime(), now.getTime() + PLACE_WINDOW_MS],
  );
  if (held === undefined || held.points <= PLACE_ATTEMPTS) return undefined;
  return Number(held.expire) - now.getTime();
}

/** Takes one attempt from a place back: it was right. */
export async function forgiveAtPlace(rows: Rows, key: string): Promise<void> {
  await rows.query('UPDATE rate_limit SET points = points - 1 WHERE key = $1 AND points > 0', [key]);
}

/**
 * Counts a try at an account. From the fifth on each makes the next wait: 30 s, doubling up to an hour. A try that comes
 * too early is not counted, so nobody can push the end of the wait away.
 *
 * @returns milliseconds to wait, if it comes too early.
 */
export async function countTry(rows: Rows, key: string, now: Date): Promise<number | undefined> {
  const counted = await rows.query(
    `INSERT INTO rate_limit AS held (key, points, expire) VALUES ($1, 1, $2::bigint + $3::bigint)
     ON CONFLICT (key) DO UPDATE SET
       points = CASE WHEN held.expire <= $2::bigint THEN 1 ELSE held.points + 1 END, expire = excluded.expire
     WHERE $2::bigint >= ${OPENS_AT}
     RETURNING points`,
    [key, ...waitValues(now)],
  );
  if (counted.length > 0) return undefined;
  const [held] = await rows.query<{ wait: string }>(
    `SELECT ${OPENS_AT} - $2::bigint AS wait FROM rate_limit AS held WHERE key = $1`,
    [key, ...waitValues(now)],
  );
  return Math.max(SECOND, Number(held?.wait ?? 0));
}

/** Forgets the tries at an account: one was right. */
export async function forgetTries(rows: Rows, key: string): Promise<void> {
  await rows.query('DELETE FROM rate_limit WHERE key = $1', [key]);
}

/** Remembers that a person has signed in from a place. */
export async function rememberPlace(rows: Rows, key: string, now: Date): Promise<void> {
  await rows.query(
    `INSERT INTO rate_limit (key, points, expire) VALUES ($1, 1, $2)
     ON CONFLICT (key) DO UPDATE SET expire = excluded.expire`,
    [key, now.getTime() + KNOWN_MS],
  );
}

/** Whether a person has signed in from a place lately. */
export async function isKnownPlace(rows: Rows, key: string, now: Date): Promise<boolean> {
  const found = await rows.query('SELECT 1 FROM rate_limit WHERE key = $1 AND expire > $2', [
    key,
    now.getTime(),
  ]);
  return found.length > 0;
}
