// @ts-check
// Makes seal.json and wrap.json anew, from the format in README.md and from fixed bytes: `node libs/crypto/vectors/make.mjs`.
// It uses Node's ciphers, and none of our code.
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Bytes that look random and are always the same. @param {string} name @param {number} length */
const fixed = (name, length) => {
  const parts = [];
  for (let i = 0; parts.length * 32 < length; i += 1)
    parts.push(createHash('sha256').update(`vestibule vectors|${name}|${i}`).digest());
  return Buffer.concat(parts).subarray(0, length);
};
const hex = (/** @type {Buffer} */ bytes) => bytes.toString('hex');

/** @param {Buffer} key @param {Buffer} salt @param {Buffer} info HKDF-SHA-512 to 64 bytes: one block */
function hkdf(key, salt, info) {
  const prk = createHmac('sha512', salt).update(key).digest();
  return createHmac('sha512', prk)
    .update(info)
    .update(Buffer.from([1]))
    .digest();
}

/** @typedef {{ tenant: string, owner: string, item: string, content: string }} Context */

/** @param {Context} context */
function parts({ tenant, owner, item, content }) {
  return [tenant, owner, item, content].flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return [size, bytes];
  });
}

/**
 * @param {{ key: Buffer, dekId: Buffer, salt: Buffer, context: Context, plaintext: Buffer, head?: number[], commitment?: Buffer, info?: string, nonce?: Buffer }} what
 */
function seal({
  key,
  dekId,
  salt,
  context,
  plaintext,
  head = [0xc5, 1, 1, 0],
  commitment,
  info = 'vestibule/seal/v1\0',
  nonce = Buffer.alloc(12),
}) {
  const okm = hkdf(key, salt, Buffer.concat([Buffer.from(info), dekId]));
  const header = Buffer.concat([Buffer.from(head), dekId, salt, commitment ?? okm.subarray(32)]);
  const cipher = createCipheriv('aes-256-gcm', okm.subarray(0, 32), nonce);
  cipher.setAAD(Buffer.concat([header, ...parts(context)]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @param {Buffer} bytes @param {number} at @param {number} bit */
const flipped = (bytes, at, bit) => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ bit;
  return changed;
};

const key = fixed('data key', 32);
const dekId = fixed('data key id', 16);
const here = {
  tenant: '0192f1c0-0000-7000-8000-000000000001',
  owner: '0192f1c0-0000-7000-8000-000000000002',
  item: '0192f1c0-0000-7000-8000-000000000003',
  content: 'message',
};
const base = {
  key,
  dekId,
  salt: fixed('salt', 32),
  context: here,
  plaintext: Buffer.from('I would like to know what the letter means.'),
};

const opens = [
  ['a message', {}],
  ['an empty text', { plaintext: Buffer.alloc(0) }],
  ['one byte', { plaintext: Buffer.from([0]) }],
  ['text beyond ASCII', { plaintext: Buffer.from('Grüße, señora, 面談 👩🏽‍⚕️') }],
  ['exactly one block', { plaintext: fixed('block', 16) }],
  ['one byte more than a block', { plaintext: fixed('block', 17) }],
  ['many bytes', { plaintext: fixed('many', 4096) }],
  ['another salt', { salt: fixed('another salt', 32) }],
  ['a salt of zeros', { salt: Buffer.alloc(32) }],
  ['another data key', { key: fixed('another key', 32), dekId: fixed('another id', 16) }],
  [
    'parts of the context beyond ASCII, counted in bytes',
    { context: { ...here, owner: 'señora', content: '面談' } },
  ],
  ['empty parts of the context', { context: { tenant: '', owner: '', item: '', content: '' } }],
  ['a plaintext that looks like a sealed value', { plaintext: seal(base) }],
].map(([says, changes]) => {
  const what = { ...base, .../** @type {object} */ (changes) };
  return {
    says,
    key: hex(what.key),
    dekId: hex(what.dekId),
    salt: hex(what.salt),
    context: what.context,
    plaintext: hex(what.plaintext),
    sealed: hex(seal(what)),
  };
});

const good = seal(base);
const other = seal({
  ...base,
  salt: fixed('another salt', 32),
  plaintext: Buffer.from('Another message of the same intake, as long'),
});
const splice = (/** @type {number} */ from, /** @type {number} */ to) =>
  Buffer.concat([good.subarray(0, from), other.subarray(from, to), good.subarray(to)]);
const okm = hkdf(key, base.salt, Buffer.concat([Buffer.from('vestibule/seal/v1\0'), dekId]));
/** @type {[says: string, check: string, sealed: Buffer, changes?: object][]} */
const broken = [
  ['no bytes', 'form', Buffer.alloc(0)],
  ['99 bytes', 'form', good.subarray(0, 99)],
  ['the header alone', 'form', good.subarray(0, 84)],
  ['another first byte', 'form', flipped(good, 0, 0x01)],
  ['version 0', 'form', seal({ ...base, head: [0xc5, 0, 1, 0] })],
  ['version 2, otherwise whole', 'form', seal({ ...base, head: [0xc5, 2, 1, 0] })],
  ['flags that are not zero, otherwise whole', 'form', seal({ ...base, head: [0xc5, 1, 1, 1] })],
  ['suite 0, otherwise whole', 'suite', seal({ ...base, head: [0xc5, 1, 0, 0] })],
  ['suite 2, otherwise whole', 'suite', seal({ ...base, head: [0xc5, 1, 2, 0] })],
  ['suite 255', 'suite', seal({ ...base, head: [0xc5, 1, 255, 0] })],
  ['the id of another data key', 'key id', good, { dekId: fixed('another id', 16) }],
  ['the value names another data key', 'key id', seal({ ...base, dekId: fixed('another id', 16) })],
  ['first bit of the id', 'key id', flipped(good, 4, 0x80)],
  ['last bit of the id', 'key id', flipped(good, 19, 0x01)],
  ['another data key under the same id', 'commitment', good, { key: fixed('another key', 32) }],
  ['one bit of the data key', 'commitment', good, { key: flipped(key, 31, 0x01) }],
  ['first bit of the salt', 'commitment', flipped(good, 20, 0x80)],
  ['last bit of the salt', 'commitment', flipped(good, 51, 0x01)],
  ['the salt of another value', 'commitment', splice(20, 52)],
  ['first bit of the commitment', 'commitment', flipped(good, 52, 0x80)],
  ['last bit of the commitment', 'commitment', flipped(good, 83, 0x01)],
  ['the commitment of another value', 'commitment', splice(52, 84)],
  [
    'a commitment of zeros that the tag covers',
    'commitment',
    seal({ ...base, commitment: Buffer.alloc(32) }),
  ],
  [
    'half a commitment that the tag covers',
    'commitment',
    seal({ ...base, commitment: Buffer.concat([okm.subarray(32, 48), Buffer.alloc(16)]) }),
  ],
  ['derived for another purpose', 'commitment', seal({ ...base, info: 'vestibule/seal/v2\0' })],
  ['derived without the zero after the purpose', 'commitment', seal({ ...base, info: 'vestibule/seal/v1' })],
  ['salt and commitment of another value', 'tag', splice(20, 84)],
  ['first bit of the ciphertext', 'tag', flipped(good, 84, 0x80)],
  ['last bit of the ciphertext', 'tag', flipped(good, good.length - 17, 0x01)],
  ['the ciphertext of another value', 'tag', splice(84, good.length - 16)],
  ['first bit of the tag', 'tag', flipped(good, good.length - 16, 0x80)],
  ['last bit of the tag', 'tag', flipped(good, good.length - 1, 0x01)],
  ['the tag of another value', 'tag', Buffer.concat([good.subarray(0, -16), other.subarray(-16)])],
  ['a tag of zeros', 'tag', Buffer.concat([good.subarray(0, -16), Buffer.alloc(16)])],
  ['a byte after the tag', 'tag', Buffer.concat([good, Buffer.from([0])])],
  ['a value after the value', 'tag', Buffer.concat([good, good])],
  ['one byte less', 'tag', good.subarray(0, -1)],
  ['a tag of twelve bytes', 'tag', good.subarray(0, -4)],
  ['no ciphertext between header and tag', 'tag', Buffer.concat([good.subarray(0, 84), good.subarray(-16)])],
  ['a nonce that is not zero', 'tag', seal({ ...base, nonce: fixed('nonce', 12) })],
  ['another tenant', 'tag', good, { context: { ...here, tenant: '0192f1c0-0000-7000-8000-00000000000f' } }],
  ['another owner', 'tag', good, { context: { ...here, owner: '0192f1c0-0000-7000-8000-00000000000f' } }],
  ['another row', 'tag', good, { context: { ...here, item: '0192f1c0-0000-7000-8000-00000000000f' } }],
  ['another kind of value', 'tag', good, { context: { ...here, content: 'note' } }],
  ['owner and row changed about', 'tag', good, { context: { ...here, owner: here.item, item: here.owner } }],
  [
    'the same letters, divided otherwise',
    'tag',
    seal({ ...base, context: { ...here, tenant: 'ab', owner: 'c' } }),
    { context: { ...here, tenant: 'a', owner: 'bc' } },
  ],
  [
    'upper case in the tenant',
    'tag',
    seal({ ...base, context: { ...here, tenant: 'abc' } }),
    { context: { ...here, tenant: 'ABC' } },
  ],
  ['a value at the end of the context left empty', 'tag', good, { context: { ...here, content: '' } }],
];
const refuses = broken.map(([says, check, sealed, changes = {}]) => {
  const what = { ...base, ...changes };
  return {
    says,
    check,
    key: hex(what.key),
    dekId: hex(what.dekId),
    context: what.context,
    sealed: hex(sealed),
  };
});

/** @param {{ wrappingKey: Buffer, nonce: Buffer, key: Buffer, context: string }} what */
function wrap({ wrappingKey, nonce, key: inner, context }) {
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce).setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
}
const dataKey = {
  wrappingKey: fixed('tenant key', 32),
  nonce: fixed('wrap nonce', 12),
  key,
  context: `vestibule/data-key/v1|${here.tenant}|${here.owner}|${hex(dekId)}`,
};
const unwraps = [
  ['a data key under a tenant key', {}],
  [
    'a tenant key under a key of the KMS',
    {
      wrappingKey: fixed('kek', 32),
      key: fixed('tenant key', 32),
      context: `vestibule/tenant-key/v1|${here.tenant}|1`,
    },
  ],
  [
    'a secret of 48 bytes',
    { key: fixed('pkcs8', 48), context: `vestibule/secret/v1|${here.tenant}|log-key` },
  ],
  ['another nonce', { nonce: Buffer.alloc(12, 0xff) }],
  ['a context beyond ASCII', { context: 'señora|面談' }],
].map(([says, changes]) => {
  const what = { ...dataKey, .../** @type {object} */ (changes) };
  return {
    says,
    wrappingKey: hex(what.wrappingKey),
    nonce: hex(what.nonce),
    context: what.context,
    key: hex(what.key),
    wrapped: hex(wrap(what)),
  };
});
const wrapped = wrap(dataKey);
/** @type {[says: string, wrapped: Buffer, changes?: object][]} */
const badWraps = [
  ['no bytes', Buffer.alloc(0)],
  ['27 bytes', wrapped.subarray(0, 27)],
  ['another wrapping key', wrapped, { wrappingKey: fixed('another', 32) }],
  ['another owner', wrapped, { context: dataKey.context.replace(here.owner, here.item) }],
  ['another version of the format', wrapped, { context: dataKey.context.replace('/v1', '/v2') }],
  ['no context', wrapped, { context: '' }],
  ['a bit of the nonce', flipped(wrapped, 0, 0x80)],
  ['a bit of the ciphertext', flipped(wrapped, 12, 0x80)],
  ['the last bit of the tag', flipped(wrapped, wrapped.length - 1, 0x01)],
  ['a byte after the tag', Buffer.concat([wrapped, Buffer.from([0])])],
  ['one byte less', wrapped.subarray(0, -1)],
];
const refusesWrap = badWraps.map(([says, bytes, changes = {}]) => {
  const what = { ...dataKey, ...changes };
  return { says, wrappingKey: hex(what.wrappingKey), context: what.context, wrapped: hex(bytes) };
});

const write = (/** @type {string} */ name, /** @type {object} */ vectors) =>
  writeFileSync(fileURLToPath(new URL(name, import.meta.url)), `${JSON.stringify(vectors, null, 1)}\n`);
write('seal.json', { format: 'vestibule/seal/v1', opens, refuses });
write('wrap.json', { format: 'vestibule/wrap/v1', opens: unwraps, refuses: refusesWrap });
