// RSA signatures (RFC 8017), checking only. There is no secret here.

type Hash = (bytes: Uint8Array) => Uint8Array;

/** What stands before the digest in a PKCS #1 v1.5 signature: RFC 8017, section 9.2, note 1. */
const DIGEST_INFO: Record<string, string> = {
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
  'sha3-256': '3031300d060960864801650304020805000420',
  'sha3-512': '3051300d060960864801650304020a05000440',
};

export interface RsaKey {
  readonly n: bigint;
  readonly e: bigint;
}

/** Whether the signature is of the message, by RSASSA-PKCS1-v1_5. */
export function isPkcs1Signed(
  { n, e }: RsaKey,
  name: string,
  hash: Hash,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const length = bytesOf(n);
  const info = fromHex(DIGEST_INFO[name] ?? '');
  const digest = hash(message);
  const padding = length - 3 - info.length - digest.length;
  if (signature.length !== length || info.length === 0 || padding < 8) return false;
  const expected = Uint8Array.of(0, 1, ...new Uint8Array(padding).fill(0xff), 0, ...info, ...digest);
  return same(toBytes(power(toNumber(signature), e, n), length), expected);
}

/** Whether the signature is of the message, by RSASSA-PSS with MGF1 over the same hash and any length of salt. */
export function isPssSigned(
  { n, e }: RsaKey,
  hash: Hash,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const bits = n.toString(2).length - 1;
  const length = Math.ceil(bits / 8);
  const digest = hash(message);
  if (signature.length !== bytesOf(n)) return false;
  const opened = power(toNumber(signature), e, n);
  if (opened >> BigInt(8 * length) !== 0n) return false;
  const encoded = toBytes(opened, length);
  const maskedLength = length - digest.length - 1;
  if (maskedLength < 1 || encoded[length - 1] !== 0xbc) return false;
  const h = encoded.subarray(maskedLength, length - 1);
  const data = encoded.slice(0, maskedLength);
  for (let at = 0, counter = 0; at < maskedLength; at += digest.length, counter++) {
    const mask = hash(Uint8Array.of(...h, 0, 0, counter >> 8, counter & 0xff));
    for (let i = 0; i < mask.length && at + i < maskedLength; i++)
      data[at + i] = (data[at + i] ?? 0) ^ (mask[i] ?? 0);
  }
  data[0] = (data[0] ?? 0) & (0xff >> (8 * length - bits));
  const one = data.findIndex((byte) => byte !== 0);
  if (one < 0 || data[one] !== 1) return false;
  return same(hash(Uint8Array.of(...new Uint8Array(8), ...digest, ...data.subarray(one + 1))), h);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base % modulus; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

export const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`);
const bytesOf = (n: bigint): number => Math.ceil(n.toString(16).length / 2);
const toBytes = (value: bigint, length: number): Uint8Array =>
  fromHex(value.toString(16).padStart(2 * length, '0'));
const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
