import { SECOND, type TenantId } from '@app/kernel';
import type { DataSource } from 'typeorm';
import type { Database } from '../database/database';
import type { Recorder } from './recording/recorder';
import { Rounds } from './rounds';

const EVERY_MS = 2 * SECOND;

/** What the log is told besides acts: refusals that were counted, and that other policies are in force. */
export class HouseKeeping {
  private readonly rounds: Rounds;

  constructor(
    /** A pool of the role `vestibule_sequencer`, which sees every tenant. */
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly recorder: Recorder,
    /** Digest of the policies that this program was started with. */
    private readonly policies: string,
    private readonly onFault: (what: string, error: unknown) => void,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      () => this.tellRefusals(false),
      (error) => onFault('telling of refusals', error),
    );
  }

  /** Says in every tenant's log that other policies are in force, if they are, before the first of them is asked. */
  async start(): Promise<void> {
    const tenants = await this.tenants(
      `SELECT h.tenant_id FROM audit_head h LEFT JOIN policy_on_record p USING (tenant_id)
       WHERE p.digest IS DISTINCT FROM $1`,
      [this.policies],
    );
    for (const tenantId of tenants) await this.sayWhichPolicies(tenantId);
    this.rounds.start();
  }

  /** Nothing that was counted is left untold. */
  async stop(): Promise<void> {
    await this.rounds.stop();
    await this.tellRefusals(true).catch((error: unknown) => this.onFault('telling of refusals', error));
  }

  private async tellRefusals(all: boolean): Promise<void> {
    const due = all ? '' : 'WHERE ends_at <= clock_timestamp()';
    for (const tenantId of await this.tenants(`SELECT DISTINCT tenant_id FROM refusal_tally ${due}`))
      await this.recorder.tellRefusals(tenantId, all);
  }

  private async sayWhichPolicies(tenantId: TenantId): Promise<void> {
    await this.database.transaction(tenantId, async (tx) => {
      const [before] = await tx.query<{ digest: string }>(
        'SELECT digest FROM policy_on_record WHERE tenant_id = $1 FOR UPDATE',
        [tenantId],
      );
      if (before?.digest === this.policies) return;
      await tx.query(
        `INSERT INTO policy_on_record (tenant_id, digest) VALUES ($1, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET digest = excluded.digest`,
        [tenantId, this.policies],
      );
      await this.recorder.record(tx, {
        act: 'policy.changed',
        actor: { kind: 'system', id: 'program' },
        refs: { new: this.policies, ...(before && { old: before.digest }) },
      });
    });
  }

  private async tenants(sql: string, values: readonly unknown[] = []): Promise<TenantId[]> {
    const rows: { tenant_id: TenantId }[] = await this.source.query(sql, [...values]);
    return rows.map(({ tenant_id }) => tenant_id);
  }
}
