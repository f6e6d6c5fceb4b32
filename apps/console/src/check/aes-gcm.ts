// AES-256-GCM (FIPS 197, NIST SP 800-38D), opening only. The browser's own is asynchronous, and the checks are not. What
// is opened here comes with its key in the same file: there is no secret that timing could tell.

/** Returns the plaintext, or nothing if the tag (the last 16 bytes) does not fit. `nonce` has 12 bytes. */
export function openAesGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (key.length !== 32 || nonce.length !== 12 || sealed.length < 16) return undefined;
  const keys = expand(key);
  const ciphertext = sealed.subarray(0, -16);
  const counter = new Uint8Array(16);
  counter.set(nonce);
  counter[15] = 1;
  const tag = xor(encrypt(keys, counter), ghash(encrypt(keys, new Uint8Array(16)), aad, ciphertext));
  if (!tag.every((byte, i) => byte === sealed[ciphertext.length + i])) return undefined;
  const plaintext = new Uint8Array(ciphertext.length);
  const view = new DataView(counter.buffer);
  for (let at = 0; at < ciphertext.length; at += 16) {
    view.setUint32(12, view.getUint32(12) + 1);
    plaintext.set(xor(ciphertext.subarray(at, at + 16), encrypt(keys, counter)), at);
  }
  return plaintext;
}

const byteOf = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const substitute = (byte: number): number => byteOf(SBOX, byte);
const xtime = (byte: number): number => ((byte << 1) ^ (byte & 0x80 ? 0x1b : 0)) & 0xff;
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ byteOf(b, i));

const SBOX = makeSbox();

function makeSbox(): Uint8Array {
  const box = new Uint8Array(256);
  // p runs through all powers of 3, and q through their inverses.
  for (let p = 1, q = 1, i = 0; i < 255; i++) {
    const rotated = (shift: number) => ((q << shift) | (q >> (8 - shift))) & 0xff;
    box[p] = q ^ rotated(1) ^ rotated(2) ^ rotated(3) ^ rotated(4) ^ 0x63;
    p ^= xtime(p);
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
  }
  box[0] = 0x63;
  return box;
}

/** FIPS 197, section 5.2: the 15 round keys of a 256-bit key. */
function expand(key: Uint8Array): Uint8Array {
  const keys = new Uint8Array(240);
  keys.set(key);
  for (let at = 32, round = 1; at < 240; at += 4) {
    let word = [...keys.subarray(at - 4, at)];
    if (at % 32 === 0) {
      word = [...word.slice(1), word[0] ?? 0].map(substitute);
      word[0] = (word[0] ?? 0) ^ round;
      round = xtime(round);
    } else if (at % 32 === 16) {
      word = word.map(substitute);
    }
    word.forEach((byte, i) => (keys[at + i] = byteOf(keys, at - 32 + i) ^ byte));
  }
  return keys;
}

/** FIPS 197, section 5.1: one block. */
function encrypt(keys: Uint8Array, block: Uint8Array): Uint8Array {
  let state = xor(block, keys.subarray(0, 16));
  for (let round = 1; round <= 14; round++) {
    const shifted = state.map((_, i) => substitute(byteOf(state, (i + 4 * (i % 4)) % 16)));
    state = xor(round === 14 ? shifted : mixed(shifted), keys.subarray(16 * round, 16 * round + 16));
  }
  return state;
}

function mixed(state: Uint8Array): Uint8Array {
  return state.map((byte, i) => {
    const column = i - (i % 4);
    const other = (step: number) => byteOf(state, column + ((i + step) % 4));
    return xtime(byte) ^ xtime(other(1)) ^ other(1) ^ other(2) ^ other(3);
  });
}

/** SP 800-38D, algorithm 2, over additional data, ciphertext and their lengths in bits. */
function ghash(h: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  let sum = new Uint8Array(16);
  const add = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += 16) sum = times(xor(sum, bytes.subarray(at, at + 16)), h);
  };
  add(aad);
  add(ciphertext);
  const lengths = new Uint8Array(16);
  const view = new DataView(lengths.buffer);
  view.setBigUint64(0, BigInt(aad.length) * 8n);
  view.setBigUint64(8, BigInt(ciphertext.length) * 8n);
  add(lengths);
  return sum;
}

/** SP 800-38D, algorithm 1: the product in GF(2^128). */
function times(x: Uint8Array, y: Uint8Array): Uint8Array<ArrayBuffer> {
  const product = new Uint8Array(16);
  const v = Uint8Array.from(y);
  for (let bit = 0; bit < 128; bit++) {
    if (byteOf(x, bit >> 3) & (0x80 >> (bit & 7)))
      v.forEach((byte, i) => (product[i] = byteOf(product, i) ^ byte));
    const odd = byteOf(v, 15) & 1;
    for (let i = 15; i > 0; i--) v[i] = (byteOf(v, i) >> 1) | ((byteOf(v, i - 1) & 1) << 7);
    v[0] = (byteOf(v, 0) >> 1) ^ (odd ? 0xe1 : 0);
  }
  return product;
}
