import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a value may be. The bounds are those of a standard, or the widest that we would defend; the value within them is
 * the choice of who runs the house. A file that asks for a code of four digits does not load.
 */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Says what is wrong with a value, or nothing. */
export type Check = (value: unknown) => string | undefined;

/**
 * Reads a governance file: an object of entries, each with a `value`, a `why` and a `source`.
 *
 * @param checks - what each value must be; the file has these keys and no others.
 * @returns the values, frozen, and `digest`: `sha256:` and the digest of the file.
 * @throws Error naming every key that is missing, unknown, without a `why` or a `source`, or wrong.
 */
export function readGovernance(
  folder: string,
  name: string,
  checks: Readonly<Record<string, Check>>,
): unknown {
  const file = join(folder, name);
  const bytes = readFileSync(file);
  const written = objectOf(parseJson(bytes.toString('utf8'), file));
  if (written === undefined) throw new Error(`${file}: not an object.`);
  const faults = Object.keys(written)
    .filter((key) => !Object.hasOwn(checks, key))
    .map((key) => `${key} is not known`);
  const values: Record<string, unknown> = {};
  for (const [key, check] of Object.entries(checks)) {
    const fault = faultOf(written[key], check);
    if (fault === undefined) values[key] = Object.freeze((written[key] as { value: unknown }).value);
    else faults.push(`${key} ${fault}`);
  }
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('; ')}.`);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return Object.freeze({ ...values, digest });
}

/** What is wrong with a number, or nothing. */
export function numberFault(value: unknown, { least, most }: Bounds): string | undefined {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  return fits ? undefined : `is not a whole number from ${least} to ${most}`;
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
function faultOf(written: unknown, check: Check): string | undefined {
  if (written === undefined) return 'is missing';
  const entry = objectOf(written);
  if (entry === undefined) return 'is not an object with value, why and source';
  const stranger = Object.keys(entry).find((name) => !['value', 'why', 'source'].includes(name));
  if (stranger !== undefined) return `has an unknown part, ${stranger}`;
  for (const part of ['why', 'source'])
    if (typeof entry[part] !== 'string' || entry[part].trim() === '') return `has no ${part}`;
  return check(entry['value']);
}
