// Lines of a file that may be larger than memory.

/**
 * @typedef {(bytes: Uint8Array, from: number, to: number) => void} TakeLine the byte before `from` may be written to
 */

/**
 * Cuts what it is given into lines. Each line is handed on where it lies, with one byte free before it.
 *
 * @param {number} longest in bytes; of a longer line only `tooLong` is told
 * @param {TakeLine} take
 * @param {() => void} tooLong
 */
export function lineCutter(longest, take, tooLong) {
  let kept = new Uint8Array(0);
  let skipping = false;
  let endsWithNewline = true;

  /** @param {Uint8Array} buffer @param {number} from @param {number} to @returns {number} where the rest begins */
  const cut = (buffer, from, to) => {
    let at = from;
    for (let end = buffer.indexOf(0x0a, at); end >= 0 && end < to; end = buffer.indexOf(0x0a, at)) {
      if (skipping || end - at > longest) tooLong();
      else take(buffer, at, end);
      skipping = false;
      at = end + 1;
    }
    return at;
  };

  return {
    /** @param {Uint8Array} chunk is not kept, and written to at most where a line ended */
    add(chunk) {
      if (chunk.length === 0) return;
      endsWithNewline = chunk[chunk.length - 1] === 0x0a;
      const first = chunk.indexOf(0x0a);
      const head = first < 0 ? chunk.length : first + 1;
      // What was kept and the head of this chunk make one line. A line at the very start of a chunk has no byte before it.
      const joined = new Uint8Array(1 + kept.length + head);
      joined.set(kept, 1);
      joined.set(chunk.subarray(0, head), 1 + kept.length);
      const rest = cut(joined, 1, joined.length);
      const left = first < 0 ? joined.subarray(rest) : chunk.subarray(cut(chunk, head, chunk.length));
      kept = left.slice(0, longest + 1);
      if (left.length > longest) skipping = true;
    },
    /** Hands on what stands after the last newline. @returns {boolean} whether the last byte was a newline */
    end() {
      if (skipping) tooLong();
      else if (kept.length > 0) take(concatFree(kept), 1, 1 + kept.length);
      return endsWithNewline;
    },
  };
}

/** @param {Uint8Array} bytes */
function concatFree(bytes) {
  const free = new Uint8Array(1 + bytes.length);
  free.set(bytes, 1);
  return free;
}
