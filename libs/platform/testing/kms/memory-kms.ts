import { unwrap, wrap } from '@app/crypto';
import { AppError } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { KekGone, type KekRef, type KmsProvider } from '../../src/keys/kms/kms-provider';

/** A KMS of one test, in memory. It passes the same conformance suite as the real ones. */
export function memoryKms(): KmsProvider {
  const keks = new Map<string, Buffer>();
  const destroyed = new Set<string>();
  const of = ({ kek }: KekRef): Buffer => {
    const key = keks.get(kek);
    if (key === undefined) throw new AppError('SEAL_BROKEN', 'This key was destroyed.');
    return key;
  };
  return {
    kind: 'memory',
    destroyDelayDays: 0,
    createKek: async (tenantId, version) => {
      const kek = `${tenantId}.${version}`;
      if (destroyed.has(kek)) throw new KekGone();
      if (!keks.has(kek)) keks.set(kek, randomBytes(32));
      return { tenantId, version, kek };
    },
    wrap: async (kek, key, context) => wrap(of(kek), key, context),
    unwrap: async (kek, wrapped, context) => unwrap(of(kek), wrapped, context),
    rewrap: async (from, to, wrapped, context) => wrap(of(to), unwrap(of(from), wrapped, context), context),
    destroy: async (kek, notBefore, now) => {
      if (now < notBefore) throw new RangeError('a key is not destroyed before its time');
      keks.get(kek.kek)?.fill(0);
      keks.delete(kek.kek);
      destroyed.add(kek.kek);
      return now;
    },
    status: async (kek) => (keks.has(kek.kek) ? 'usable' : 'destroyed'),
    health: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
