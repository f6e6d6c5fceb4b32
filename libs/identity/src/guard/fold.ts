/** Letters that Unicode does not take apart into a base letter and a mark. */
const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ς: 'σ',
};

/**
 * Returns a text without what people write differently and mean the same: compatibility forms, case, accents, characters
 * that do not show, digits of other scripts. Folding twice changes nothing more.
 */
export function fold(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return bare(bare(text).toUpperCase().toLowerCase())
    .replace(/[øđðłħıæœþς]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/\p{Nd}/gu, asciiDigit);
}

/** Returns the runs of letters and the runs of digits of a folded text, in order. What is between them does not count. */
export function unitsOf(folded: string): string[] {
  return folded.match(/[0-9]+|\p{L}+/gu) ?? [];
}

/** Returns an identifier as it is compared: its letters and digits, nothing between them. */
export function compact(value: string): string {
  return unitsOf(fold(value)).join('');
}

/** Returns a full name as it is compared: apostrophes gone, its words in one order, whichever order they were given in. */
export function canonicalName(fullName: string): string {
  return unitsOf(fold(fullName).replace(/['’ʼ`´]/g, ''))
    .sort()
    .join(' ');
}

/** Compatibility forms, without marks and without characters that only say how others are shown. */
function bare(text: string): string {
  return text.normalize('NFKD').replace(/[\p{M}\p{Cf}]+/gu, '');
}

/** Each script's digits stand in a row of ten from its zero (Unicode, General Category Nd). */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}
