import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a value may be. The bounds are those of a standard, or the widest that we would defend; the value within them is
 * the choice of who runs the house. A file that asks for a code of four digits does not load.
 */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

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
  const file = join(folder, 'identity.json');
  const bytes = readFileSync(file);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return Object.freeze({ ...parseIdentityLimits(bytes.toString('utf8'), file), digest });
}

function parseIdentityLimits(text: string, file: string): Omit<IdentityLimits, 'digest'> {
  const written = objectOf(parseJson(text, file));
  if (written === undefined) throw new Error(`${file}: not an object.`);
  const faults: string[] = [];
  const keys: string[] = [...Object.keys(NUMBERS), 'backOffSeconds'];
  for (const key of Object.keys(written)) if (!keys.includes(key)) faults.push(`${key} is not known`);
  const limits: Record<string, number | readonly number[]> = {};
  for (const key of keys) {
    const fault = faultOf(key, written[key]);
    if (fault === undefined)
      limits[key] = Object.freeze((written[key] as { value: number | number[] }).value);
    else faults.push(`${key} ${fault}`);
  }
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('; ')}.`);
  // Every key was checked above, and there is no other.
  return limits as unknown as Omit<IdentityLimits, 'digest'>;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file}: not JSON.`, { cause });
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** What is wrong with one entry of the file, or undefined. */
function faultOf(key: string, written: unknown): string | undefined {
  if (written === undefined) return 'is missing';
  const entry = objectOf(written);
  if (entry === undefined) return 'is not an object with value, why and source';
  const stranger = Object.keys(entry).find((name) => !['value', 'why', 'source'].includes(name));
  if (stranger !== undefined) return `has an unknown part, ${stranger}`;
  for (const part of ['why', 'source'])
    if (typeof entry[part] !== 'string' || entry[part].trim() === '') return `has no ${part}`;
  if (key === 'backOffSeconds') return backOffFault(entry['value']);
  return numberFault(entry['value'], NUMBERS[key as keyof typeof NUMBERS]);
}

function numberFault(value: unknown, { least, most }: Bounds): string | undefined {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  return fits ? undefined : `is not a whole number from ${least} to ${most}`;
}

function backOffFault(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return 'is not a list of seconds';
  const seconds: readonly unknown[] = value;
  const wrong = seconds.map((wait) => numberFault(wait, BACK_OFF)).find((fault) => fault !== undefined);
  if (wrong !== undefined) return `has a wait that ${wrong}`;
  const falls = seconds.some((wait, at) => at > 0 && Number(wait) < Number(seconds[at - 1]));
  return falls ? 'has a wait that is shorter than the one before' : undefined;
}
