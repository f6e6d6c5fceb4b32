import { AppError, SECOND } from '@app/kernel';

/** How many of each a page may send at once, and how many a second after that. A person is far below; a script is not. */
const PACE = {
  message: { burst: 60, perSecond: 10 },
  read: { burst: 20, perSecond: 2 },
  signal: { burst: 40, perSecond: 10 },
} as const;

export type Paced = keyof typeof PACE;

/** Keeps one socket to a pace: a bucket of tokens for each kind of event. */
export class Pace {
  private readonly buckets = new Map<Paced, { tokens: number; at: number }>();

  constructor(
    private readonly limits: Readonly<
      Record<Paced, { readonly burst: number; readonly perSecond: number }>
    > = PACE,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @throws AppError `TOO_MANY` when the bucket is empty. */
  take(what: Paced): void {
    const { burst, perSecond } = this.limits[what];
    const now = this.nowMs();
    const bucket = this.buckets.get(what) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / SECOND) * perSecond);
    if (tokens < 1)
      throw new AppError('TOO_MANY', 'That was a lot at once. Please wait a few seconds.', {
        extra: { retryAfterS: Math.ceil((1 - tokens) / perSecond) },
      });
    this.buckets.set(what, { tokens: tokens - 1, at: now });
  }
}
