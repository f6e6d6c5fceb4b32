import type { Clock } from '@app/kernel';
import { actorOf, CLOCK, Database, Gate, Recorder, type StaffPrincipal } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { EntriesQuery } from '../messages';
import { type EntryRow, rowOf } from './entry-row';
import { ActsSeen, findEntries, findStaff, lastCheckpoint } from './log.store';

/** One page of the log, newest first, with what the filter's menus offer. */
export interface LogPage {
  readonly entries: readonly EntryRow[];
  /** Give it as `before` for the next page. Absent on the last. */
  readonly next?: number;
  readonly acts: readonly string[];
  readonly actors: readonly { readonly id: string; readonly name: string }[];
  /** The last one signed; size 0 before the first, at the instant of the reading. */
  readonly checkpoint: { readonly size: number; readonly signedAt: string };
}

/** The log, for a compliance officer. Whoever reads it stands in it. */
@Injectable()
export class OfficerLog {
  private readonly acts = new ActsSeen();

  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Records the reading with its filter, and then reads.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`, and nothing is read;
   * `UNEXPECTED` naming an entry whose bytes were changed.
   */
  async read(principal: StaffPrincipal, filter: EntriesQuery): Promise<LogPage> {
    const { tenantId } = principal;
    const attempt = {
      principal,
      action: 'audit.read',
      resource: { kind: 'tenant', id: tenantId },
    } as const;
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    const asked = Object.entries(filter).filter(
      (pair): pair is [string, string | number] => pair[1] !== undefined,
    );
    await this.recorder.recordRead(
      tenantId,
      { act: 'audit.read', actor: actorOf(principal), decision, detail: Object.fromEntries(asked) },
      [],
    );
    return this.database.transaction(tenantId, async (tx) => {
      const found = await findEntries(tx, filter);
      const actors = await findStaff(tx);
      const acts = await this.acts.of(tx);
      const checkpoint = await lastCheckpoint(tx);
      const names = new Map(actors.map(({ id, name }) => [id, name]));
      const beyond = found[filter.limit];
      return {
        entries: found.slice(0, filter.limit).map((stored) => rowOf(stored, names)),
        // An entry without a place is asked for again by the place that it will have: behind all that have one.
        ...(beyond !== undefined && { next: beyond.idx === null ? NO_PLACE_YET : Number(beyond.idx) + 1 }),
        acts,
        actors,
        checkpoint: {
          size: checkpoint?.size ?? 0,
          signedAt: (checkpoint?.signedAt ?? this.clock.now()).toISOString(),
        },
      };
    });
  }
}

/** Above every index, and within the digits that `before` may have. */
const NO_PLACE_YET = 999_999_999_999_999;
