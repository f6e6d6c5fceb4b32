import type { TenantId } from '@app/kernel';
import type { Database } from '../database/database';
import type { Recorder } from './recording/recorder';
import type { SignedState, SignedStates } from './signed-states';
import type { CheckpointSigner } from './signer';

/**
 * Lets a log go on that has lost entries which were signed, when a person has said so: after a disaster and a restore. The
 * loss becomes an entry of the log, and what is signed from then on has another name. Whoever holds a checkpoint of
 * before can compare it with that entry; nobody is shown two logs under one name.
 */
export class LogGenerations {
  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly states: SignedStates,
    /** Hears of a tenant whose log goes on under another name. */
    private readonly onChange: (tenantId: TenantId, state: SignedState) => void,
  ) {}

  /** Runs at the start, before anything is signed. An acceptance of another state, or of a log that lacks nothing, is void. */
  async run(): Promise<void> {
    for (const tenantId of await this.states.accepted()) {
      const [lost, state] = [await this.states.readAccepted(tenantId), await this.states.read(tenantId)];
      if (lost !== undefined && isSame(lost, state)) await this.goOn(tenantId, lost);
      await this.states.forgetAccepted(tenantId);
    }
  }

  private async goOn(tenantId: TenantId, lost: SignedState): Promise<void> {
    const has = await this.signer.sizeIfRewound(tenantId);
    if (has === undefined) return;
    const next: SignedState = { size: 0, root: '', generation: lost.generation + 1 };
    // The entry first: after a crash in between there are two of them, and never a log that goes on without one.
    await this.database.transaction(tenantId, (tx) =>
      this.recorder.record(tx, {
        act: 'log.restored',
        actor: { kind: 'system', id: 'restore' },
        detail: {
          generation: next.generation,
          has,
          signed: lost.size,
          signedRoot: Buffer.from(lost.root, 'base64').toString('hex'),
        },
      }),
    );
    await this.states.write(tenantId, next);
    this.onChange(tenantId, next);
  }
}

function isSame(one: SignedState, other: SignedState | undefined): boolean {
  return one.size === other?.size && one.root === other.root && one.generation === other.generation;
}
