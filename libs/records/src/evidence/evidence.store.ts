import type { Tx } from '@app/platform';

/** What the log says of itself when something is wrong with it, or is right again. */
const ALARMS = [
  'witness.away',
  'witness.refused',
  'witness.back',
  'anchor.missing',
  'log.altered',
  'log.gap',
  'log.rewound',
  'log.restored',
];
const MOST_ALARMS = 20;

/** How far the log is. */
export interface LogHead {
  /** Entries that have their number. */
  readonly numbered: number;
  /** Entries that wait for one. */
  readonly waiting: number;
  /** When the oldest entry was written that no checkpoint covers. Absent if all are covered. */
  readonly unsignedSince: Date | undefined;
}

export interface Alarm {
  readonly at: string;
  readonly act: string;
  readonly index: number;
  /** Which witness, what was found. */
  readonly about: Readonly<Record<string, string | number>>;
}

export async function readHead(tx: Tx, signed: number): Promise<LogHead> {
  const [row] = await tx.query<{ size: string; waiting: string; since: Date | null }>(
    `SELECT h.size, p.waiting, least(p.since, (SELECT at FROM audit_entry WHERE tenant_id = $1 AND idx = $2)) AS since
     FROM audit_head h, (SELECT count(*) AS waiting, min(arrived_at) AS since FROM audit_pending WHERE tenant_id = $1) p
     WHERE h.tenant_id = $1`,
    [tx.tenantId, signed],
  );
  return {
    numbered: Number(row?.size ?? 0),
    waiting: Number(row?.waiting ?? 0),
    unsignedSince: row?.since ?? undefined,
  };
}

/** Returns the last alarms, the newest first. */
export async function readAlarms(tx: Tx, since: Date): Promise<Alarm[]> {
  const rows = await tx.query<{ idx: string; entry: Buffer }>(
    `SELECT idx, entry FROM audit_entry WHERE tenant_id = $1 AND at >= $2 AND act = ANY ($3)
     ORDER BY idx DESC LIMIT ${MOST_ALARMS}`,
    [tx.tenantId, since, ALARMS],
  );
  return rows.map(({ idx, entry }) => {
    const { at, act, refs, detail } = JSON.parse(entry.toString('utf8')) as {
      at: string;
      act: string;
      refs?: Record<string, string>;
      detail?: Record<string, string | number>;
    };
    return { at, act, index: Number(idx), about: { ...refs, ...detail } };
  });
}
