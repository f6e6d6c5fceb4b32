import { type Clock, SECOND } from '@app/kernel';
import type { Allowance } from './rules';

/** Lets `burst` through at once and `perSecond` over time. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly allowance: Allowance,
    private readonly clock: Clock,
  ) {
    this.tokens = allowance.burst;
    this.filledAt = clock.now().getTime();
  }

  /** Takes one token. Returns 0, or for how many whole seconds there will be none. */
  take(): number {
    const { burst, perSecond } = this.allowance;
    const now = this.clock.now().getTime();
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAt) / SECOND) * perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return Math.ceil((1 - this.tokens) / perSecond);
    this.tokens -= 1;
    return 0;
  }
}
