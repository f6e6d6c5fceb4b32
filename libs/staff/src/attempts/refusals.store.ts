import { MINUTE, type TenantId } from '@app/kernel';
import type { Database, Tx } from '@app/platform';

/** Refused attempts on one subject (an account, a place) that no entry tells of yet. Ids and keyed tokens only. */
const PREFIX = 'sign-in-refused:';
/** At most one entry a subject and minute: a flood must not drown the log. */
const ONE_ENTRY_MS = MINUTE;

export interface Untold {
  readonly key: string;
  readonly tenantId: TenantId;
  readonly subject: string;
}

/**
 * Counts a refused attempt.
 *
 * @returns how many an entry must tell of now, with this one; 0 if the last entry is less than a minute old.
 */
export async function countRefusal(tx: Tx, subject: string, now: Date): Promise<number> {
  const key = `${PREFIX}${tx.tenantId}:${subject}`;
  const fresh = await tx.query(
    'INSERT INTO rate_limit (key, points, expire) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING RETURNING key',
    [key, now.getTime() + ONE_ENTRY_MS],
  );
  if (fresh.length > 0) return 1;
  const [held] = await tx.query<{ points: number; expire: string }>(
    'UPDATE rate_limit SET points = points + 1 WHERE key = $1 RETURNING points, expire',
    [key],
  );
  if (held === undefined || Number(held.expire) > now.getTime()) return 0;
  await tx.query('UPDATE rate_limit SET points = 0, expire = $2 WHERE key = $1', [
    key,
    now.getTime() + ONE_ENTRY_MS,
  ]);
  return held.points;
}

/** Returns the subjects whose minute is over. */
export async function findUntold(database: Database, now: Date): Promise<Untold[]> {
  const rows = await database.directory<{ key: string }>(
    'SELECT key FROM rate_limit WHERE starts_with(key, $1) AND expire <= $2 ORDER BY key LIMIT 1000',
    [PREFIX, now.getTime()],
  );
  return rows.map(({ key }) => {
    const [tenantId = '', subject = ''] = key.slice(PREFIX.length).split(':');
    return { key, tenantId: tenantId as TenantId, subject };
  });
}

/** Takes the count of a subject whose minute is over. @returns 0 if there is nothing to tell, or somebody else took it. */
export async function takeUntold(tx: Tx, { key }: Untold, now: Date): Promise<number> {
  const [row] = await tx.query<{ points: number }>(
    'DELETE FROM rate_limit WHERE key = $1 AND expire <= $2 RETURNING points',
    [key, now.getTime()],
  );
  return row?.points ?? 0;
}
