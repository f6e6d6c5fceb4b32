import { type TenantId, SECOND } from '@app/kernel';
import { Rounds } from '../rounds';
import type { Act } from '../recording/recorder';
import type { Scrubber } from './scrubber';

const EVERY_MS = SECOND;
/** Of each second, this much goes to scrubbing, a slice more or less. */
const BUDGET_MS = 20;

/** What was found in a log, in a sentence for whoever runs the program. It names numbers and ids, never a value. */
export class LogAltered extends Error {
  override readonly name = 'LogAltered';

  constructor({ act, refs, detail }: Act) {
    super(`${act} ${JSON.stringify({ ...refs, ...detail })}`);
  }
}

/** Keeps scrubbing going in the background: log after log, slice after slice, a little each second. */
export class Scrubbing {
  private waiting: TenantId[] = [];
  private readonly rounds: Rounds;

  constructor(
    private readonly scrubber: Scrubber,
    /** Hears of what was found, and of what kept a slice from being read. */
    private readonly onFault: (what: string, error: unknown) => void,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      () => this.round(),
      (error) => onFault('scrubbing', error),
    );
  }

  start(): void {
    this.rounds.start();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  /** No log is looked at twice in one round, however short it is. */
  private async round(): Promise<void> {
    const until = performance.now() + BUDGET_MS;
    if (this.waiting.length === 0) this.waiting = await this.scrubber.logs();
    for (let tenantId = this.waiting.shift(); tenantId !== undefined; tenantId = this.waiting.shift()) {
      for (let ended = false; !ended;) {
        const slice = await this.scrubber.slice(tenantId);
        for (const act of slice.alarms) this.onFault(`the log of ${tenantId}`, new LogAltered(act));
        ({ ended } = slice);
        if (performance.now() > until) {
          if (!ended) this.waiting.unshift(tenantId);
          return;
        }
      }
    }
  }
}
