import { SECOND } from '@app/kernel';
import type { IdentityLimits } from '@app/policies';
import type { Count } from './count.store';

/** Which limit stands in the way, for the log. Nobody else is told. */
export type Limit = 'conversation' | 'network' | 'record' | 'address' | 'identifiers' | 'sends';

/** How often somebody has failed, by each key. */
export interface Failures {
  readonly intake: Count;
  readonly network: Count;
  readonly record: Count;
  readonly address: Count;
}

/** Returns the limit that these failures have reached, or nothing. Beyond it the way by code is closed. */
export function limitReached(failures: Failures, limits: IdentityLimits): Limit | undefined {
  if (failures.intake.day >= limits.failuresPerSessionPerDay) return 'conversation';
  if (failures.network.hour >= limits.failuresPerNetworkPerHour) return 'network';
  if (failures.record.day >= limits.failuresPerRecordPerDay) return 'record';
  // A mailbox that several records share may fail no more often than one record.
  if (failures.address.day >= limits.failuresPerRecordPerDay) return 'address';
  return undefined;
}

/** Whether one more mail to an address, counted in `sent` already, is one too many. */
export function tooManySent(sent: Count, limits: IdentityLimits): boolean {
  return sent.quarter > limits.sendsPerAddressPer15Minutes || sent.day > limits.sendsPerAddressPerDay;
}

/** Returns how many seconds of the wait after the last failure are left. A failure that lies ahead (the clock was set back) is no reason to wait. */
export function waitLeftS({ inARow, lastAtMs }: Count, nowMs: number, limits: IdentityLimits): number {
  const waits = limits.backOffSeconds;
  const waitS = inARow === 0 ? 0 : (waits[Math.min(inARow, waits.length) - 1] ?? 0);
  if (lastAtMs > nowMs) return 0;
  return Math.max(0, Math.ceil(waitS - (nowMs - lastAtMs) / SECOND));
}
