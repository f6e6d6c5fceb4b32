/** How long something took, in whole seconds. */
export interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
}

/**
 * Returns the value below which a share of the values lies, between two of them by straight line: what `percentile_cont`
 * of PostgreSQL returns. Nothing for no values.
 *
 * @param share - from 0 to 1.
 */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (place - Math.floor(place));
}

/** Returns the arithmetic mean. Nothing for no values. */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Returns mean, median and 90th percentile in whole seconds. Nothing for no values. */
export function spread(seconds: readonly number[]): Spread | undefined {
  const middle = percentile(seconds, 0.5);
  const late = percentile(seconds, 0.9);
  const average = mean(seconds);
  if (middle === undefined || late === undefined || average === undefined) return undefined;
  return { mean: Math.round(average), median: Math.round(middle), p90: Math.round(late) };
}
