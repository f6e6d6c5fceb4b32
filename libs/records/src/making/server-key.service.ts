import { generatePgpKey, type PgpKeyPair } from '@app/crypto';
import type { Clock, TenantId } from '@app/kernel';
import { CLOCK, Database, Keys, Recorder } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';

const NAME = 'pgp-export-key';
const Kept = z.strictObject({ privateKey: z.string(), publicKey: z.string(), fingerprint: z.string() });

/** The OpenPGP key that signs a tenant's bundles. */
@Injectable()
export class ServerKey {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the key, which is made and recorded at first use. */
  async of(tenantId: TenantId): Promise<PgpKeyPair> {
    return this.database.transaction(tenantId, async (tx) => {
      const held = await this.keys.readSecret(tx, NAME);
      if (held !== undefined) return parseKept(held);
      const [tenant] = await tx.query<{ name: string }>('SELECT name FROM tenant WHERE tenant_id = $1', [
        tenantId,
      ]);
      const fresh = await generatePgpKey(tenant?.name ?? tenantId, this.clock.now());
      const kept = parseKept(
        await this.keys.keepSecret(tx, NAME, Buffer.from(JSON.stringify(fresh), 'utf8')),
      );
      // Of two processes that make one at once, the first one's is kept, and recorded there.
      if (kept.fingerprint === fresh.fingerprint)
        await this.recorder.record(tx, {
          act: 'key.created',
          actor: { kind: 'system', id: 'exporter' },
          refs: { key: NAME },
          detail: { fingerprint: fresh.fingerprint },
        });
      return kept;
    });
  }
}

function parseKept(secret: Buffer): PgpKeyPair {
  return Kept.parse(JSON.parse(secret.toString('utf8')));
}
