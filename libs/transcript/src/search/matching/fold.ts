/** A text without the differences that a search does not make, with the place in the original of each of its units. */
export interface Folded {
  readonly text: string;
  /** Of each UTF-16 unit of `text`, and of its end: where it comes from in the original. Absent if they are the same places. */
  readonly from?: Uint32Array;
}

/**
 * Combining marks that accents are made of. The marks of scripts that are not written without them (Arabic, Hebrew, Indic)
 * stay. Ignorable: the soft hyphen, joiners and the byte order mark, which a reader does not see.
 */
function isDropped(unit: number): boolean {
  return (
    (unit >= 0x300 && unit <= 0x36f) ||
    unit === 0xad ||
    (unit >= 0x200b && unit <= 0x200d) ||
    unit === 0x2060 ||
    unit === 0xfeff ||
    (unit >= 0x1ab0 && unit <= 0x1aff) ||
    (unit >= 0x1dc0 && unit <= 0x1dff) ||
    (unit >= 0x20d0 && unit <= 0x20ff) ||
    (unit >= 0xfe00 && unit <= 0xfe0f) ||
    (unit >= 0xfe20 && unit <= 0xfe2f)
  );
}

const FINAL_SIGMA = 0x3c2;
const SIGMA = 'σ';

/**
 * Folds case and accents: compatibility decomposition (NFKD, so what NFKC makes equal is equal here as well), upper case and
 * back (so that ß is ss), marks dropped. An ñ becomes n: whoever writes without the key for it is found too.
 */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  const plain = text.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  let out = '';
  let start = 0;
  for (let at = 0; at < plain.length; at++) {
    const unit = plain.charCodeAt(at);
    if (unit !== FINAL_SIGMA && !isDropped(unit)) continue;
    out += plain.slice(start, at) + (unit === FINAL_SIGMA ? SIGMA : '');
    start = at + 1;
  }
  return start === 0 ? plain : out + plain.slice(start);
}

/** The same, with the way back: what is found is shown in the text as it was written. Slower. */
export function foldWithPlaces(text: string): Folded {
  if (isAscii(text)) return { text: text.toLowerCase() };
  const from: number[] = [];
  let out = '';
  let at = 0;
  for (const character of text) {
    const folded = fold(character);
    for (let unit = 0; unit < folded.length; unit++) from.push(at);
    out += folded;
    at += character.length;
  }
  from.push(at);
  return { text: out, from: Uint32Array.from(from) };
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
