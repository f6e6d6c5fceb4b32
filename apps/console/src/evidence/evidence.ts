/** What `GET /api/evidence` answers. Instants are RFC 3339. */
export interface Evidence {
  log: { origin: string; vkey: string; entries: number; unsignedSince?: string };
  checkpoint?: { size: number; signedAt: string; text: string };
  witnesses: Witness[];
  witnessed: number;
  isHeld: boolean;
  anchors: {
    isConfigured: boolean;
    stamps: Stamp[];
    fault?: { code: string; since: string };
  };
  policy: {
    witnessQuorum: number;
    witnessAlarmSeconds: number;
    witnessLagSeconds: number;
    anchorSeconds: number;
    heldActs: string[];
  };
  alarms: { at: string; act: string; index: number; about: Record<string, string | number> }[];
  shownSince: string;
}

export interface Witness {
  name: string;
  size: number;
  cosignedAt?: string;
  awaySince?: string;
  fault?: string;
  isRefusing: boolean;
}

export interface Stamp {
  size: number;
  at: string;
}

/** What stays unsigned for longer than this is not just on its way. */
const SIGNED_WITHIN_MS = 60_000;

/** `late`: entries wait for their signature for too long. */
export function signingOf({ checkpoint, log }: Evidence, now: Date): 'never' | 'signed' | 'late' {
  const since = log.unsignedSince === undefined ? now : new Date(log.unsignedSince);
  if (now.getTime() - since.getTime() > SIGNED_WITHIN_MS) return 'late';
  return checkpoint === undefined ? 'never' : 'signed';
}

/** The worst that is true of the witnesses together. */
export function witnessingOf(
  { witnesses, isHeld, policy }: Evidence,
  now: Date,
): 'none' | 'seen' | 'away' | 'held' | 'refused' {
  if (witnesses.length === 0) return 'none';
  if (witnesses.some((one) => one.isRefusing)) return 'refused';
  if (isHeld) return 'held';
  const isAway = ({ awaySince }: Witness) =>
    awaySince !== undefined && now.getTime() - Date.parse(awaySince) >= policy.witnessAlarmSeconds * 1_000;
  return witnesses.some(isAway) ? 'away' : 'seen';
}

export function witnessState(witness: Witness, size: number): 'seen' | 'behind' | 'away' | 'refusing' {
  if (witness.isRefusing) return 'refusing';
  if (witness.awaySince !== undefined) return 'away';
  return witness.size < size ? 'behind' : 'seen';
}

/** `late`: none for twice as long as the policy says. */
export function stampingOf({ anchors, policy }: Evidence, now: Date): 'none' | 'first' | 'stamped' | 'late' {
  if (!anchors.isConfigured) return 'none';
  const last = anchors.stamps.at(-1);
  if (last === undefined) return anchors.fault === undefined ? 'first' : 'late';
  return now.getTime() - Date.parse(last.at) > 2_000 * policy.anchorSeconds ? 'late' : 'stamped';
}

/** Stamps by day, the oldest first, with days that have none. */
export function stampDays(
  stamps: readonly Stamp[],
  since: Date,
  now: Date,
  keyOf: (at: Date) => string,
): { key: string; at: Date; count: number; lastSize?: number }[] {
  const days: { key: string; at: Date; count: number; lastSize?: number }[] = [];
  for (let at = since.getTime(); at <= now.getTime() + 86_399_999; at += 86_400_000) {
    const day = new Date(Math.min(at, now.getTime()));
    if (days.at(-1)?.key !== keyOf(day)) days.push({ key: keyOf(day), at: day, count: 0 });
  }
  for (const { at, size } of stamps) {
    const day = days.find(({ key }) => key === keyOf(new Date(at)));
    if (day === undefined) continue;
    day.count += 1;
    day.lastSize = size;
  }
  return days;
}
