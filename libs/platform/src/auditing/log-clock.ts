import type { Recorder } from './recording/recorder';
import { MAX_SKEW_MS, type Sequencer } from './sequencer';
import type { Alarm, Alarms } from './scrubbing/alarm';
import { type CheckpointSigner, LogRewound } from './signer';

const SEQUENCE_EVERY_MS = 75;
const SIGN_EVERY_MS = 1_000;
/** The same while somebody waits for a signature. */
const SIGN_AWAITED_MS = 100;

/** This process and the database do not agree what time it is; nothing is recorded until they do. */
export class ClockSkewed extends Error {
  override readonly name = 'ClockSkewed';

  constructor(skewMs: number) {
    super(`this process is ${Math.round(skewMs / 1_000)} s ahead of the database (below 0: behind)`);
  }
}

/** Keeps the log moving: sequences, signs, explains holes, and tells the recorder when the log is behind. */
export class LogClock {
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly signer: CheckpointSigner,
    private readonly recorder: Recorder,
    private readonly alarms: Alarms,
    /** Hears of each fault; the log goes on as soon as it can. */
    private readonly onFault: (what: string, error: unknown) => void,
    /** Whether to compare the time with the database's. Not where a test holds the clock. */
    private readonly watchesTime = true,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Ends after a last pass, so that what has been recorded is sequenced and signed. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    let signedAt = -Infinity;
    let last = false;
    while (!last) {
      last = this.stopped;
      let more = false;
      try {
        ({ more } = await this.sequencer.pass());
      } catch (error) {
        this.onFault('sequencing', error);
      }
      const every = this.signer.isAwaited ? SIGN_AWAITED_MS : SIGN_EVERY_MS;
      if (last || performance.now() - signedAt >= every) {
        signedAt = performance.now();
        await this.sign();
      }
      if (more) last = false;
      else if (!last) await this.pause();
    }
  }

  private async sign(): Promise<void> {
    try {
      // Also when sequencing fails: what waits too long says so, whatever the reason.
      this.recorder.setBehind(await this.sequencer.isBehind());
      await this.lookAtTheTime();
      await this.recorder.explainHoles();
      const faults = await this.signer.pass();
      for (const [tenantId, error] of faults) {
        this.onFault(`signing the log of ${tenantId}`, error);
        if (error instanceof LogRewound) await this.alarms.raise(tenantId, alarmOf(error));
      }
    } catch (error) {
      this.onFault('signing', error);
    }
  }

  private async lookAtTheTime(): Promise<void> {
    if (!this.watchesTime) return;
    const skewMs = await this.sequencer.skewMs();
    const skewed = Math.abs(skewMs) > MAX_SKEW_MS;
    this.recorder.setSkewed(skewed);
    if (skewed) this.onFault('the time', new ClockSkewed(skewMs));
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, SEQUENCE_EVERY_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What the log, which goes on unsigned, says of itself. */
function alarmOf({ what, signed }: LogRewound): Alarm {
  return {
    subject: `rewound:${what}:${signed}`,
    act: { act: 'log.rewound', actor: { kind: 'system', id: 'signer' }, detail: { what, signed } },
  };
}
