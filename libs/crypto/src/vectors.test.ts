import crypto, { randomBytes, randomInt, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { disclose, open } from './open';
import { associatedData, DataKey, derive, seal, type SealContext } from './seal';
import { unwrap } from './wrap';

const Hex = z
  .string()
  .regex(/^([0-9a-f]{2})*$/)
  .transform((text) => Buffer.from(text, 'hex'));
const Context = z.strictObject({
  tenant: z.string(),
  owner: z.string(),
  item: z.string(),
  content: z.string(),
});
const Check = z.enum(['form', 'suite', 'key id', 'commitment', 'tag']);
type Check = z.infer<typeof Check>;
const SEAL = z
  .strictObject({
    format: z.literal('vestibule/seal/v1'),
    opens: z.array(
      z.strictObject({
        says: z.string(),
        key: Hex,
        dekId: Hex,
        salt: Hex,
        context: Context,
        plaintext: Hex,
        sealed: Hex,
      }),
    ),
    refuses: z.array(
      z.strictObject({ says: z.string(), check: Check, key: Hex, dekId: Hex, context: Context, sealed: Hex }),
    ),
  })
  .parse(read('seal.json'));
const WRAP = z
  .strictObject({
    format: z.literal('vestibule/wrap/v1'),
    opens: z.array(
      z.strictObject({
        says: z.string(),
        wrappingKey: Hex,
        nonce: Hex,
        context: z.string(),
        key: Hex,
        wrapped: Hex,
      }),
    ),
    refuses: z.array(
      z.strictObject({ says: z.string(), wrappingKey: Hex, context: z.string(), wrapped: Hex }),
    ),
  })
  .parse(read('wrap.json'));
const BROKEN: Error = expect.objectContaining({ code: 'SEAL_BROKEN' });

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '../vectors', name), 'utf8'));
}

test('more than half of the vectors must fail, and each check has some', () => {
  expect(SEAL.refuses.length + WRAP.refuses.length).toBeGreaterThan(SEAL.opens.length + WRAP.opens.length);
  for (const check of Check.options)
    expect(SEAL.refuses.filter((one) => one.check === check).length).toBeGreaterThan(1);
});

describe('ours', () => {
  test.each(SEAL.opens)('opens $says', ({ key, dekId, context, plaintext, sealed }) => {
    const dek = new DataKey(dekId, key);
    expect(open(dek, sealed, context)).toEqual(plaintext);
    const disclosed = disclose(dek, sealed, context);
    expect(disclosed.plaintext).toEqual(plaintext);
    expect(disclosed.key).toEqual(derive(dek, sealed.subarray(20, 52)).key.export());
  });

  test.each(SEAL.opens)(
    'seals $says to the same bytes with that salt',
    ({ key, dekId, salt, context, plaintext, sealed }) => {
      const random = jest.spyOn(crypto, 'randomBytes').mockImplementation(() => salt);
      try {
        expect(seal(new DataKey(dekId, key), plaintext, context)).toEqual(sealed);
      } finally {
        random.mockRestore();
      }
    },
  );

  test.each(SEAL.refuses)('refuses $says, at: $check', ({ check, key, dekId, context, sealed }) => {
    const dek = new DataKey(dekId, key);
    const derived = jest.spyOn(crypto, 'hkdfSync');
    const deciphered = jest.spyOn(crypto, 'createDecipheriv');
    try {
      expect(() => open(dek, sealed, context)).toThrow(BROKEN);
      // Nothing is derived before form, suite and id are right, nothing deciphered before the commitment is.
      expect(derived).toHaveBeenCalledTimes(check === 'commitment' || check === 'tag' ? 1 : 0);
      expect(deciphered).toHaveBeenCalledTimes(check === 'tag' ? 1 : 0);
    } finally {
      derived.mockRestore();
      deciphered.mockRestore();
    }
  });

  test.each(WRAP.opens)('unwraps $says', ({ wrappingKey, context, key, wrapped }) => {
    expect(unwrap(wrappingKey, wrapped, context)).toEqual(key);
  });

  test.each(WRAP.refuses)('does not unwrap with $says', ({ wrappingKey, context, wrapped }) => {
    expect(() => unwrap(wrappingKey, wrapped, context)).toThrow(BROKEN);
  });
});

/** A second implementation, from vectors/README.md alone, on the Web Crypto API: nothing of ours is in it. */
const second = {
  async open(key: Buffer, dekId: Buffer, sealed: Buffer, context: SealContext): Promise<Buffer | Check> {
    if (sealed.length < 100 || sealed[0] !== 0xc5 || sealed[1] !== 1 || sealed[3] !== 0) return 'form';
    if (sealed[2] !== 1) return 'suite';
    const at = (from: number, to?: number) => new Uint8Array(sealed.subarray(from, to));
    if (Buffer.from(at(4, 20)).compare(dekId) !== 0) return 'key id';
    const { subtle } = webcrypto;
    const ikm = await subtle.importKey('raw', new Uint8Array(key), 'HKDF', false, ['deriveBits']);
    const info = new Uint8Array([...new TextEncoder().encode('vestibule/seal/v1'), 0, ...dekId]);
    const okm = await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-512', salt: at(20, 52), info }, ikm, 512);
    if (Buffer.from(okm, 32, 32).compare(at(52, 84)) !== 0) return 'commitment';
    const parts = [context.tenant, context.owner, context.item, context.content].flatMap((text) => {
      const bytes = new TextEncoder().encode(text);
      const { length } = bytes;
      return [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255, ...bytes];
    });
    const aes = await subtle.importKey('raw', new Uint8Array(okm.slice(0, 32)), 'AES-GCM', false, [
      'decrypt',
    ]);
    const words = {
      name: 'AES-GCM',
      iv: new Uint8Array(12),
      additionalData: new Uint8Array([...at(0, 84), ...parts]),
    };
    try {
      return Buffer.from(await subtle.decrypt(words, aes, at(84)));
    } catch {
      return 'tag';
    }
  },
  async unwrap(key: Buffer, wrapped: Buffer, context: string): Promise<Buffer | undefined> {
    if (wrapped.length < 28) return undefined;
    const aes = await webcrypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['decrypt']);
    const words = {
      name: 'AES-GCM',
      iv: new Uint8Array(wrapped.subarray(0, 12)),
      additionalData: new TextEncoder().encode(context),
    };
    try {
      return Buffer.from(await webcrypto.subtle.decrypt(words, aes, new Uint8Array(wrapped.subarray(12))));
    } catch {
      return undefined;
    }
  },
};

describe('a second implementation, on the Web Crypto API,', () => {
  test.each(SEAL.opens)('opens $says', async ({ key, dekId, context, plaintext, sealed }) => {
    await expect(second.open(key, dekId, sealed, context)).resolves.toEqual(plaintext);
  });

  test.each(SEAL.refuses)('refuses $says, at: $check', async ({ check, key, dekId, context, sealed }) => {
    await expect(second.open(key, dekId, sealed, context)).resolves.toBe(check);
  });

  test.each(WRAP.opens)('unwraps $says', async ({ wrappingKey, context, key, wrapped }) => {
    await expect(second.unwrap(wrappingKey, wrapped, context)).resolves.toEqual(key);
  });

  test.each(WRAP.refuses)('does not unwrap with $says', async ({ wrappingKey, context, wrapped }) => {
    await expect(second.unwrap(wrappingKey, wrapped, context)).resolves.toBeUndefined();
  });

  test('opens what ours seals now', async () => {
    const [id, key] = [randomBytes(16), randomBytes(32)];
    const context = { tenant: 't', owner: 'o', item: 'i', content: 'c' };
    const sealed = seal(new DataKey(id, key), 'just now', context);
    await expect(second.open(key, id, sealed, context)).resolves.toEqual(Buffer.from('just now'));
    expect(associatedData(sealed.subarray(0, 84), context)).toHaveLength(84 + 4 * 5);
  });
});

/** One random change: bits, bytes, cuts, insertions, pieces of another value, the context. */
function changed(
  sealed: Buffer,
  other: Buffer,
  context: SealContext,
): { bytes: Buffer; context: SealContext } {
  const at = randomInt(sealed.length);
  const to = at + 1 + randomInt(sealed.length - at);
  const bytes = Buffer.from(sealed);
  switch (randomInt(8)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
      return { bytes, context };
    case 1:
      randomBytes(to - at).copy(bytes, at);
      return { bytes, context };
    case 2:
      return { bytes: Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]), context };
    case 3:
      return {
        bytes: Buffer.concat([bytes.subarray(0, at), randomBytes(1 + randomInt(40)), bytes.subarray(at)]),
        context,
      };
    case 4:
      if (at < other.length) other.copy(bytes, at, at, to);
      else bytes.fill(7, at);
      return { bytes, context };
    case 5:
      bytes.subarray(at, to).reverse();
      return { bytes, context };
    case 6:
      bytes.fill(randomInt(2) * 255, at, to);
      return { bytes, context };
    default: {
      const name = (['tenant', 'owner', 'item', 'content'] as const)[randomInt(4)] ?? 'item';
      const text = context[name];
      const cut = randomInt(text.length);
      return {
        bytes,
        context: { ...context, [name]: `${text.slice(0, cut)}${randomInt(10)}${text.slice(cut + 1)}` },
      };
    }
  }
}

test('of 20,000 random changes of sealed values none opens', () => {
  const dek = DataKey.generate();
  const context = { tenant: 'tenant', owner: 'owner', item: 'item', content: 'content' };
  const values = Array.from({ length: 20 }, (_, i) => seal(dek, randomBytes(i * 13), context));
  let tried = 0;
  while (tried < 20_000) {
    const [one, other] = [values[randomInt(20)], values[randomInt(20)]];
    if (one === undefined || other === undefined) continue;
    const made = changed(one, other, context);
    const same = made.bytes.equals(one) || made.bytes.equals(other);
    if (same && JSON.stringify(made.context) === JSON.stringify(context)) continue;
    tried += 1;
    let text: Buffer | undefined;
    try {
      text = open(dek, made.bytes, made.context);
    } catch (error) {
      expect(error).toMatchObject({ code: 'SEAL_BROKEN' });
    }
    if (text !== undefined)
      throw new Error(`opened: ${made.bytes.toString('hex')} at ${JSON.stringify(made.context)}`);
  }
});
