const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Returns the first letters of the first and the last word of a name, as a queue shows them. A dash for no letter at all. */
export function initialsOf(name: string): string {
  const letters = name
    .normalize('NFC')
    .split(/[\s,]+/u)
    .flatMap(firstLetter);
  const first = letters[0];
  const last = letters.length > 1 ? letters.at(-1) : undefined;
  return first === undefined ? '–' : first + (last ?? '');
}

function firstLetter(word: string): string[] {
  for (const { segment } of graphemes.segment(word)) if (/^\p{L}/u.test(segment)) return [capital(segment)];
  return [];
}

/** A capital that is two letters (ß → SS) would be an initial that nobody has. */
function capital(letter: string): string {
  const upper = letter.toLocaleUpperCase('und');
  return [...graphemes.segment(upper)].length === 1 ? upper : letter;
}
