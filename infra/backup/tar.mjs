// @ts-check
// Tar archives (POSIX.1-1988 ustar), as far as a backup needs them: files, folders, sizes beyond 8 GiB. Written to a file
// whose parts become known one after the other; read as a stream.

const BLOCK = 512;
/** What eleven octal digits can say. */
const OCTAL_LIMIT = 8 ** 11;

/**
 * @param {{ name: string, size: number, mode?: number, mtimeS?: number }} entry  of a plain file
 * @returns {Buffer} its header block
 */
export function tarHeader({ name, size, mode = 0o600, mtimeS = 0 }) {
  if (Buffer.byteLength(name) > 99) throw new Error(`too long a name for a tar: ${name}`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 'utf8');
  block.write(mode.toString(8).padStart(7, '0'), 100);
  block.write('0000000', 108);
  block.write('0000000', 116);
  if (size < OCTAL_LIMIT) block.write(size.toString(8).padStart(11, '0'), 124);
  else {
    // GNU's way for large files: a set top bit, then the number in base 256.
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write(mtimeS.toString(8).padStart(11, '0'), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** @param {number} size @returns {Buffer} what fills a file's last block */
export function tarPadding(size) {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * @typedef {object} TarEntry
 * @property {string} name
 * @property {'file' | 'folder' | 'link'} kind
 * @property {number} size
 * @property {AsyncIterable<Buffer>} content  read it before asking for the next entry; what is left is skipped
 */

/**
 * Reads the entries of a tar, one after the other.
 * @param {AsyncIterable<Buffer>} stream
 * @returns {AsyncGenerator<TarEntry>}
 * @throws {Error} when it is no tar, is cut short, or holds what a backup of ours never does.
 */
export async function* readTar(stream) {
  const source = new Chunks(stream);
  for (;;) {
    const block = await source.take(BLOCK);
    if (block === undefined || block.every((byte) => byte === 0)) return;
    const entry = parseHeader(block);
    let left = entry.size;
    const content = (async function* () {
      while (left > 0) {
        const piece = await source.some(left);
        left -= piece.length;
        yield piece;
      }
    })();
    yield { ...entry, content };
    while (left > 0) left -= (await source.some(left)).length;
    await source.take(tarPadding(entry.size).length);
  }
}

/** @param {Buffer} block */
function parseHeader(block) {
  const said = number(block.subarray(148, 156));
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (said !== sum) throw new Error('this is no tar, or it is damaged');
  const prefix = text(block.subarray(345, 500));
  const name = (prefix === '' ? '' : `${prefix}/`) + text(block.subarray(0, 100));
  if (name === '' || name.startsWith('/') || name.split('/').includes('..'))
    throw new Error(`a name in this archive leads out of it: ${name}`);
  const type = String.fromCharCode(block[156] ?? 0);
  const kind = type === '5' ? 'folder' : type === '2' ? 'link' : 'file';
  if (!'\x000'.includes(type) && kind === 'file')
    throw new Error(`a kind of entry that a backup never holds: ${type}`);
  return {
    name,
    kind: /** @type {TarEntry['kind']} */ (kind),
    size: kind === 'file' ? number(block.subarray(124, 136)) : 0,
  };
}

/** @param {Buffer} field */
function number(field) {
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(field.length - 8));
  return Number.parseInt(text(field).trim() || '0', 8);
}

/** @param {Buffer} field */
function text(field) {
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? field.length : end).toString('utf8');
}

/** A stream of pieces of any size, read in sizes that are asked for. */
class Chunks {
  /** @param {AsyncIterable<Buffer>} stream */
  constructor(stream) {
    this.pieces = stream[Symbol.asyncIterator]();
    /** @type {Buffer} */
    this.rest = Buffer.alloc(0);
  }

  /** @param {number} most @returns {Promise<Buffer>} @throws {Error} at the end of the stream */
  async some(most) {
    if (this.rest.length === 0) {
      const { value, done } = await this.pieces.next();
      if (done === true) throw new Error('this archive is cut short');
      this.rest = value;
    }
    const piece = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  /** @param {number} size @returns {Promise<Buffer | undefined>} nothing at the end of the stream */
  async take(size) {
    /** @type {Buffer[]} */
    const pieces = [];
    for (let have = 0; have < size;) {
      if (have === 0 && this.rest.length === 0) {
        const { value, done } = await this.pieces.next();
        if (done === true) return undefined;
        this.rest = value;
      }
      const piece = await this.some(size - have);
      pieces.push(piece);
      have += piece.length;
    }
    return Buffer.concat(pieces);
  }
}
