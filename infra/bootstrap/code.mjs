// @ts-check
// `npm run -s demo:code -- SECRET`: the six digits of now, for who has no authenticator app at hand. RFC 6238.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_S = 30;

/** @param {string} base32 RFC 4648, section 6 */
function bytesOf(base32) {
  const bits = Array.from(base32.toUpperCase().replace(/=+$/, ''))
    .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
}

const secret = process.argv[2] ?? '';
if (!/^[A-Z2-7]+=*$/i.test(secret)) {
  process.stderr.write('usage: npm run -s demo:code -- SECRET   (as npm start prints it)\n');
  process.exit(2);
}
const counter = Buffer.alloc(8);
counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S)));
const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
const at = (mac.at(-1) ?? 0) & 0x0f;
const digits = (mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000;
const leftS = STEP_S - (Math.floor(Date.now() / 1000) % STEP_S);
process.stdout.write(`${String(digits).padStart(6, '0')}   (${leftS} s left)\n`);
