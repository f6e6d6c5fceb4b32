import {
  type Cosignature,
  consistencyProof,
  cosignaturesIn,
  type NoteKey,
  NoteRefused,
  parseCosignerVkey,
} from '@app/audit';
import { type Clock, instantAt, SECOND, type TenantId } from '@app/kernel';
import type { EvidencePolicy } from '@app/policies';
import type { DataSource } from 'typeorm';
import type { WitnessConfig } from '../../config/config';
import type { Database, Tx } from '../../database/database';
import { nodesOf } from '../log-tree';
import type { Recorder } from '../recording/recorder';
import { Rounds } from '../rounds';
import { afterAsking, type Outcome } from './after-asking';
import { cosignedCheckpoint, type CosignedCheckpoint } from './cosigned-note';

import { addCheckpoint, type WitnessAnswer } from './witness-client';
import type { WitnessWatch } from './witness-watch';
import {
  latestCheckpoint,
  lockStanding,
  type LogStanding,
  readStandings,
  readUnwitnessed,
  type Standing,
  standingsOf,
  UNKNOWN,
  writeStanding,
} from './witness.store';

const LOOK_EVERY_MS = SECOND;
/** Questions under way at once, of all logs together. */
const MAX_ASKING = 16;
const MAX_BACK_OFF_MS = 60 * SECOND;

interface Witness extends WitnessConfig {
  readonly key: NoteKey;
}

/** Shows each new checkpoint to the witnesses and keeps their cosignatures. No act waits for it. */
export class Witnesses {
  private readonly witnesses: readonly Witness[];
  private readonly rounds: Rounds;
  private readonly ending = new AbortController();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, { readonly n: number; readonly notBefore: number }>();

  /** @throws Error if fewer witnesses are set up than the policy's quorum. */
  constructor(
    configured: readonly WitnessConfig[],
    private readonly policy: EvidencePolicy,
    private readonly watch: WitnessWatch,
    /** A pool of the role `vestibule_sequencer`, which sees all tenants. */
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly recorder: Recorder,
    private readonly clock: Clock,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.witnesses = configured.map((one) => ({ ...one, key: parseCosignerVkey(one.vkey) }));
    if (configured.length > 0 && configured.length < policy.witnessQuorum)
      throw new Error(
        `VESTIBULE_WITNESSES names ${configured.length}, and policies/governance/evidence.json wants ${policy.witnessQuorum}.`,
      );
    this.rounds = new Rounds(LOOK_EVERY_MS, () => this.look(), onFault);
  }

  start(): void {
    if (this.witnesses.length > 0) this.rounds.start();
  }

  /** Ends what is under way; it is asked again after the next start. */
  async stop(): Promise<void> {
    await this.rounds.stop();
    this.ending.abort();
    await Promise.all(this.asking.values());
  }

  /** Looks at all logs once, and asks where something is new. @returns when every witness has answered or failed. */
  async pass(): Promise<void> {
    await this.look();
    await Promise.all(this.asking.values());
    this.watch.tell(await this.unwitnessed(await readStandings(this.source)));
  }

  /**
   * Returns the checkpoint to give away with the first `atLeast` entries: waits a moment for the quorum, and then takes
   * the best there is.
   *
   * @returns undefined if no checkpoint covers them yet.
   */
  async checkpoint(
    tenantId: TenantId,
    atLeast: number,
    waitMs: number,
  ): Promise<CosignedCheckpoint | undefined> {
    const until = this.clock.now().getTime() + waitMs;
    for (;;) {
      const best = await this.database.transaction(tenantId, (tx) => cosignedCheckpoint(tx, atLeast));
      const isEnough = (best?.witnesses ?? 0) >= Math.min(this.policy.witnessQuorum, this.witnesses.length);
      if ((best !== undefined && isEnough) || this.clock.now().getTime() >= until) return best;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Returns each witness with its standing, and up to which entry enough of them have seen the log. */
  async standing(tx: Tx): Promise<{
    readonly witnesses: readonly { readonly name: string; readonly standing: Standing }[];
    readonly witnessed: number;
  }> {
    const known = await standingsOf(tx);
    const witnesses = this.witnesses.map(({ key, vkey }) => ({
      name: key.name,
      standing: known.get(vkey) ?? UNKNOWN,
    }));
    return { witnesses, witnessed: this.witnessed(known) };
  }

  private async look(): Promise<void> {
    const logs = await readStandings(this.source);
    this.watch.tell(await this.unwitnessed(logs));
    const now = this.clock.now().getTime();
    for (const { tenantId, size, witnesses } of logs)
      for (const witness of this.witnesses) {
        const pair = `${tenantId} ${witness.vkey}`;
        const { size: seen, isRefusing } = witnesses.get(witness.vkey) ?? UNKNOWN;
        const isDue = (seen !== size || isRefusing) && now >= (this.failures.get(pair)?.notBefore ?? 0);
        if (!isDue || this.asking.has(pair) || this.asking.size >= MAX_ASKING) continue;
        const asked = this.ask(tenantId, witness)
          .then((isDone) => this.note(pair, isDone))
          .catch((error: unknown) => {
            this.note(pair, false);
            this.onFault(error);
          })
          .finally(() => this.asking.delete(pair));
        this.asking.set(pair, asked);
      }
  }

  private async unwitnessed(logs: readonly LogStanding[]): Promise<Map<TenantId, Date>> {
    return readUnwitnessed(
      this.source,
      logs
        .map(({ tenantId, size, witnesses }) => ({ tenantId, size, witnessed: this.witnessed(witnesses) }))
        .filter(({ size, witnessed }) => witnessed < size),
    );
  }

  /** Up to which entry as many witnesses as the quorum have seen a log. */
  private witnessed(standings: ReadonlyMap<string, Standing>): number {
    const sizes = this.witnesses.map(({ vkey }) => standings.get(vkey)?.size ?? 0);
    return sizes.toSorted((a, b) => b - a)[this.policy.witnessQuorum - 1] ?? 0;
  }

  /** Remembers whether it went well; what did not is asked again after one, two, four … seconds. */
  private note(pair: string, isDone: boolean): void {
    if (isDone) {
      this.failures.delete(pair);
      return;
    }
    const n = (this.failures.get(pair)?.n ?? 0) + 1;
    const waitMs = Math.min(MAX_BACK_OFF_MS, SECOND * 2 ** Math.min(n - 1, 10));
    this.failures.set(pair, { n, notBefore: this.clock.now().getTime() + waitMs });
  }

  /** @returns whether it was cosigned. */
  private async ask(tenantId: TenantId, witness: Witness): Promise<boolean> {
    const { outcome, cosignature } = await this.outcomeOf(tenantId, witness);
    if (this.ending.signal.aborted && outcome.kind === 'failed') return false;
    await this.database.transaction(tenantId, async (tx) => {
      const before = await lockStanding(tx, witness.vkey);
      const now = this.clock.now();
      const { standing, alarm } = afterAsking(before, outcome, now, this.policy);
      await writeStanding(tx, witness.vkey, standing, now);
      if (outcome.kind === 'cosigned' && cosignature !== undefined)
        await tx.query(
          `INSERT INTO audit_cosignature (tenant_id, size, witness, line, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT DO NOTHING`,
          [tenantId, outcome.size, witness.vkey, cosignature.line, outcome.at],
        );
      if (alarm !== undefined)
        await this.recorder.record(tx, {
          act: alarm,
          actor: { kind: 'system', id: 'witnessing' },
          outcome: alarm === 'witness.refused' ? 'refused' : 'ok',
          refs: { witness: witness.key.name },
          detail: { size: standing.size, ...(standing.fault !== undefined && { reason: standing.fault }) },
        });
    });
    return outcome.kind === 'cosigned';
  }

  private async outcomeOf(
    tenantId: TenantId,
    witness: Witness,
  ): Promise<{ readonly outcome: Outcome; readonly cosignature?: Cosignature }> {
    const known = await this.database.transaction(tenantId, (tx) => lockStanding(tx, witness.vkey));
    const last = await this.database.transaction(tenantId, (tx) => latestCheckpoint(tx));
    // Where we remember more than there is, or remember a log of another name, the witness is asked where it stands.
    const oldSize = known.size > (last?.size ?? 0) ? 0 : known.size;
    let { answer, offered } = await this.offer(tenantId, witness, oldSize);
    if (answer.kind === 'stands-at') ({ answer, offered } = await this.offer(tenantId, witness, answer.size));
    if (answer.kind === 'contradicted') return { outcome: { kind: 'refused', reason: 'fork' } };
    if (answer.kind === 'stands-at') return { outcome: { kind: 'failed', fault: 'moving' } };
    if (answer.kind === 'set-back') return { outcome: { kind: 'refused', reason: 'set-back' } };
    if (answer.kind === 'failed') return { outcome: answer };
    const cosignature = this.cosignatureIn(answer.lines, offered.note, witness.key);
    if (cosignature === undefined) return { outcome: { kind: 'failed', fault: 'bad-cosignature' } };
    const at = instantAt(cosignature.seconds * SECOND);
    return { outcome: { kind: 'cosigned', size: offered.size, at }, cosignature };
  }

  /** Shows the last checkpoint to a witness that stands at a size. `set-back`: it has seen more than there is. */
  private async offer(tenantId: TenantId, witness: Witness, oldSize: number) {
    const { offered, proof } = await this.database.transaction(tenantId, async (tx) => {
      const last = await latestCheckpoint(tx);
      if (last === undefined) throw new Error('a log without a checkpoint has nothing to show');
      const node = nodesOf((sql, values) => tx.query<never>(sql, values), tenantId);
      return {
        offered: last,
        proof: oldSize > last.size ? undefined : await consistencyProof(node, oldSize, last.size),
      };
    });
    if (proof === undefined) return { offered, answer: { kind: 'set-back' } as const };
    const timeout = AbortSignal.timeout(this.policy.requestTimeoutSeconds * SECOND);
    const signal = AbortSignal.any([timeout, this.ending.signal]);
    const answer: WitnessAnswer = await addCheckpoint(
      witness.url,
      { oldSize, proof, note: offered.note },
      signal,
    );
    return { offered, answer };
  }

  private cosignatureIn(lines: string, note: string, key: NoteKey): Cosignature | undefined {
    try {
      return cosignaturesIn(lines, note.slice(0, note.indexOf('\n\n') + 1), [key])[0];
    } catch (error) {
      if (error instanceof NoteRefused) return undefined;
      throw error;
    }
  }
}
