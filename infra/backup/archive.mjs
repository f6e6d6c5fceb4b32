// @ts-check
// A backup is one file: a tar of parts, and last of all `manifest.json` with the size and the SHA-256 of each.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TAR_END, readTar, tarHeader, tarPadding } from './tar.mjs';

export const MANIFEST = 'manifest.json';
const FORMAT = 'vestibule-backup/1';
/** A manifest is a page of text. */
const MANIFEST_LIMIT = 1_048_576;

/**
 * @typedef {object} Manifest
 * @property {string} format
 * @property {'database' | 'dump' | 'keys'} kind   a base backup, a dump of pg_dump, or what is kept apart from both
 * @property {string} madeAt                       an instant, UTC
 * @property {number} [postgresMajor]
 * @property {{ name: string, size: number, sha256: string }[]} parts
 */

/** An archive that is being written. It has its name only once it is whole. */
export class ArchiveWriter {
  /** @type {Manifest['parts']} */
  #parts = [];
  #at = 0;

  /** @param {import('node:fs/promises').FileHandle} file @param {string} fresh @param {string} target */
  constructor(file, fresh, target) {
    this.file = file;
    this.fresh = fresh;
    this.target = target;
  }

  /** @param {string} target  a file that does not exist yet @returns {Promise<ArchiveWriter>} */
  static async create(target) {
    const fresh = `${target}.${randomBytes(4).toString('hex')}.part`;
    return new ArchiveWriter(await open(fresh, 'wx', 0o600), fresh, target);
  }

  /**
   * Writes a part, whatever its size turns out to be.
   * @param {string} name
   * @param {AsyncIterable<Buffer> | Iterable<Buffer>} content
   */
  async add(name, content) {
    const header = this.#at;
    this.#at += 512;
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of content) {
      hash.update(piece);
      size += piece.length;
      await this.#write(piece);
    }
    await this.#write(tarPadding(size));
    await this.file.write(tarHeader({ name, size }), 0, 512, header);
    this.#parts.push({ name, size, sha256: hash.digest('hex') });
  }

  /** @param {Omit<Manifest, 'format' | 'parts'>} about @returns {Promise<Manifest>} */
  async finish(about) {
    /** @type {Manifest} */
    const manifest = { format: FORMAT, ...about, parts: [...this.#parts] };
    await this.add(MANIFEST, [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    await this.#write(TAR_END);
    await this.file.sync();
    await this.file.close();
    return manifest;
  }

  /** Gives the whole archive its name. @throws {Error} when there is a file of that name */
  async publish() {
    await link(this.fresh, this.target);
    await rm(this.fresh);
    const folder = await open(path.dirname(this.target), 'r');
    await folder.sync().catch(() => undefined);
    await folder.close();
  }

  async discard() {
    await this.file.close().catch(() => undefined);
    await rm(this.fresh, { force: true });
  }

  /** @param {Buffer} piece */
  async #write(piece) {
    for (let from = 0; from < piece.length;) {
      const { bytesWritten } = await this.file.write(piece, from, piece.length - from, this.#at);
      from += bytesWritten;
      this.#at += bytesWritten;
    }
  }
}

/**
 * Reads a whole archive and compares every part with its sum, before anything is done with any of them.
 * @param {string} file
 * @param {(name: string, content: AsyncIterable<Buffer>) => Promise<void>} [also]  sees each part as it goes by, and reads all of it
 * @returns {Promise<Manifest>}
 * @throws {Error} naming what is wrong.
 */
export async function checkArchive(file, also = skip) {
  /** @type {Manifest['parts']} */
  const found = [];
  /** @type {unknown} */
  let read;
  for await (const { name, kind, size, content } of readTar(createReadStream(file))) {
    if (read !== undefined) throw new Error(`${file}: something stands behind the manifest`);
    if (kind !== 'file') throw new Error(`${file}: ${name} is no file`);
    const hash = createHash('sha256');
    if (name === MANIFEST) {
      if (size > MANIFEST_LIMIT) throw new Error(`${file}: the manifest is too large`);
      read = JSON.parse((await collect(content)).toString('utf8'));
    } else {
      await also(name, hashed(content, hash));
      found.push({ name, size, sha256: hash.digest('hex') });
    }
  }
  const manifest = /** @type {Manifest | undefined} */ (read);
  if (manifest === undefined) throw new Error(`${file} is no whole backup: it has no manifest`);
  if (manifest.format !== FORMAT) throw new Error(`${file}: this is not ${FORMAT}`);
  if (JSON.stringify(found) !== JSON.stringify(manifest.parts)) {
    const changed = found.find(
      ({ name, sha256 }) => manifest.parts.find((part) => part.name === name)?.sha256 !== sha256,
    );
    throw new Error(
      `${file} was changed or damaged: ${changed?.name ?? 'a part is missing'} is not what was written`,
    );
  }
  return manifest;
}

/**
 * Returns one part of an archive that was checked.
 * @param {string} file
 * @param {string} wanted
 * @returns {AsyncGenerator<Buffer>}
 */
export async function* partOf(file, wanted) {
  for await (const { name, content } of readTar(createReadStream(file)))
    if (name === wanted) {
      yield* content;
      return;
    }
  throw new Error(`${file} has no ${wanted}`);
}

/** @param {AsyncIterable<Buffer>} content */
export async function collect(content) {
  const pieces = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** @param {string} _name @param {AsyncIterable<Buffer>} content */
async function skip(_name, content) {
  for await (const _ of content);
}

/** @param {AsyncIterable<Buffer>} content @param {import('node:crypto').Hash} hash */
async function* hashed(content, hash) {
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
}

/** @param {string} file @returns {Promise<boolean>} */
export async function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  );
}
