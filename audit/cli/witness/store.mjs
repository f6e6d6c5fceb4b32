// @ts-check
// What the witness keeps, in a folder of its own: its key, and for each log the checkpoint that it cosigned last. Calls
// are synchronous on purpose: between looking and keeping, no other request can come.
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { parseNote } from './note.mjs';

/** @typedef {import('node:net').Server} Server */

export class Store {
  /** @param {string} folder made if it is missing @throws {Error} if what stands there cannot be read */
  constructor(folder) {
    this.folder = path.resolve(folder);
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Returns the witness's private key; makes it the first time. */
  key() {
    const file = path.join(this.folder, 'witness.key');
    if (!fs.existsSync(file)) {
      const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
      this.write(file, String(pem), 'wx');
    }
    return createPrivateKey(fs.readFileSync(file));
  }

  /**
   * Returns what was cosigned last of a log, or nothing.
   * @param {string} origin @throws {Error} if the file is there and cannot be read: that is not the same as nothing
   */
  latest(origin) {
    let note;
    try {
      note = fs.readFileSync(this.fileOf(origin, 'checkpoint'), 'utf8');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
      throw error;
    }
    const { checkpoint } = parseNote(note);
    if (checkpoint.origin !== origin) throw new Error('a file of the state is of another log');
    return checkpoint;
  }

  /** Keeps a checkpoint so that it outlasts a loss of power. @param {string} origin @param {string} note */
  keep(origin, note) {
    this.write(this.fileOf(origin, 'checkpoint'), note);
  }

  /**
   * Keeps what a log signed against itself. Of two checkpoints of one size the first stays, for it is proof; of others the
   * last, for anybody can send a bad proof.
   * @param {string} origin @param {string} note @param {'fork' | 'proof'} kind
   */
  keepEvidence(origin, note, kind) {
    const file = this.fileOf(origin, kind === 'fork' ? 'fork' : 'refused');
    if (kind === 'proof' || !fs.existsSync(file)) this.write(file, note);
  }

  /**
   * Keeps a second witness out of the folder, until this process ends, however it ends: two would not see each other's
   * checkpoints between looking and keeping.
   * @returns {Promise<Server>}
   */
  async lock() {
    process.chdir(this.folder); // a socket's path must be short
    const server = createServer((socket) => socket.destroy());
    server.unref();
    if (await listens(server, 'lock')) return server;
    const isLeftBehind = !(await isAnswered('lock'));
    if (isLeftBehind) fs.rmSync('lock');
    if (isLeftBehind && (await listens(server, 'lock'))) return server;
    throw new Error('another witness is at work in this folder');
  }

  /** @param {string} origin @param {string} kind */
  fileOf(origin, kind) {
    const name = createHash('sha256').update(origin).digest('hex').slice(0, 32);
    return path.join(this.folder, `${name}.${kind}`);
  }

  /** @param {string} file @param {string} content @param {'w' | 'wx'} flag */
  write(file, content, flag = 'w') {
    const fresh = `${file}.new`;
    if (flag === 'wx') fs.rmSync(fresh, { force: true });
    const open = fs.openSync(fresh, flag, 0o600);
    fs.writeSync(open, content);
    fs.fsyncSync(open);
    fs.closeSync(open);
    fs.renameSync(fresh, file);
    const folder = fs.openSync(this.folder, 'r');
    fs.fsyncSync(folder);
    fs.closeSync(folder);
  }
}

/** @param {Server} server @param {string} file @returns {Promise<boolean>} false, if something stands there */
function listens(server, file) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error);
    server.once('error', fail);
    server.listen(file, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}

/** @param {string} file @returns {Promise<boolean>} */
function isAnswered(file) {
  return new Promise((resolve) => {
    const socket = connect(file, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
