import { crc32 } from 'node:zlib';

/** Takes the next bytes of a file; the writer waits for it, so that memory does not grow with the file. */
export type Write = (chunk: Buffer) => Promise<void> | void;

/** A file of an archive: its content can be read more than once and is the same each time. */
export interface ZipFile {
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
  content(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** PKWARE APPNOTE 4.4.3: version 2.0, the oldest that has folders in names. */
const VERSION = 20;
/** 1 January 1980, the first day that a zip can name. Every file has it, so that equal content makes equal bytes. */
const DATE = 0x0021;
const LIMIT = 0xffff_ffff;
/** Small pieces are put together up to this size before they are written. */
const CHUNK_BYTES = 65_536;

/**
 * Writes a zip archive in the one form that the verifier takes (audit/FORMAT.md, section 7): every file stored as it is,
 * so that a changed byte stays where it was; no extra fields, no comments, no times.
 *
 * @throws RangeError if a name is not plain, if a content is not as long as it says, or above 4 GiB or 65,534 files.
 */
export async function writeZip(files: Iterable<ZipFile>, write: Write): Promise<void> {
  const directory: Buffer[] = [];
  let offset = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const add = async (chunk: Buffer): Promise<void> => {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= CHUNK_BYTES) await flush();
  };
  const flush = async (): Promise<void> => {
    const [only = Buffer.alloc(0)] = waiting;
    const chunk = waiting.length === 1 ? only : Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await write(chunk);
  };
  for (const file of files) {
    if (!/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/.test(file.name))
      throw new RangeError('not a plain name');
    const name = Buffer.from(file.name, 'ascii');
    const fields = fieldsOf(file, name.length);
    const header = Buffer.alloc(4);
    header.writeUInt32LE(LOCAL_HEADER);
    directory.push(centralHeader(fields, name, offset));
    await add(Buffer.concat([header, fields, name]));
    let size = 0;
    for await (const chunk of file.content()) {
      size += chunk.length;
      await add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    }
    if (size !== file.size) throw new RangeError(`${file.name}: ${size} bytes, not ${file.size}`);
    offset += 4 + fields.length + name.length + size;
  }
  const all = Buffer.concat(directory);
  if (offset + all.length > LIMIT || directory.length > 0xfffe)
    throw new RangeError('too large: take a shorter period');
  await add(Buffer.concat([all, endOfDirectory(directory.length, all.length, offset)]));
  await flush();
}

/** Returns the CRC-32 of `bytes` after what `before` is the CRC-32 of. */
export function nextCrc32(before: number, bytes: Uint8Array): number {
  return crc32(bytes, before);
}

/** The part that a local header and the central directory share: APPNOTE 4.3.7, from "version needed" on. */
function fieldsOf({ size, crc32: crc }: ZipFile, nameLength: number): Buffer {
  if (size > LIMIT) throw new RangeError('too large: take a shorter period');
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(size, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(nameLength, 22);
  return fields;
}

function centralHeader(fields: Buffer, name: Buffer, offset: number): Buffer {
  const start = Buffer.alloc(6);
  start.writeUInt32LE(CENTRAL_HEADER, 0);
  start.writeUInt16LE(VERSION, 4);
  const end = Buffer.alloc(14);
  if (offset > LIMIT) throw new RangeError('too large: take a shorter period');
  end.writeUInt32LE(offset, 10);
  return Buffer.concat([start, fields, end, name]);
}

function endOfDirectory(files: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_OF_DIRECTORY, 0);
  end.writeUInt16LE(files, 8);
  end.writeUInt16LE(files, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
