import { AppError, type Clock, later, SECOND, type TenantId } from '@app/kernel';
import type { EvidencePolicy } from '@app/policies';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Database, Tx } from '../../database/database';
import type { Recorder } from '../recording/recorder';
import { Rounds } from '../rounds';
import { latestCheckpoint } from '../witnessing/witness.store';
import { bytesOf } from '../witnessing/witness-client';
import { anchorAt, dueLogs, keepAnchor, type StoredAnchor } from './anchor.store';
import { grantedResponse, newNonce, NotStamped, timestampRequest } from './timestamp-request';
import type { CheckStamp, StampInfo } from './timestamps';

const LOOK_EVERY_MS = 15 * SECOND;
const MAX_ANSWER_BYTES = 64 * 1024;

/** A time-stamping authority, and who vouches for it. */
export interface Authority {
  readonly url: string;
  /** Certificates, PEM. */
  readonly caPem: string;
  readonly check: CheckStamp;
}

/** Why the log is not being stamped, since when. */
export interface AnchorFault {
  readonly code: string;
  readonly since: Date;
  readonly isAlarmed: boolean;
}

/** Has the log stamped by a time-stamping authority: every hour, and for each export. No act waits for it. */
export class Anchors {
  private readonly rounds: Rounds;
  private readonly ending = new AbortController();
  private readonly stamping = new Map<TenantId, Promise<StoredAnchor | undefined>>();
  private readonly faults = new Map<TenantId, AnchorFault>();

  constructor(
    /** Absent: nothing is stamped. */
    readonly authority: Authority | undefined,
    private readonly policy: EvidencePolicy,
    /** A pool of the role `vestibule_sequencer`, which sees all tenants. */
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly recorder: Recorder,
    private readonly clock: Clock,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.rounds = new Rounds(LOOK_EVERY_MS, () => this.pass(), onFault);
  }

  start(): void {
    if (this.authority !== undefined) this.rounds.start();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.rounds.stop();
    await Promise.allSettled(this.stamping.values());
  }

  /** Has every log stamped whose last stamp is older than the policy says. */
  async pass(): Promise<void> {
    if (this.authority === undefined) return;
    const due = await dueLogs(this.source, later(this.clock.now(), -this.policy.anchorSeconds * SECOND));
    for (const tenantId of due) if (!this.ending.signal.aborted) await this.stampNow(tenantId);
  }

  /**
   * Has the last checkpoint stamped, keeps the token, and logs it back: what follows that entry is younger than the token.
   *
   * @returns undefined if there is no authority, no checkpoint yet, or no stamp was to be had; `fault` says why.
   */
  async stampNow(tenantId: TenantId): Promise<StoredAnchor | undefined> {
    const { authority } = this;
    if (authority === undefined) return undefined;
    const underWay = this.stamping.get(tenantId);
    if (underWay !== undefined) return underWay;
    const stamping = this.stamp(tenantId, authority)
      .catch(async (error: unknown) => {
        await this.failed(tenantId, codeOf(error, this.ending.signal.aborted));
        return undefined;
      })
      .finally(() => this.stamping.delete(tenantId));
    this.stamping.set(tenantId, stamping);
    return stamping;
  }

  /** Why a log is not being stamped. Absent while it is. */
  fault(tenantId: TenantId): AnchorFault | undefined {
    return this.faults.get(tenantId);
  }

  private async stamp(tenantId: TenantId, authority: Authority): Promise<StoredAnchor | undefined> {
    const [last, known] = await this.database.transaction(tenantId, async (tx) => {
      const checkpoint = await latestCheckpoint(tx);
      return [checkpoint, checkpoint && (await anchorAt(tx, checkpoint.size))] as const;
    });
    if (last === undefined || known !== undefined) return known;
    const text = last.note.slice(0, last.note.indexOf('\n\n') + 1);
    const imprint = createHash('sha256').update(text).digest();
    const nonce = newNonce();
    const response = grantedResponse(await this.ask(authority.url, timestampRequest(imprint, nonce)));
    const info = checked(authority, response, imprint);
    if (info.nonce !== nonce.toString('hex')) throw new NotStamped('other-nonce');
    const anchor = { size: last.size, stampedAt: info.at, response };
    await this.database.transaction(tenantId, async (tx) => {
      const entryId = await this.recordStamp(tx, anchor);
      await keepAnchor(tx, anchor, entryId);
    });
    this.faults.delete(tenantId);
    return anchor;
  }

  private recordStamp(tx: Tx, { size, response }: StoredAnchor) {
    return this.recorder.record(tx, {
      act: 'anchor.stamped',
      actor: { kind: 'system', id: 'anchoring' },
      refs: { token: createHash('sha256').update(response).digest('hex') },
      detail: { size },
    });
  }

  private async ask(url: string, request: Buffer): Promise<Buffer> {
    const timeout = AbortSignal.timeout(this.policy.requestTimeoutSeconds * SECOND);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/timestamp-query', Accept: 'application/timestamp-reply' },
      body: new Uint8Array(request),
      redirect: 'error',
      signal: AbortSignal.any([timeout, this.ending.signal]),
    });
    if (answer.status !== 200) throw new NotStamped(`http-${answer.status}`);
    return bytesOf(answer, MAX_ANSWER_BYTES);
  }

  /** Remembers it, and says so in the log once it has lasted as long as a witness may be away. */
  private async failed(tenantId: TenantId, code: string | undefined): Promise<void> {
    if (code === undefined) return;
    const now = this.clock.now();
    const before = this.faults.get(tenantId);
    const since = before?.since ?? now;
    const isLong = now.getTime() - since.getTime() >= this.policy.witnessAlarmSeconds * SECOND;
    try {
      if (isLong && before?.isAlarmed !== true)
        await this.database.transaction(tenantId, (tx) =>
          this.recorder.record(tx, {
            act: 'anchor.missing',
            actor: { kind: 'system', id: 'anchoring' },
            detail: { reason: code },
          }),
        );
      this.faults.set(tenantId, { code, since, isAlarmed: isLong || before?.isAlarmed === true });
    } catch (error) {
      this.faults.set(tenantId, { code, since, isAlarmed: before?.isAlarmed === true });
      this.onFault(error);
    }
  }
}

/** @throws NotStamped naming what does not hold. */
function checked({ check, caPem }: Authority, response: Buffer, imprint: Buffer): StampInfo {
  try {
    return check(response, imprint, caPem);
  } catch (cause) {
    throw new NotStamped((cause as { code?: string }).code === 'untrusted' ? 'untrusted' : 'bad-token', {
      cause,
    });
  }
}

/** A code for the log and the page; nothing for the end of the program. */
function codeOf(error: unknown, isEnding: boolean): string | undefined {
  if (isEnding) return undefined;
  if (error instanceof NotStamped) return error.message;
  if (error instanceof AppError) return 'not-recorded';
  const { name } = error as { name?: string };
  if (name === 'TimeoutError') return 'timed-out';
  return name === 'TypeError' ? 'unreachable' : 'bad-answer';
}
