import { commit, encodeEntry, leafHash } from '@app/audit';
import { AppError, type Clock, type EntryId, newId, type TenantId } from '@app/kernel';
import { createHash, randomBytes } from 'node:crypto';
import type { Database, Tx } from '../../database/database';
import type { Keys } from '../../keys/keys';
import type { Act, Chain, PreparedEntry } from './act';
import { Holes } from './holes';
import { Refusals } from './refusals';
import { issueReceipt, type ReadReceipt, scopeOf } from './receipt';

export type { Act, Chain, PreparedEntry };

/** Whose key seals openings of entries that belong to no intake, and of all entries from before each intake sealed its own. */
const OPENINGS = 'audit-openings';

/** Writes the log: with each act, in its transaction; before each reading, in one of its own. */
export class Recorder {
  private readonly writerId = newId<string>();
  private readonly written = new Map<TenantId, number>();
  private readonly holes: Holes;
  private readonly refusals: Refusals;
  private behind = false;
  private skewed = false;

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly clock: Clock,
  ) {
    this.holes = new Holes(database, clock);
    this.refusals = new Refusals(database, clock, (tx, act) => this.record(tx, act));
  }

  /** While the log is behind, nothing that must be recorded is done. Said by the log's clock. */
  setBehind(behind: boolean): void {
    this.behind = behind;
  }

  /** While this process's time is not the database's, nothing that must be recorded is done. Said by the log's clock. */
  setSkewed(skewed: boolean): void {
    this.skewed = skewed;
  }

  /**
   * Adds an entry in the caller's transaction: what was done and the record of it commit together or not at all.
   * With an intake it locks that conversation.
   *
   * @throws AppError `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`; the caller's act then does not happen.
   */
  async record(tx: Tx, act: Act): Promise<EntryId> {
    return unlessUnavailable(async () => {
      const chain = act.intakeId === undefined ? undefined : await lockChain(tx, act.intakeId);
      const opened = openings(act.personal);
      const entry = this.prepare(tx.tenantId, act, chain, opened.commitments);
      tx.afterRollback(() => this.voidEntry(tx.tenantId, entry));
      await insert(tx, entry, act.intakeId, chain);
      for (const [field, opening] of opened.values) {
        // Under the intake's own key: when that is destroyed these cannot be opened either.
        const owner = act.intakeId ?? OPENINGS;
        const sealed = await this.keys.seal(tx, owner, { item: entry.id, content: field }, opening);
        await tx.query(
          'INSERT INTO audit_opening (tenant_id, entry_id, field, sealed) VALUES ($1, $2, $3, $4)',
          [tx.tenantId, entry.id, field, sealed],
        );
      }
      return entry.id;
    });
  }

  /**
   * Records a reading before it happens, in a transaction of its own, and returns the receipt that opens what it names.
   *
   * @param owners - whose values are read: intakes' ids, or one item of a directory (`oneOf`), such as one record. If they are
   * several, the entry holds the digest of their names, so that it says exactly what the receipt opens.
   * @param keep - what is kept of a reading that goes on in the background, in the entry's transaction.
   * @throws AppError `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`; nothing is read then.
   */
  async recordRead(
    tenantId: TenantId,
    act: Act,
    owners: readonly string[],
    keep?: (tx: Tx, entryId: EntryId) => Promise<void>,
  ): Promise<ReadReceipt> {
    const entryId = await unlessUnavailable(() =>
      this.database.transaction(tenantId, async (tx) => {
        const recorded = await this.record(tx, naming(act, owners));
        await keep?.(tx, recorded);
        return recorded;
      }),
    );
    return issueReceipt(tenantId, entryId, owners);
  }

  /**
   * Records a refusal in a transaction of its own: the caller's is about to roll back. The same again and again is counted
   * after the tenth within a minute, and told as a count.
   */
  async recordRefusal(tenantId: TenantId, act: Act): Promise<void> {
    await unlessUnavailable(() => this.refusals.take(tenantId, act));
  }

  /** Tells of a tenant's counted refusals whose minute is over; with `all`, of every one. */
  tellRefusals(tenantId: TenantId, all: boolean): Promise<void> {
    return this.refusals.tell(tenantId, all);
  }

  /**
   * Returns an entry's bytes for a statement that inserts them itself (`append_message`).
   *
   * @param chain - where the intake's entries stand, as far as the caller knows; the statement compares it under the lock.
   */
  prepare(
    tenantId: TenantId,
    act: Act,
    chain?: Chain,
    sealed?: Readonly<Record<string, string>>,
  ): PreparedEntry {
    if (this.behind)
      throw new AppError('AUDIT_BACKLOG', 'The record is behind. Please try again in a moment.');
    if (this.skewed)
      throw new AppError(
        'AUDIT_UNAVAILABLE',
        'This could not be recorded, so it was not done: the clock of this service is wrong. Please tell whoever runs it.',
      );
    return this.testimony(tenantId, act, chain, sealed);
  }

  /** As `prepare`, whatever holds acts up: for what the log says of itself. */
  testimony(
    tenantId: TenantId,
    act: Act,
    chain?: Chain,
    sealed?: Readonly<Record<string, string>>,
  ): PreparedEntry {
    const id = newId<EntryId>();
    const writerN = (this.written.get(tenantId) ?? 0) + 1;
    const bytes = encodeEntry({
      v: 1,
      id,
      tenant: tenantId,
      at: this.clock.now().toISOString(),
      act: act.act,
      actor: act.actor,
      outcome: act.outcome ?? 'ok',
      writer: { id: this.writerId, n: writerN },
      ...(act.decision && {
        authz: {
          decision: act.decision.allowed ? ('allow' as const) : ('deny' as const),
          policies: act.decision.policies,
          policySet: act.decision.policySet,
        },
      }),
      ...(act.purpose !== undefined && { purpose: act.purpose }),
      ...(act.intakeId !== undefined &&
        chain !== undefined && {
          intake: {
            id: act.intakeId,
            n: chain.n + 1,
            ...(chain.prev !== undefined && { prev: chain.prev.toString('base64') }),
          },
        }),
      ...(act.refs !== undefined && { refs: act.refs }),
      ...(act.detail !== undefined && { detail: act.detail }),
      ...(act.ciphertext !== undefined && {
        ctHash: createHash('sha256').update(act.ciphertext).digest('base64'),
      }),
      ...(sealed !== undefined && Object.keys(sealed).length > 0 && { sealed }),
    });
    this.written.set(tenantId, writerN);
    return { id, bytes, leafHash: leafHash(bytes), writerN };
  }

  /**
   * Says that a prepared entry was not stored, so that the hole in this writer's numbers is explained later.
   *
   * @param cause - what came instead of an answer, where it is not known whether it was stored.
   */
  voidEntry(tenantId: TenantId, entry: Pick<PreparedEntry, 'id' | 'writerN'>, cause?: unknown): void {
    this.holes.add(tenantId, entry, cause);
  }

  /** Writes an entry `audit.void` for each tenant whose writer numbers have holes. Called by the log's clock. */
  async explainHoles(): Promise<void> {
    await this.holes.explain((tx, act) => this.record(tx, act));
  }
}

/** An entry has 16 KiB and a reading may be of thousands: how many they are is in the entry's detail, which they are in this. */
function naming(act: Act, owners: readonly string[]): Act {
  return owners.length < 2 ? act : { ...act, refs: { ...act.refs, scope: scopeOf(owners) } };
}

async function lockChain(tx: Tx, intakeId: string): Promise<Chain> {
  const [head] = await tx.query<{ audit_n: number; audit_prev: Buffer | null }>(
    'SELECT audit_n, audit_prev FROM intake_head WHERE tenant_id = $1 AND intake_id = $2 FOR UPDATE',
    [tx.tenantId, intakeId],
  );
  if (head === undefined) throw new AppError('NOT_FOUND', 'There is no such conversation.');
  return { n: head.audit_n, prev: head.audit_prev ?? undefined };
}

async function insert(tx: Tx, entry: PreparedEntry, intakeId: string | undefined, chain: Chain | undefined) {
  const values = [tx.tenantId, entry.id, entry.bytes];
  if (intakeId === undefined || chain === undefined)
    await tx.query('INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)', values);
  else
    await tx.query(
      `WITH chain AS (UPDATE intake_head SET audit_n = $5, audit_prev = $6 WHERE tenant_id = $1 AND intake_id = $4)
       INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)`,
      [...values, intakeId, chain.n + 1, entry.leafHash],
    );
}

function openings(personal: Act['personal']) {
  const commitments: Record<string, string> = {};
  const values: [field: string, opening: string][] = [];
  for (const [field, value] of Object.entries(personal ?? {})) {
    const salt = randomBytes(32);
    commitments[field] = commit(field, salt, value.normalize('NFC'));
    values.push([field, JSON.stringify({ salt: salt.toString('base64'), value: value.normalize('NFC') })]);
  }
  return { commitments, values };
}

/** Whatever keeps an entry from being written keeps the act from being done, and says no more than that. */
export async function unlessUnavailable<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'AUDIT_UNAVAILABLE',
      'This could not be recorded, so it was not done. Please try again.',
      {
        cause,
      },
    );
  }
}
