import { blindToken } from '@app/crypto';
import { AppError, type Clock } from '@app/kernel';
import type { Database } from '../database/database';

/** So many times in so long, for one key. */
export interface Limit {
  readonly times: number;
  readonly withinMs: number;
}

/** Counts in the database, where every process sees it. Keys are stored as keyed tokens. */
export class RateLimit {
  constructor(
    private readonly database: Database,
    /** Keeps a key from being found by trying: there are few network addresses. */
    private readonly tokenKey: Buffer,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts one more for this key.
   *
   * @throws AppError `TOO_MANY` with `retryAfterS`, when it has been more than the limit in the current window.
   */
  async take(what: string, key: string, limit: Limit): Promise<void> {
    const now = this.clock.now().getTime();
    const [row] = await this.database.directory<{ points: number; expire: string }>(
      `INSERT INTO rate_limit AS r (key, points, expire) VALUES ($1, 1, $2)
       ON CONFLICT (key) DO UPDATE SET
         points = CASE WHEN r.expire <= $3 THEN 1 ELSE r.points + 1 END,
         expire = CASE WHEN r.expire <= $3 THEN $2 ELSE r.expire END
       RETURNING points, expire`,
      [`${what}:${blindToken(this.tokenKey, key).toString('base64url')}`, now + limit.withinMs, now],
    );
    if (row !== undefined && row.points > limit.times) {
      const retryAfterS = Math.max(1, Math.ceil((Number(row.expire) - now) / 1_000));
      throw new AppError('TOO_MANY', `Please wait ${waitInWords(retryAfterS)} and try again.`, {
        extra: { retryAfterS },
      });
    }
  }
}

function waitInWords(seconds: number): string {
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
