import { SECOND } from '@app/kernel';
import { localTime } from '../site/local-time';
import { mean, type Spread, spread } from './figures';

/** What is known of one conversation without opening it. */
export interface IntakeTimes {
  readonly createdAt: Date;
  /** When it first stood in a queue. A transfer does not change it. */
  readonly queuedAt: Date;
  /** When a staff member first took it. */
  readonly firstClaimedAt: Date | null;
  /** When a staff member first wrote. */
  readonly firstResponseAt: Date | null;
  readonly closedAt: Date | null;
  /** What the client gave it, 1 to 5. */
  readonly score: number | null;
}

/** One hour on the clocks of the site. The hour that comes twice in autumn is one row. */
export interface HourFigures {
  readonly hour: number;
  readonly arrived: number;
  readonly answered: number;
  readonly meanWaitSeconds?: number;
}

export interface DayFigures {
  readonly arrived: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly asaSeconds?: Spread;
  readonly firstResponseSeconds?: Spread;
  readonly csat: {
    readonly responses: number;
    readonly closed: number;
    readonly positive: number;
    readonly counts: [number, number, number, number, number];
  };
  readonly hours: HourFigures[];
}

/** From `from` on, before `to`. */
export interface Day {
  readonly timeZone: string;
  readonly from: Date;
  readonly to: Date;
}

/**
 * Returns the figures of a day from the times of its conversations:
 *
 * - *arrived*: begun today. *answered*: first taken by a staff member today, whenever begun.
 * - *asaSeconds*, average speed of answer: from first standing in a queue to first taken, over the answered ones.
 *   Who left unanswered is not in it, and stands beside it as *abandoned*: closed today and never taken.
 * - *firstResponseSeconds*: from first standing in a queue to the first message of a staff member, over those written today.
 * - *csat*: over the conversations closed today; *positive* is how many gave 4 or 5.
 */
export function dayFigures(intakes: readonly IntakeTimes[], day: Day): DayFigures {
  const answered = intakes.filter(({ firstClaimedAt }) => isIn(day, firstClaimedAt));
  const responded = intakes.filter(({ firstResponseAt }) => isIn(day, firstResponseAt));
  const closed = intakes.filter(({ closedAt }) => isIn(day, closedAt));
  const asaSeconds = spread(answered.map(waitSeconds));
  const firstResponseSeconds = spread(
    responded.map(({ queuedAt, firstResponseAt }) => secondsBetween(queuedAt, firstResponseAt)),
  );
  return {
    arrived: intakes.filter(({ createdAt }) => isIn(day, createdAt)).length,
    answered: answered.length,
    abandoned: closed.filter(({ firstClaimedAt }) => firstClaimedAt === null).length,
    ...(asaSeconds && { asaSeconds }),
    ...(firstResponseSeconds && { firstResponseSeconds }),
    csat: satisfaction(closed),
    hours: hourly(intakes, answered, day),
  };
}

function satisfaction(closed: readonly IntakeTimes[]): DayFigures['csat'] {
  const times = (score: number) => closed.filter((intake) => intake.score === score).length;
  const counts: [number, number, number, number, number] = [times(1), times(2), times(3), times(4), times(5)];
  return {
    responses: counts.reduce((sum, count) => sum + count, 0),
    closed: closed.length,
    positive: counts[3] + counts[4],
    counts,
  };
}

function hourly(intakes: readonly IntakeTimes[], answered: readonly IntakeTimes[], day: Day): HourFigures[] {
  const hourOf = (at: Date | null) =>
    at && isIn(day, at) ? Number(localTime(day.timeZone, at).time.slice(0, 2)) : -1;
  return Array.from({ length: 24 }, (_, hour) => {
    const taken = answered.filter(({ firstClaimedAt }) => hourOf(firstClaimedAt) === hour);
    const wait = mean(taken.map(waitSeconds));
    return {
      hour,
      arrived: intakes.filter(({ createdAt }) => hourOf(createdAt) === hour).length,
      answered: taken.length,
      ...(wait !== undefined && { meanWaitSeconds: Math.round(wait) }),
    };
  });
}

function waitSeconds({ queuedAt, firstClaimedAt }: IntakeTimes): number {
  return secondsBetween(queuedAt, firstClaimedAt);
}

function secondsBetween(from: Date, to: Date | null): number {
  return to === null ? 0 : (to.getTime() - from.getTime()) / SECOND;
}

function isIn({ from, to }: Day, at: Date | null): boolean {
  return at !== null && at >= from && at < to;
}
