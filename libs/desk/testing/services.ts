import type { Clock } from '@app/kernel';
import { type Act, type Database, Keys, Recorder } from '@app/platform';
import { memoryKms } from '@app/platform/testing';
import { SiteService } from '../src/site/site.service';

export const ACTOR: Act['actor'] = { kind: 'system', id: 'a-test' };

const KMS = memoryKms();

/** A clock that stands still until it is set. */
export function aClock(at: string): Clock & { set(at: string): void } {
  let now = new Date(at);
  return {
    now: () => now,
    set: (then) => {
      now = new Date(then);
    },
  };
}

/** A recorder on a database of a test. Its root key is in memory. */
export function aRecorder(database: Database, clock: Clock): Recorder {
  const keys = new Keys(KMS, clock);
  return new Recorder(database, keys, clock);
}

export function aSiteService(database: Database, clock: Clock): SiteService {
  return new SiteService(database, aRecorder(database, clock), clock);
}
