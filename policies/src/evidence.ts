import { type Action, ACTIONS } from './actions';
import { type Bounds, type Check, numberFault, readGovernance } from './governance-file';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const NUMBERS = {
  witnessQuorum: { least: 1, most: 16 },
  requestTimeoutSeconds: { least: 1, most: 60 },
  witnessAlarmSeconds: { least: 60, most: DAY_SECONDS },
  witnessLagSeconds: { least: 60, most: 7 * DAY_SECONDS },
  anchorSeconds: { least: 60, most: DAY_SECONDS },
} as const satisfies Record<string, Bounds>;

/** `governance/evidence.json`: what holds while a witness is away, and how often the log is stamped. */
export type EvidencePolicy = Readonly<Record<keyof typeof NUMBERS, number>> & {
  /** Acts that are refused when the log has been without a witness for `witnessLagSeconds`. */
  readonly heldActs: readonly Action[];
  /** `sha256:` and the digest of the file. */
  readonly digest: string;
};

/**
 * Reads `evidence.json` from the folder of the governance files.
 *
 * @throws Error naming every key that is missing, unknown, without a `why` or a `source`, or out of its bounds.
 */
export function evidencePolicy(folder: string): EvidencePolicy {
  const checks: Record<string, Check> = { heldActs: actsFault };
  for (const [key, bounds] of Object.entries(NUMBERS)) checks[key] = (value) => numberFault(value, bounds);
  // Every key was checked, and there is no other.
  return readGovernance(folder, 'evidence.json', checks) as EvidencePolicy;
}

function actsFault(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'is not a list of acts';
  const acts: readonly unknown[] = value;
  if (acts.some((act) => !(ACTIONS as readonly unknown[]).includes(act)))
    return 'names an act that no policy knows';
  return new Set(acts).size === acts.length ? undefined : 'names an act twice';
}
