import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long answers take, and what time is measured and spent with. */
export interface Pace {
  readonly floorMs: number;
  /** Up to so much is added at random. */
  readonly jitterMs: number;
  /** A clock that only goes forward, in milliseconds. */
  elapsedMs(): number;
  sleep(ms: number): Promise<unknown>;
  /** Returns a whole number from 0 to `most`. */
  random(most: number): number;
}

/** The pace of a running program. */
export function systemPace(limits: {
  readonly answerFloorMs: number;
  readonly answerJitterMs: number;
}): Pace {
  return {
    floorMs: limits.answerFloorMs,
    jitterMs: limits.answerJitterMs,
    elapsedMs: () => performance.now(),
    sleep,
    random: (most) => randomInt(most + 1),
  };
}

/**
 * Does the work, and gives its answer or its error no earlier than the floor. Work that took longer answers at the next
 * multiple of the floor, so that being slow says nothing either.
 */
export async function neutralDelay<T>(pace: Pace, work: () => Promise<T>): Promise<T> {
  const startedMs = pace.elapsedMs();
  try {
    return await work();
  } finally {
    const tookMs = pace.elapsedMs() - startedMs;
    const dueMs = Math.max(1, Math.ceil(tookMs / pace.floorMs)) * pace.floorMs + pace.random(pace.jitterMs);
    // Timers drop fractions, and so would answer before the floor.
    await pace.sleep(Math.ceil(dueMs - tookMs));
  }
}
