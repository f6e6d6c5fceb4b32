import {
  type Anchor,
  type Checkpoint,
  type EarlierCheckpoint,
  parseCheckpoint,
  parseVkey,
  type RangeProof,
  type Span,
  verifyNote,
} from '@app/audit';
import { SECOND, type TenantId } from '@app/kernel';
import {
  Anchors,
  anchorsForBundle,
  CheckpointSigner,
  type Config,
  CONFIG,
  EVIDENCE_POLICY,
  type Tx,
  Witnesses,
} from '@app/platform';
import type { EvidencePolicy } from '@app/policies';
import { Inject, Injectable } from '@nestjs/common';
import { NotCheckpointed } from './failure';
import { policySetIn, previousIn, rangeProofIn } from './log-proofs';
import { trustPolicy } from './trust-policy';

/** How long a bundle waits for its checkpoint to be seen by the quorum. It is made without, and the verifier says so. */
const WITNESS_WAIT_MS = 5 * SECOND;

/** The checkpoint that a bundle stands on. */
export interface Ground {
  readonly note: string;
  readonly vkey: string;
  readonly checkpoint: Checkpoint;
}

/** What a bundle says around its entries: where they stand in the log, and who else has seen it. */
export interface Around {
  readonly proof: RangeProof;
  readonly previous?: EarlierCheckpoint;
  readonly policySet?: string;
  readonly anchors: readonly Anchor[];
  readonly trustPolicy: string;
  readonly tsaCa?: string;
}

/** On what a bundle stands: a checkpoint with its witnesses, a fresh time stamp, and the last export. */
@Injectable()
export class Standing {
  constructor(
    private readonly signer: CheckpointSigner,
    private readonly witnesses: Witnesses,
    private readonly anchors: Anchors,
    @Inject(CONFIG) private readonly config: Pick<Config, 'witnesses'>,
    @Inject(EVIDENCE_POLICY) private readonly policy: EvidencePolicy,
  ) {}

  /**
   * Has the log stamped, and returns a checkpoint that covers the stamp and the first `atLeast` entries, with the
   * cosignatures that it has. Neither an authority nor a witness that is away keeps it from being returned.
   *
   * @throws NotCheckpointed if no checkpoint covers them.
   */
  async find(tenantId: TenantId, atLeast: number): Promise<Ground> {
    const stamped = await this.anchors.stampNow(tenantId);
    const found = await this.witnesses.checkpoint(
      tenantId,
      Math.max(atLeast, stamped?.size ?? 0),
      WITNESS_WAIT_MS,
    );
    if (found === undefined) throw new NotCheckpointed();
    const origin = found.note.slice(0, found.note.indexOf('\n'));
    const vkey = (await this.signer.vkeys(tenantId)).find((key) => key.startsWith(`${origin}+`)) ?? '';
    const checkpoint = parseCheckpoint(verifyNote(found.note, [parseVkey(vkey)]).text);
    return { note: found.note, vkey, checkpoint };
  }

  /** Returns what is said around the entries of a range. @param index - of the entry that records the export. */
  async around(tx: Tx, { vkey, checkpoint }: Ground, range: Span<number>, index: number): Promise<Around> {
    const { size, origin } = checkpoint;
    const previous = await previousIn(tx, checkpoint);
    const policySet = await policySetIn(tx, index);
    const anchors = await anchorsForBundle(tx, { from: range.from, size });
    const tsaCa = this.anchors.authority?.caPem;
    return {
      proof: await rangeProofIn(tx, range, size),
      ...(previous && { previous }),
      ...(policySet !== undefined && { policySet }),
      // A log that goes on under another name after a loss was accepted has not grown from what was stamped before.
      anchors: anchors.filter((anchor) => parseCheckpoint(anchor.checkpoint).origin === origin),
      trustPolicy: trustPolicy(vkey, this.config.witnesses ?? [], this.policy.witnessQuorum),
      ...(tsaCa !== undefined && { tsaCa }),
    };
  }
}
