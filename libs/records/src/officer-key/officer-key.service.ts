import { PgpKeyRefused, readRecipient } from '@app/crypto';
import { AppError, type Clock, newId, type StaffId } from '@app/kernel';
import {
  actorOf,
  type Attempt,
  CheckpointSigner,
  CLOCK,
  Database,
  Gate,
  Recorder,
  type StaffPrincipal,
} from '@app/platform';
import type { Decision } from '@app/policies';
import { Inject, Injectable } from '@nestjs/common';
import { findStaff } from '../log/log.store';
import type { OfficerKeyBody } from './officer-key.messages';
import {
  insertProposal,
  type KeyRow,
  lockKey,
  officersIn,
  saveDecision,
  standingKeys,
} from './officer-key.store';

interface Person {
  readonly id: string;
  readonly name: string;
}

/** An officer, and what is said of their key. */
export interface OfficerKeys {
  readonly officer: Person;
  /** Files of theirs are encrypted to it. */
  readonly pinned?: {
    readonly fingerprint: string;
    readonly proposedBy: Person;
    readonly confirmedBy: Person;
    readonly confirmedAt: string;
  };
  /** A change that somebody else has to confirm. Without a fingerprint it takes the key away. */
  readonly proposed?: {
    readonly keyId: string;
    readonly fingerprint?: string;
    readonly proposedBy: Person;
    readonly proposedAt: string;
  };
}

const WORDS = {
  decided: 'This change has been decided already.',
  'same-person': 'You proposed this key yourself. Another administrator must confirm it.',
  'own-key': 'This is your own key. Two other administrators say which one it is.',
} as const;

/** To whose OpenPGP key the files of an officer are encrypted: said by one administrator, confirmed by another. */
@Injectable()
export class OfficerKeyring {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the officers with their keys, and records that they were looked at. @throws AppError `ACCESS_DENIED`, which is recorded. */
  list(principal: StaffPrincipal): Promise<OfficerKeys[]> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, attemptOf(principal));
      await this.recorder.record(tx, { act: 'officer-key.read', actor: actorOf(principal), decision });
      const rows = await standingKeys(tx);
      const names = new Map((await findStaff(tx)).map(({ id, name }) => [id, name]));
      return (await officersIn(tx)).map(({ staff_id, name }) =>
        viewOf({ id: staff_id, name }, rows, (id) => ({ id, name: names.get(id) ?? '' })),
      );
    });
  }

  /**
   * Proposes a key for an officer, or that they have none any more. Nothing changes until somebody else confirms it.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `KEY_REFUSED` with the reason if nothing can be encrypted to it;
   * `NOT_FOUND` if there is no such officer; `STEP_NOT_ALLOWED` while another change of theirs waits, or if it is one's own.
   */
  async propose(principal: StaffPrincipal, { staffId, publicKey }: OfficerKeyBody): Promise<string> {
    const keyId = newId<string>();
    const entryId = await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, attemptOf(principal));
      const officers = await officersIn(tx);
      if (!officers.some(({ staff_id }) => staff_id === staffId))
        throw new AppError('NOT_FOUND', 'There is no such compliance officer.');
      const key = publicKey === undefined ? undefined : await this.read(publicKey);
      if (staffId === principal.staffId) {
        tx.afterRollback(() => this.refused(principal, decision, { staff: staffId }, 'own-key'));
        throw new AppError('STEP_NOT_ALLOWED', WORDS['own-key']);
      }
      const inserted = await insertProposal(tx, {
        ...{
          key_id: keyId,
          staff_id: staffId,
          proposed_by: principal.staffId,
          proposed_at: this.clock.now(),
        },
        public_key: key?.publicKey ?? null,
        fingerprint: key?.fingerprint ?? null,
      });
      if (!inserted)
        throw new AppError(
          'STEP_NOT_ALLOWED',
          'A change of this key waits already. Decide about that one first.',
        );
      return this.recorder.record(tx, {
        act: 'officer-key.proposed',
        actor: actorOf(principal),
        decision,
        refs: { staff: staffId, key: keyId, ...(key && { fingerprint: key.fingerprint }) },
      });
    });
    await this.signer.covers(principal.tenantId, entryId);
    return keyId;
  }

  /**
   * Confirms a change, or says no to it. A change counts from the moment that its confirmation is under a signed checkpoint.
   *
   * @throws AppError `ACCESS_DENIED`; `NOT_FOUND`; `STEP_NOT_ALLOWED`, which is recorded, if it is decided already, or if
   * who confirms it also proposed it, or it is their own key; `KEY_REFUSED` if the key has become unusable meanwhile.
   */
  async decide(principal: StaffPrincipal, keyId: string, answer: 'confirm' | 'reject'): Promise<void> {
    const entryId = await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, attemptOf(principal));
      const row = await lockKey(tx, keyId);
      if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such change of a key.');
      const because = refusalOf(row, principal.staffId, answer);
      if (because !== undefined) {
        tx.afterRollback(() => this.refused(principal, decision, refsOf(row), because));
        throw new AppError('STEP_NOT_ALLOWED', WORDS[because]);
      }
      if (answer === 'confirm' && row.public_key !== null) await this.read(row.public_key);
      const state = answer === 'confirm' ? 'pinned' : 'rejected';
      await saveDecision(tx, row, state, principal.staffId, this.clock.now());
      return this.recorder.record(tx, {
        act: `officer-key.${state}`,
        actor: actorOf(principal),
        decision,
        refs: refsOf(row),
      });
    });
    await this.signer.covers(principal.tenantId, entryId);
  }

  private async read(publicKey: string) {
    try {
      return await readRecipient(publicKey, this.clock.now());
    } catch (error) {
      if (error instanceof PgpKeyRefused)
        throw new AppError('KEY_REFUSED', 'This key cannot be used.', { extra: { reason: error.fault } });
      throw error;
    }
  }

  private refused(
    principal: StaffPrincipal,
    decision: Decision,
    refs: Readonly<Record<string, string>>,
    reason: string,
  ): Promise<void> {
    return this.recorder.recordRefusal(principal.tenantId, {
      act: 'officer-key.manage',
      actor: actorOf(principal),
      decision,
      refs,
      detail: { reason },
    });
  }
}

function refusalOf(row: KeyRow, by: StaffId, answer: 'confirm' | 'reject'): keyof typeof WORDS | undefined {
  if (row.state !== 'proposed') return 'decided';
  if (answer === 'reject') return undefined;
  if (row.proposed_by === by) return 'same-person';
  return row.staff_id === by ? 'own-key' : undefined;
}

function attemptOf(principal: StaffPrincipal): Attempt {
  return { principal, action: 'officer-key.manage', resource: { kind: 'tenant', id: principal.tenantId } };
}

function refsOf({ staff_id, key_id, fingerprint }: KeyRow): Record<string, string> {
  return { staff: staff_id, key: key_id, ...(fingerprint !== null && { fingerprint }) };
}

function viewOf(officer: Person, rows: readonly KeyRow[], person: (id: string) => Person): OfficerKeys {
  const own = rows.filter(({ staff_id }) => staff_id === officer.id);
  const pinned = own.find(({ state }) => state === 'pinned');
  const proposed = own.find(({ state }) => state === 'proposed');
  return {
    officer,
    ...(pinned?.fingerprint &&
      pinned.decided_by &&
      pinned.decided_at && {
        pinned: {
          fingerprint: pinned.fingerprint,
          proposedBy: person(pinned.proposed_by),
          confirmedBy: person(pinned.decided_by),
          confirmedAt: pinned.decided_at.toISOString(),
        },
      }),
    ...(proposed && {
      proposed: {
        keyId: proposed.key_id,
        ...(proposed.fingerprint !== null && { fingerprint: proposed.fingerprint }),
        proposedBy: person(proposed.proposed_by),
        proposedAt: proposed.proposed_at.toISOString(),
      },
    }),
  };
}
