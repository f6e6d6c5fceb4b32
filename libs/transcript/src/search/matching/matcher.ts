import { fold, foldWithPlaces } from './fold';

/** What is looked for. */
export interface Query {
  readonly words: string;
  /** `phrase`: these words one after the other. `all-words`: each of them, anywhere in one message. */
  readonly match: 'phrase' | 'all-words';
}

/** Part of a text, from its first UTF-16 unit to the one after its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Most words in one query. */
export const MAX_WORDS = 20;

/** Words that stand one after the other. What somebody wrote without a space (ana@example.org, don't) stays together. */
type Run = readonly string[];

const SEPARATOR = 0;
const LETTER = 1;
/** A word by itself: Chinese and Japanese are written without spaces. */
const IDEOGRAPH = 2;

/** What each unit is, decided once: no pattern ever runs over what somebody wrote. */
const KIND = Uint8Array.from({ length: 0x1_00_00 }, (_, unit) => {
  if (unit >= 0xd800 && unit <= 0xdfff) return unit >= 0xd83c && unit <= 0xd83e ? SEPARATOR : LETTER;
  if ((unit >= 0x3040 && unit <= 0x30ff) || (unit >= 0x3400 && unit <= 0x9fff)) return IDEOGRAPH;
  return /[\p{L}\p{N}\p{M}]/u.test(String.fromCharCode(unit)) ? LETTER : SEPARATOR;
});

function kindAt(text: string, at: number): number {
  const kind = KIND[text.charCodeAt(at)] ?? SEPARATOR;
  // The second half of an emoji is no letter either.
  const before = at > 0 ? text.charCodeAt(at - 1) : 0;
  return before >= 0xd83c && before <= 0xd83e ? SEPARATOR : kind;
}

/** Whether a word may begin or end before this unit: only two letters hold together. */
function isEdge(text: string, at: number): boolean {
  return at <= 0 || at >= text.length || kindAt(text, at - 1) !== LETTER || kindAt(text, at) !== LETTER;
}

/** Returns the words of a folded text, in order. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const isWord = at < text.length && kindAt(text, at) !== SEPARATOR;
    if (start >= 0 && (!isWord || isEdge(text, at))) {
      words.push(text.slice(start, at));
      start = -1;
    }
    if (isWord && start < 0) start = at;
  }
  return words;
}

function runsOf({ words, match }: Query): Run[] {
  const folded = fold(words);
  if (match === 'phrase') return [wordsOf(folded)].filter((run) => run.length > 0);
  const runs: Run[] = [];
  let start = 0;
  for (let at = 0; at <= folded.length; at++) {
    if (at < folded.length && folded.charCodeAt(at) > 0x20 && folded.charCodeAt(at) !== 0xa0) continue;
    const run = wordsOf(folded.slice(start, at));
    if (run.length > 0) runs.push(run);
    start = at + 1;
  }
  return runs;
}

/** Whether there is a word to look for, and not too many. */
export function isSearchable(query: Query): boolean {
  const count = runsOf(query).reduce((sum, run) => sum + run.length, 0);
  return count > 0 && count <= MAX_WORDS;
}

/**
 * Returns the end of a run that begins exactly here, or -1. Each unit is looked at once for each word, so no text makes it
 * slow: a text of n units takes at most n steps for each of the query's words.
 */
function endOfRun(text: string, run: Run, at: number): number {
  let end = at;
  for (const [i, word] of run.entries()) {
    if (i > 0) while (end < text.length && kindAt(text, end) === SEPARATOR) end++;
    if (!text.startsWith(word, end) || !isEdge(text, end) || !isEdge(text, end + word.length)) return -1;
    end += word.length;
  }
  return end;
}

function find(text: string, run: Run, after: number): { from: number; to: number } | undefined {
  const [first = ''] = run;
  for (let at = text.indexOf(first, after); at >= 0; at = text.indexOf(first, at + 1)) {
    const to = endOfRun(text, run, at);
    if (to >= 0) return { from: at, to };
  }
  return undefined;
}

/** Returns a function that says whether a text has what is looked for. The path that a million messages take. */
export function matcher(query: Query): (text: string) => boolean {
  const runs = runsOf(query);
  if (runs.length === 0) return () => false;
  return (text) => {
    const folded = fold(text);
    return runs.every((run) => find(folded, run, 0) !== undefined);
  };
}

/** Returns where it stands in a text, in order and without overlaps, if `matcher` finds it there. */
export function spansOf(query: Query, text: string): Span[] {
  const runs = runsOf(query);
  const { text: folded, from } = foldWithPlaces(text);
  const found: Span[][] = runs.map((run) => {
    const spans: Span[] = [];
    for (let one = find(folded, run, 0); one !== undefined; one = find(folded, run, one.to))
      spans.push({ from: from?.[one.from] ?? one.from, to: from?.[one.to] ?? one.to });
    return spans;
  });
  if (found.some((spans) => spans.length === 0)) return [];
  const all = found.flat().sort((a, b) => a.from - b.from || b.to - a.to);
  return all.filter((span, i) => all.slice(0, i).every((before) => before.to <= span.from));
}
