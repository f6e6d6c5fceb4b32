import { CheckpointSigner, Database, Gate, type StaffPrincipal } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ServerKey } from '../making/server-key.service';

/** The public keys with which bundles are checked: to be given to whoever will check one, before there is one. */
export interface SigningKeys {
  readonly log: { readonly origin: string; readonly vkey: string };
  readonly server: { readonly fingerprint: string; readonly publicKey: string };
}

@Injectable()
export class SigningKeyring {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly signer: CheckpointSigner,
    private readonly serverKey: ServerKey,
  ) {}

  /** Returns the tenant's public keys; the OpenPGP key is made now if there is none yet. @throws AppError `ACCESS_DENIED`. */
  async of(principal: StaffPrincipal): Promise<SigningKeys> {
    const { tenantId } = principal;
    await this.database.transaction(tenantId, async (tx) => {
      const resource = { kind: 'tenant', id: tenantId } as const;
      this.gate.pass(tx, { principal, action: 'export.read', resource });
      await Promise.resolve();
    });
    const { fingerprint, publicKey } = await this.serverKey.of(tenantId);
    const vkey = await this.signer.vkey(tenantId);
    return { log: { origin: CheckpointSigner.origin(tenantId), vkey }, server: { fingerprint, publicKey } };
  }
}
