import { type Clock, type QueueId, SECOND } from '@app/kernel';
import { CLOCK, Database, Gate, type StaffPrincipal, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { dateAfter, localTime, startOf } from '../site/local-time';
import { parseDefinition, queuesServing } from '../site/site-definition';
import { type DayFigures, dayFigures, type IntakeTimes } from './day-figures';

export interface QueueNow {
  readonly id: QueueId;
  readonly name: string;
  readonly waiting: number;
  readonly longestWaitSeconds?: number;
}

/** A supervisor's day: `docs/PROTOCOL.md`, `Today`. */
export interface Today extends DayFigures {
  /** `YYYY-MM-DD`, where the site is. */
  readonly date: string;
  readonly waiting: number;
  readonly queues: readonly QueueNow[];
}

/** How the day goes, from times and counts only: no row that is read here holds anything that was said. */
@Injectable()
export class TodayService {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the figures of a supervisor's queues, for the day that it is at their site. @throws AppError `ACCESS_DENIED`. */
  today(supervisor: StaffPrincipal): Promise<Today> {
    const { tenantId, queues } = supervisor;
    return this.database.transaction(tenantId, async (tx) => {
      this.gate.pass(tx, {
        principal: supervisor,
        action: 'insight.read',
        resource: { kind: 'tenant', id: tenantId },
      });
      const now = this.clock.now();
      const timeZone = await timeZoneOf(tx, queues);
      const { date } = localTime(timeZone, now);
      const day = { timeZone, from: startOf(timeZone, date), to: startOf(timeZone, dateAfter(date, 1)) };
      const figures = dayFigures(await timesOf(tx, queues, day.from, day.to), day);
      const queuesNow = await waitingIn(tx, queues, now);
      return {
        date,
        ...figures,
        waiting: queuesNow.reduce((sum, { waiting }) => sum + waiting, 0),
        queues: queuesNow,
      };
    });
  }
}

/** The day is the site's. Where the queues serve sites in two time zones, it is that of the first by address. */
async function timeZoneOf(tx: Tx, queues: readonly QueueId[]): Promise<string> {
  const sites = await tx.query<{ definition: unknown }>(
    'SELECT definition FROM site WHERE tenant_id = $1 ORDER BY slug',
    [tx.tenantId],
  );
  const served = sites
    .map(({ definition }) => parseDefinition(definition))
    .find((definition) => queuesServing(definition).some((queueId) => queues.includes(queueId)));
  return served?.timeZone ?? 'UTC';
}

function timesOf(tx: Tx, queues: readonly QueueId[], from: Date, to: Date): Promise<IntakeTimes[]> {
  return tx.query<IntakeTimes>(
    `SELECT i.created_at AS "createdAt", i.queued_at AS "queuedAt", i.first_claimed_at AS "firstClaimedAt",
            i.first_response_at AS "firstResponseAt", i.closed_at AS "closedAt", r.score
     FROM intake i LEFT JOIN rating r ON r.tenant_id = i.tenant_id AND r.intake_id = i.intake_id
     WHERE i.tenant_id = $1 AND i.queue_id = ANY($2::uuid[])
       AND ((i.created_at >= $3 AND i.created_at < $4) OR (i.first_claimed_at >= $3 AND i.first_claimed_at < $4)
         OR (i.first_response_at >= $3 AND i.first_response_at < $4) OR (i.closed_at >= $3 AND i.closed_at < $4))`,
    [tx.tenantId, queues, from, to],
  );
}

async function waitingIn(tx: Tx, queues: readonly QueueId[], now: Date): Promise<QueueNow[]> {
  const rows = await tx.query<{ id: QueueId; name: string; waiting: number; since: Date | null }>(
    `SELECT q.queue_id AS id, q.name, count(i.intake_id)::int AS waiting, min(i.queued_at) AS since
     FROM queue q
     LEFT JOIN intake i ON i.tenant_id = q.tenant_id AND i.queue_id = q.queue_id AND i.state = 'waiting'
     WHERE q.tenant_id = $1 AND q.queue_id = ANY($2::uuid[])
     GROUP BY q.queue_id, q.name ORDER BY q.name`,
    [tx.tenantId, queues],
  );
  return rows.map(({ since, ...queue }) => ({
    ...queue,
    ...(since && { longestWaitSeconds: Math.round((now.getTime() - since.getTime()) / SECOND) }),
  }));
}
