import { randomBytes } from 'node:crypto';

const SHA256 = Buffer.from('300d06096086480165030402010500', 'hex');
const VERSION_1 = Buffer.from('020101', 'hex');
const TRUE = Buffer.from('0101ff', 'hex');
/** PKIStatusInfo: granted, and nothing else. */
const GRANTED = Buffer.from('3003020100', 'hex');
const SEQUENCE = 0x30;

/** What an authority answered is not a time stamp. */
export class NotStamped extends Error {
  override readonly name = 'NotStamped';
}

/** Returns eight random bytes that are an ASN.1 INTEGER as they are: positive, and not to be written shorter. */
export function newNonce(): Buffer {
  const nonce = randomBytes(8);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}

/**
 * Returns a TimeStampReq (RFC 3161, section 2.4.1), DER, that asks for the authority's certificate as well.
 *
 * @param imprint - SHA-256 of what is to be stamped.
 */
export function timestampRequest(imprint: Buffer, nonce: Buffer): Buffer {
  const message = tagged(SEQUENCE, SHA256, tagged(0x04, imprint));
  return tagged(SEQUENCE, VERSION_1, message, tagged(0x02, nonce), TRUE);
}

/**
 * Returns the TimeStampResp that is kept: the token as it came, with a status that says granted and nothing else, so that
 * nothing stands in it that the authority has not signed.
 *
 * @throws NotStamped if the answer is no TimeStampResp, or the request was not granted.
 */
export function grantedResponse(answer: Buffer): Buffer {
  const response = contentOf(answer, 0);
  const status = contentOf(response.content, 0);
  const [tag, length, code] = status.content;
  // granted, or granted with modifications: both come with a token (section 2.4.2).
  if (tag !== 0x02 || length !== 1 || (code !== 0 && code !== 1)) throw new NotStamped('rejected');
  const token = contentOf(response.content, status.end);
  if (response.end !== answer.length || token.end !== response.content.length)
    throw new NotStamped('bad-answer');
  return tagged(SEQUENCE, GRANTED, response.content.subarray(status.end));
}

function contentOf(bytes: Buffer, at: number): { readonly content: Buffer; readonly end: number } {
  const [tag, first = 0x80] = bytes.subarray(at, at + 2);
  const width = first > 0x80 ? first & 0x7f : 0;
  if (tag !== SEQUENCE || first === 0x80 || width > 3 || at + 2 + width > bytes.length)
    throw new NotStamped('bad-answer');
  const length = width === 0 ? first : bytes.readUIntBE(at + 2, width);
  const end = at + 2 + width + length;
  if (end > bytes.length) throw new NotStamped('bad-answer');
  return { content: bytes.subarray(at + 2 + width, end), end };
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  if (length > 0xffff) throw new NotStamped('too-large');
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}
