// Time stamps of RFC 3161 and the CMS (RFC 5652) that they are made of. Pure: it asks for hashes and signatures.

import {
  certificatesInPem,
  checkIsStamper,
  commonName,
  digestOf,
  hashNamed,
  isNamed,
  isSignedBy,
  leadsTo,
  readCertificate,
} from './stamp/certificate.mjs';
import {
  DER_INTEGER,
  DER_OCTETS,
  DER_SEQUENCE,
  DER_SET,
  derChildren,
  derNumber,
  derOf,
  derOid,
  derTime,
  hexOf,
  isSame,
} from './stamp/der.mjs';

/**
 * @typedef {import('./primitives.mjs').Primitives} Primitives
 * @typedef {import('./stamp/der.mjs').Der} Der
 * @typedef {import('./stamp/certificate.mjs').Certificate} Certificate
 *
 * @typedef {object} TimestampInfo
 * @property {string} time RFC 3339, UTC
 * @property {string} authority common name of the certificate that signed, or ''
 * @property {string} policy object identifier
 * @property {string} serial hexadecimal
 * @property {string} [nonce] hexadecimal
 */

/** Explicit or implicit [0]. */
const TAG_0 = 0xa0;
const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const OID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/**
 * Checks a TimeStampResp whose status is granted and nothing else.
 *
 * @param {{token: Uint8Array, imprint: Uint8Array, caPem?: string}} stamp `imprint`: the SHA-256 that it must be about;
 * `caPem`: the certificates that are trusted. Without them it is not asked who the authority is.
 * @param {Primitives} primitives
 * @returns {TimestampInfo}
 * @throws {Error} with a sentence without a full stop; with the `code` `'untrusted'` if all of it holds and only the
 * authority is another one.
 */
export function checkTimestamp({ token, imprint, caPem }, primitives) {
  const { content, certificates, signer } = readSignedData(readResponse(token));
  const { issued, ...info } = readTstInfo(content, imprint);
  const own = certificates.find((one) => isNamed(one, signer.sid));
  if (own === undefined) throw new Error('The certificate of the authority is not in it');
  checkSignedAttributes(signer, content, own, primitives);
  if (!isSignedBy(own, signer.signed, signer.algorithm, signer.signature, primitives, signer.hash))
    throw new Error('The signature of the authority does not fit');
  checkIsStamper(own, issued);
  const trusted = caPem === undefined ? undefined : certificatesInPem(caPem);
  if (trusted !== undefined && !leadsTo(own, trusted, certificates, issued, primitives))
    throw Object.assign(new Error('The authority is not one of those that were given'), {
      code: 'untrusted',
    });
  return { ...info, authority: commonName(own) };
}

/** @param {Uint8Array} bytes @returns {Der} the token, a ContentInfo */
function readResponse(bytes) {
  const [status, token] = derChildren(derOf(bytes, DER_SEQUENCE), 2);
  const [code] = derChildren(status, 1);
  if (code.tag !== DER_INTEGER || code.body.length !== 1 || code.body[0] !== 0)
    throw new Error('It is not the answer to a request that was granted');
  return token;
}

/** @param {Der} token */
function readSignedData(token) {
  const [type, wrapped] = derChildren(token, 2);
  if (derOid(type) !== OID_SIGNED_DATA) throw new Error('It is not signed data');
  const parts = derChildren(derChildren(wrapped, 1, TAG_0)[0]);
  const [version, digests, encapsulated] = parts;
  const rest = parts.slice(3);
  const certificates = rest[0]?.tag === TAG_0 ? derChildren(rest.shift(), undefined, TAG_0) : [];
  const [signers, ...more] = rest;
  if (derNumber(version) !== 3 || more.length > 0)
    throw new Error('The signed data are not those of a time stamp');
  const [contentType, content] = derChildren(encapsulated, 2);
  if (derOid(contentType) !== OID_TST_INFO) throw new Error('It is not a time stamp');
  const [octets] = derChildren(content, 1, TAG_0);
  if (octets.tag !== DER_OCTETS) throw new Error('It is not a time stamp');
  const signer = readSigner(derChildren(signers, 1, DER_SET)[0]);
  if (!derChildren(digests, undefined, DER_SET).every((one) => hashNamed(one) === signer.hash))
    throw new Error('Its hashes are not those of its signature');
  return { content: octets.body, certificates: certificates.map((one) => readCertificate(one.all)), signer };
}

/** @param {Der} info */
function readSigner(info) {
  const [version, sid, digest, attributes, algorithm, signature, ...more] = derChildren(info);
  if (attributes?.tag !== TAG_0 || signature?.tag !== DER_OCTETS || more.length > 0)
    throw new Error('The signature of the authority is not one of a time stamp');
  if (derNumber(version) !== (sid.tag === DER_SEQUENCE ? 1 : 3))
    throw new Error('The signature of the authority has an unknown version');
  // What is signed is the set of attributes as a SET, and not with the tag that it has here (RFC 5652, section 5.4).
  const signed = Uint8Array.from(attributes.all);
  signed[0] = DER_SET;
  return { sid, hash: hashNamed(digest), attributes, algorithm, signature: signature.body, signed };
}

/** @param {Uint8Array} bytes @param {Uint8Array} wanted imprint */
function readTstInfo(bytes, wanted) {
  const [version, policy, imprint, serial, time, ...rest] = derChildren(derOf(bytes, DER_SEQUENCE));
  if (derNumber(version) !== 1) throw new Error('It has an unknown version');
  const [algorithm, hash] = derChildren(imprint, 2);
  if (hashNamed(algorithm) !== 'sha256' || hash.tag !== DER_OCTETS || !isSame(hash.body, wanted))
    throw new Error('It is about something else');
  if (serial.tag !== DER_INTEGER) throw new Error('It has no serial number');
  // accuracy, ordering, nonce, tsa and extensions, all optional, in this order
  const nonce = rest.find(({ tag }) => tag === DER_INTEGER);
  if (rest.some(({ tag }) => tag === 0xa1)) throw new Error('It has extensions that are not understood');
  const issued = derTime(time, 0x18);
  return {
    issued,
    time: issued,
    policy: derOid(policy),
    serial: hexOf(serial.body),
    ...(nonce && { nonce: hexOf(nonce.body) }),
  };
}

/**
 * @param {ReturnType<typeof readSigner>} signer @param {Uint8Array} content @param {Certificate} own
 * @param {Primitives} primitives
 */
function checkSignedAttributes(signer, content, own, primitives) {
  /** @type {Map<string, Der>} */
  const values = new Map();
  for (const attribute of derChildren(signer.attributes, undefined, TAG_0)) {
    const [type, set] = derChildren(attribute, 2);
    const name = derOid(type);
    if (values.has(name)) throw new Error('A signed attribute is malformed');
    values.set(name, derChildren(set, 1, DER_SET)[0]);
  }
  const [type, digest] = [values.get(OID_CONTENT_TYPE), values.get(OID_MESSAGE_DIGEST)];
  if (type === undefined || derOid(type) !== OID_TST_INFO)
    throw new Error('What was signed is not a time stamp');
  if (digest?.tag !== DER_OCTETS || !isSame(digest.body, digestOf(signer.hash, content, primitives)))
    throw new Error('What was signed is not this time stamp');
  const v2 = values.get(OID_SIGNING_CERTIFICATE_V2);
  const named = v2 ?? values.get(OID_SIGNING_CERTIFICATE);
  if (named === undefined) throw new Error('It does not say which certificate signed it');
  const parts = derChildren(derChildren(derChildren(named)[0])[0]);
  // RFC 5035: without a name the hash is SHA-256; the older attribute always has SHA-1.
  const hasName = v2 !== undefined && parts[0].tag === DER_SEQUENCE;
  const hash = v2 === undefined ? 'sha1' : hasName ? hashNamed(parts[0]) : 'sha256';
  const value = parts[hasName ? 1 : 0];
  if (value?.tag !== DER_OCTETS || !isSame(value.body, digestOf(hash, own.der, primitives)))
    throw new Error('It was signed with another certificate than it says');
}
