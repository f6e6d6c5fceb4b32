/**
 * Reads numbers as people write them: `3, 5-7`.
 *
 * @returns them in order, each once; nothing if something else stands there, or a number is not from 1 to `last`.
 */
export function messageNumbers(text: string, last: number): number[] | undefined {
  const numbers = new Set<number>();
  for (const piece of text.split(/[,;\s]+/).filter((part) => part !== '')) {
    const [, from, to] = /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(piece) ?? [];
    if (from === undefined) return undefined;
    const first = Number(from);
    const end = Number(to ?? from);
    if (first < 1 || end > last || end < first) return undefined;
    for (let n = first; n <= end; n++) numbers.add(n);
  }
  return numbers.size === 0 ? undefined : [...numbers].sort((a, b) => a - b);
}
