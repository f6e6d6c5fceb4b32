// @ts-check
// One value sealed and opened, ours and beside it.
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { built } from '../search/house.mjs';

export const BYTES = 500;

/** Microseconds for one value: the median of each round. @typedef {Map<string, number[]>} Micros */

/**
 * Runs all in turn, so that a busy moment is everybody's.
 * @param {{ rounds: number, count: number }} options  `count` values in each round
 * @returns {Micros}
 */
export function ciphers({ rounds, count }) {
  const { DataKey, seal } = built('libs/crypto/src/index.js');
  const { open } = built('libs/crypto/src/open.js');
  const dek = DataKey.generate();
  const context = {
    tenant: '0192f1c0-0000-7000-8000-000000000001',
    owner: '0192f1c0-0000-7000-8000-000000000002',
    item: '0192f1c0-0000-7000-8000-000000000003',
    content: 'message',
  };
  const text = randomBytes(BYTES);
  const sealed = Array.from({ length: count }, () => seal(dek, text, context));
  const plain = Array.from({ length: count }, () => encrypt(text));
  /** @type {[name: string, run: (i: number) => unknown][]} */
  const systems = [
    ['ours, seal', () => seal(dek, text, context)],
    ['AES-256-GCM with a fresh key, encrypt', () => encrypt(text)],
    ['ours, open', (i) => open(dek, sealed[i], context)],
    ['AES-256-GCM with a fresh key, decrypt', (i) => decrypt(plain[i])],
  ];
  /** @type {Micros} */
  const micros = new Map(systems.map(([name]) => [name, []]));
  // The first two rounds are for the compiler.
  for (let round = -2; round < rounds; round += 1)
    for (const [name, run] of systems) {
      // Each value by itself: the median then is that of a value, whatever else the machine did meanwhile.
      const took = new Float64Array(count);
      for (let i = 0; i < count; i += 1) {
        const from = process.hrtime.bigint();
        run(i);
        took[i] = Number(process.hrtime.bigint() - from) / 1_000;
      }
      if (round >= 0) micros.get(name)?.push(took.sort()[count >> 1] ?? NaN);
    }
  return micros;
}

/** @param {Buffer} text */
function encrypt(text) {
  // As a key object, as ours: Node takes bytes several times as long to make a cipher of.
  const [key, nonce] = [createSecretKey(randomBytes(32)), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return { key, nonce, bytes: Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]) };
}

/** @param {ReturnType<typeof encrypt> | undefined} sealed */
function decrypt(sealed) {
  if (sealed === undefined) throw new Error('none');
  const cipher = createDecipheriv('aes-256-gcm', sealed.key, sealed.nonce);
  cipher.setAuthTag(sealed.bytes.subarray(-16));
  return Buffer.concat([cipher.update(sealed.bytes.subarray(0, -16)), cipher.final()]);
}
