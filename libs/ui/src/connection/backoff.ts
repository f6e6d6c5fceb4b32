const STEPS_MS = [300, 1_200, 2_700, 4_800];
const LAST_MS = 7_000;
const JITTER = 0.3;

/**
 * Returns how long to wait before try number `attempt` (0, 1, 2 …) of a reconnection, in milliseconds. `random` is
 * 0 … 1: a server that comes back is not met by everybody in the same moment.
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  return Math.round((STEPS_MS[attempt] ?? LAST_MS) * (1 + JITTER * random));
}
