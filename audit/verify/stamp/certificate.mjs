// Certificates of X.509 (RFC 5280) as far as a time stamp needs them. Revocation is not looked up: that needs a network.

import {
  DER_OCTETS,
  DER_SEQUENCE,
  DER_SET,
  derBits,
  derChildren,
  derNumber,
  derOf,
  derOid,
  derTime,
  isNull,
  isSame,
} from './der.mjs';

/**
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {import('../primitives.mjs').HashName} HashName
 * @typedef {import('./der.mjs').Der} Der
 *
 * @typedef {object} SignatureScheme
 * @property {'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'} scheme
 * @property {HashName} [hash] missing: said elsewhere
 *
 * @typedef {object} Certificate
 * @property {Uint8Array} der
 * @property {Uint8Array} signed what its issuer signed
 * @property {Der} algorithm
 * @property {Uint8Array} signature
 * @property {Uint8Array} serial @property {Uint8Array} issuer @property {Uint8Array} subject DER
 * @property {Uint8Array} spki
 * @property {string} from @property {string} to RFC 3339; not valid before and after
 * @property {Map<string, {isCritical: boolean, value: Der}>} extensions by object identifier
 */

const OID_TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const OID_ANY_PURPOSE = '2.5.29.37.0';
const OID_COMMON_NAME = '2.5.4.3';
const OID_PSS = '1.2.840.113549.1.1.10';
const EXTENSION_KEY_USAGE = '2.5.29.15';
const EXTENSION_BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENSION_PURPOSES = '2.5.29.37';
/** What is understood, or says nothing about whether the certificate may sign: policies, key ids, where lists are. */
const EXTENSIONS_KNOWN = [EXTENSION_KEY_USAGE, EXTENSION_BASIC_CONSTRAINTS, EXTENSION_PURPOSES, '2.5.29.32'];

/** @type {Readonly<Record<string, HashName>>} */
const STAMP_HASHES = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** @type {Readonly<Record<string, SignatureScheme>>} */
const STAMP_SCHEMES = {
  '1.2.840.113549.1.1.1': { scheme: 'rsa-pkcs1' },
  '1.2.840.113549.1.1.11': { scheme: 'rsa-pkcs1', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa-pkcs1', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa-pkcs1', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
};
/** Longest way from the authority to a certificate that is trusted. */
const MAX_CHAIN = 6;

/** @param {string} pem @returns {Certificate[]} @throws {Error} if there is none */
export function certificatesInPem(pem) {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
  if (found.length === 0) throw new Error('There is no certificate among those that were given');
  return found.map(([, base64]) =>
    readCertificate(Uint8Array.from(atob(base64.replace(/\s/g, '')), (letter) => letter.charCodeAt(0))),
  );
}

/** @param {Uint8Array} der @returns {Certificate} */
export function readCertificate(der) {
  const [tbs, algorithm, signature] = derChildren(derOf(der, DER_SEQUENCE), 3);
  const parts = derChildren(tbs);
  const version = parts[0]?.tag === 0xa0 ? derNumber(derChildren(parts.shift(), 1, 0xa0)[0]) : 0;
  const [serial, inner, issuer, validity, subject, spki, ...rest] = parts;
  if (version > 2 || spki?.tag !== DER_SEQUENCE) throw new Error('A certificate is not one of X.509');
  if (!isSame(inner.all, algorithm.all))
    throw new Error('A certificate names two ways in which it is signed');
  if (signature.body[0] !== 0) throw new Error('A certificate has half a signature');
  const [from, to] = derChildren(validity, 2);
  const extensions = new Map();
  for (const { tag, body } of rest) {
    if (tag !== 0xa3) continue;
    for (const extension of derChildren(derOf(body, DER_SEQUENCE))) {
      const [oid, ...fields] = derChildren(extension);
      const value = fields.at(-1);
      if (value?.tag !== DER_OCTETS || extensions.has(derOid(oid)))
        throw new Error('A certificate is malformed');
      const isCritical = fields.length > 1 && fields[0].body[0] === 0xff;
      extensions.set(derOid(oid), { isCritical, value: derOf(value.body) });
    }
  }
  return {
    ...{ der, signed: tbs.all, algorithm, signature: derBits(signature), serial: serial.all },
    ...{ issuer: issuer.all, subject: subject.all, spki: spki.all, extensions },
    ...{ from: derTime(from), to: derTime(to) },
  };
}

/** @param {Certificate} certificate @param {Der} sid issuer and serial number, or a key identifier */
export function isNamed(certificate, sid) {
  if (sid.tag === DER_SEQUENCE) {
    const [issuer, serial] = derChildren(sid, 2);
    return isSame(issuer.all, certificate.issuer) && isSame(serial.all, certificate.serial);
  }
  const own = certificate.extensions.get('2.5.29.14');
  return sid.tag === 0x80 && own !== undefined && isSame(own.value.body, sid.body);
}

/** RFC 3161, section 2.3: its one purpose is time stamping, and that is critical. @param {Certificate} own @param {string} at */
export function checkIsStamper(own, at) {
  const purposes = own.extensions.get(EXTENSION_PURPOSES);
  const names = purposes === undefined ? [] : derChildren(purposes.value).map(derOid);
  if (purposes?.isCritical !== true || names.length !== 1 || names[0] !== OID_TIME_STAMPING)
    throw new Error('The certificate that signed it is not one for time stamps');
  const usage = own.extensions.get(EXTENSION_KEY_USAGE);
  // digitalSignature or nonRepudiation: the first two bits.
  if (usage !== undefined && (derBits(usage.value)[0] & 0xc0) === 0)
    throw new Error('The certificate that signed it is not one for signatures');
  if (!isValidAt(own, at)) throw new Error('The certificate that signed it was not valid at that time');
}

/**
 * Whether a way leads from a certificate to one that is trusted, all of it valid at that time. Each is looked at once, where
 * the way to it is shortest: certificates that all sign each other would have more ways than anybody can try.
 *
 * @param {Certificate} own @param {readonly Certificate[]} trusted @param {readonly Certificate[]} others
 * @param {string} at @param {Primitives} primitives
 * @returns {boolean}
 */
export function leadsTo(own, trusted, others, at, primitives) {
  let reached = [own];
  let left = [...trusted, ...others];
  for (let depth = 0; reached.length > 0; depth++) {
    if (reached.some((one) => trusted.some(({ der }) => isSame(der, one.der)))) return true;
    if (depth >= MAX_CHAIN) return false;
    const issuers = left.filter(
      (issuer) =>
        isIssuer(issuer, depth) &&
        isValidAt(issuer, at) &&
        reached.some(
          (one) =>
            isSame(issuer.subject, one.issuer) &&
            isSignedBy(issuer, one.signed, one.algorithm, one.signature, primitives),
        ),
    );
    left = left.filter((one) => !issuers.includes(one));
    reached = issuers;
  }
  return false;
}

/** @param {Certificate} certificate @param {number} below how many authorities stand between it and the one that signed */
function isIssuer({ extensions }, below) {
  const constraints = extensions.get(EXTENSION_BASIC_CONSTRAINTS);
  const [isAuthority, longest] = constraints === undefined ? [] : derChildren(constraints.value);
  if (isAuthority?.tag !== 0x01 || isAuthority.body[0] !== 0xff) return false;
  if (longest !== undefined && derNumber(longest) < below) return false;
  const usage = extensions.get(EXTENSION_KEY_USAGE);
  if (usage !== undefined && (derBits(usage.value)[0] & 0x04) === 0) return false; // keyCertSign
  const purposes = extensions.get(EXTENSION_PURPOSES);
  const names = purposes === undefined ? [OID_ANY_PURPOSE] : derChildren(purposes.value).map(derOid);
  return names.includes(OID_TIME_STAMPING) || names.includes(OID_ANY_PURPOSE);
}

/** @param {Certificate} certificate @param {string} at */
function isValidAt({ from, to, extensions }, at) {
  const isUnderstood = [...extensions].every(
    ([oid, one]) => !one.isCritical || EXTENSIONS_KNOWN.includes(oid),
  );
  return isUnderstood && Date.parse(from) <= Date.parse(at) && Date.parse(at) <= Date.parse(to);
}

/**
 * @param {Certificate} certificate @param {Uint8Array} message @param {Der} algorithm @param {Uint8Array} signature
 * @param {Primitives} primitives @param {HashName} [hash] that it must be made with
 */
export function isSignedBy({ spki }, message, algorithm, signature, primitives, hash) {
  const named = schemeNamed(algorithm);
  const used = named?.hash ?? hash;
  if (named === undefined || used === undefined || (hash !== undefined && used !== hash)) return false;
  try {
    return primitives.verifySignature(spki, named.scheme, used, message, signature);
  } catch {
    return false; // a key that cannot be read
  }
}

/** @param {Der} algorithm @returns {SignatureScheme | undefined} nothing, if it is unknown or too weak */
function schemeNamed(algorithm) {
  const [oid, parameters, ...more] = derChildren(algorithm);
  const isPlain = more.length === 0 && (parameters === undefined || isNull(parameters));
  if (derOid(oid) !== OID_PSS) return isPlain ? STAMP_SCHEMES[derOid(oid)] : undefined;
  // RSASSA-PSS-params: the hash is [0], and SHA-1 if it is not said.
  const named =
    parameters === undefined ? undefined : derChildren(parameters).find(({ tag }) => tag === 0xa0);
  const hash = named === undefined ? 'sha1' : hashNamed(derChildren(named, 1, 0xa0)[0]);
  return hash === 'sha1' ? undefined : { scheme: 'rsa-pss', hash };
}

/** @param {Certificate} certificate @returns {string} */
export function commonName({ subject }) {
  for (const set of derChildren(derOf(subject, DER_SEQUENCE)))
    for (const pair of derChildren(set, undefined, DER_SET)) {
      const [oid, value] = derChildren(pair, 2);
      if (derOid(oid) === OID_COMMON_NAME) return new TextDecoder().decode(value.body);
    }
  return '';
}

/** @param {Der} algorithm @returns {HashName} */
export function hashNamed(algorithm) {
  const [oid, parameters, ...more] = derChildren(algorithm);
  const hash = STAMP_HASHES[derOid(oid)];
  if (hash === undefined || more.length > 0 || (parameters !== undefined && !isNull(parameters)))
    throw new Error('It uses a hash that is not known');
  return hash;
}

/** @param {HashName} hash @param {Uint8Array} bytes @param {Primitives} primitives */
export function digestOf(hash, bytes, primitives) {
  const hasher = primitives.hasher(hash);
  hasher.update(bytes);
  return hasher.digest();
}
