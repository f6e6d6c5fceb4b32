import { type Bounds, type Check, numberFault, readGovernance } from './governance-file';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const NUMBERS = {
  /** NIST SP 800-63A-4, section 3.8: at least six. */
  codeDigits: { least: 6, most: 10 },
  /** OWASP ASVS 5.0, 6.5.5: at most ten minutes. */
  codeLifeSeconds: { least: 60, most: 600 },
  triesPerCode: { least: 1, most: 10 },
  sendsPerAddressPer15Minutes: { least: 1, most: 10 },
  sendsPerAddressPerDay: { least: 1, most: 50 },
  /** NIST SP 800-63B-4, section 3.2.2: at most a hundred. */
  failuresPerRecordPerDay: { least: 1, most: 100 },
  failuresPerSessionPerDay: { least: 1, most: 100 },
  recordsPerSession: { least: 1, most: 20 },
  failuresPerNetworkPerHour: { least: 1, most: 1_000 },
  networkPrefixBitsIpv4: { least: 8, most: 32 },
  networkPrefixBitsIpv6: { least: 32, most: 128 },
  answerFloorMs: { least: 200, most: 10_000 },
  answerJitterMs: { least: 0, most: 2_000 },
  idleDropSeconds: { least: 60, most: HOUR_SECONDS },
  /** NIST SP 800-63B-4, section 2.2.3: at most a day. */
  confirmedLifeSeconds: { least: 60, most: DAY_SECONDS },
} as const satisfies Record<string, Bounds>;

const BACK_OFF: Bounds = { least: 0, most: HOUR_SECONDS };

/** The numbers of `governance/identity.json`; the file says why each is what it is. */
export type IdentityLimits = Readonly<Record<keyof typeof NUMBERS, number>> & {
  /** Seconds to wait after the first, second, third … failure in a row; the last goes on for all that follow. */
  readonly backOffSeconds: readonly number[];
  /** `sha256:` and the digest of the file. */
  readonly digest: string;
};

/**
 * Reads `identity.json` from the folder of the governance files.
 *
 * @throws Error naming every key that is missing, unknown, without a `why` or a `source`, or out of its bounds.
 */
export function identityLimits(folder: string): IdentityLimits {
  const checks: Record<string, Check> = { backOffSeconds: backOffFault };
  for (const [key, bounds] of Object.entries(NUMBERS)) checks[key] = (value) => numberFault(value, bounds);
  // Every key was checked, and there is no other.
  return readGovernance(folder, 'identity.json', checks) as IdentityLimits;
}

function backOffFault(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return 'is not a list of seconds';
  const seconds: readonly unknown[] = value;
  const wrong = seconds.map((wait) => numberFault(wait, BACK_OFF)).find((fault) => fault !== undefined);
  if (wrong !== undefined) return `has a wait that ${wrong}`;
  const falls = seconds.some((wait, at) => at > 0 && Number(wait) < Number(seconds[at - 1]));
  return falls ? 'has a wait that is shorter than the one before' : undefined;
}
