import { type Clock, DAY, later } from '@app/kernel';
import {
  Anchors,
  anchorsSince,
  CheckpointSigner,
  CLOCK,
  Database,
  EVIDENCE_POLICY,
  Gate,
  latestCheckpoint,
  type StaffPrincipal,
  Witnesses,
  WitnessWatch,
} from '@app/platform';
import type { EvidencePolicy } from '@app/policies';
import { Inject, Injectable } from '@nestjs/common';
import { type Alarm, readAlarms, readHead } from './evidence.store';

/** How far back stamps and alarms are shown. */
const SHOWN_MS = 14 * DAY;

/** What vouches for the log, now. Instants are RFC 3339. */
export interface Evidence {
  readonly log: {
    /** Its name, and its key as one line: what a witness is told. */
    readonly origin: string;
    readonly vkey: string;
    readonly entries: number;
    /** When the oldest entry was written that no checkpoint covers. */
    readonly unsignedSince?: string;
  };
  /** The last one. Absent before the first. */
  readonly checkpoint?: {
    readonly size: number;
    readonly signedAt: string;
    /** The three lines that are signed. */
    readonly text: string;
  };
  readonly witnesses: readonly {
    readonly name: string;
    /** It has seen the log up to here. */
    readonly size: number;
    readonly cosignedAt?: string;
    readonly awaySince?: string;
    /** A code: why. */
    readonly fault?: string;
    /** It has seen another history of this log. */
    readonly isRefusing: boolean;
  }[];
  /** As many as the quorum have seen the log up to here. */
  readonly witnessed: number;
  /** Whether the acts that the policy names wait now. */
  readonly isHeld: boolean;
  readonly anchors: {
    readonly isConfigured: boolean;
    /** The oldest first. */
    readonly stamps: readonly { readonly size: number; readonly at: string }[];
    readonly fault?: { readonly code: string; readonly since: string };
  };
  readonly policy: Omit<EvidencePolicy, 'digest' | 'requestTimeoutSeconds'>;
  /** The newest first. */
  readonly alarms: readonly Alarm[];
  readonly shownSince: string;
}

/** Tells how the log is doing. It shows no entry but alarms, which are about the log itself. */
@Injectable()
export class EvidenceState {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly signer: CheckpointSigner,
    private readonly witnesses: Witnesses,
    private readonly watch: WitnessWatch,
    private readonly anchors: Anchors,
    @Inject(EVIDENCE_POLICY) private readonly policy: EvidencePolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError `ACCESS_DENIED`, which is recorded. */
  async read(principal: StaffPrincipal): Promise<Evidence> {
    const { tenantId } = principal;
    const attempt = {
      principal,
      action: 'evidence.read',
      resource: { kind: 'tenant', id: tenantId },
    } as const;
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    const vkey = await this.signer.vkey(tenantId);
    const since = later(this.clock.now(), -SHOWN_MS);
    return this.database.transaction(tenantId, async (tx) => {
      const checkpoint = await latestCheckpoint(tx);
      const head = await readHead(tx, checkpoint?.size ?? 0);
      const { witnesses, witnessed } = await this.witnesses.standing(tx);
      const stamps = await anchorsSince(tx, since);
      const fault = this.anchors.fault(tenantId);
      const { digest: _, requestTimeoutSeconds: __, ...policy } = this.policy;
      return {
        log: {
          origin: vkey.slice(0, vkey.indexOf('+')),
          vkey,
          entries: head.numbered + head.waiting,
          ...(head.unsignedSince && { unsignedSince: head.unsignedSince.toISOString() }),
        },
        ...(checkpoint && {
          checkpoint: {
            size: checkpoint.size,
            signedAt: checkpoint.signedAt.toISOString(),
            text: checkpoint.note.slice(0, checkpoint.note.indexOf('\n\n') + 1),
          },
        }),
        witnesses: witnesses.map(({ name, standing }) => ({
          name,
          size: standing.size,
          ...(standing.cosignedAt && { cosignedAt: standing.cosignedAt.toISOString() }),
          ...(standing.awaySince && { awaySince: standing.awaySince.toISOString() }),
          ...(standing.fault !== undefined && { fault: standing.fault }),
          isRefusing: standing.isRefusing,
        })),
        witnessed,
        isHeld: this.policy.heldActs.some((act) => this.watch.holds(tenantId, act)),
        anchors: {
          isConfigured: this.anchors.authority !== undefined,
          stamps: stamps.map(({ size, stampedAt }) => ({ size, at: stampedAt.toISOString() })),
          ...(fault && { fault: { code: fault.code, since: fault.since.toISOString() } }),
        },
        policy,
        alarms: await readAlarms(tx, since),
        shownSince: since.toISOString(),
      };
    });
  }
}
