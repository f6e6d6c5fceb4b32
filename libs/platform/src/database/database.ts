import { AppError, type TenantId } from '@app/kernel';
import type { Pool, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

/** A transaction of one tenant. What is queried through it sees that tenant's rows and no others. */
export interface Tx {
  readonly tenantId: TenantId;
  readonly manager: EntityManager;
  /** Returns the rows. */
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs when the transaction has committed; what tells others of it goes here. */
  afterCommit(tell: () => void): void;
  /** Runs, and is waited for, when it has not: what was promised on its account is taken back, a refusal is recorded. */
  afterRollback(undo: () => void | Promise<void>): void;
}

/** The application's way to PostgreSQL. */
export class Database {
  constructor(private readonly source: DataSource) {}

  /**
   * Runs one act in one transaction of one tenant. It commits when `act` returns, and rolls back when it throws.
   *
   * @throws AppError `HELD` if the act would destroy what a legal hold keeps, `ERASED` if it would seal something for a
   * conversation that was erased: the database refused it.
   */
  async transaction<T>(tenantId: TenantId, act: (tx: Tx) => Promise<T>): Promise<T> {
    const committed: (() => void)[] = [];
    const rolledBack: (() => void | Promise<void>)[] = [];
    let result: T;
    try {
      result = await this.source.transaction(async (manager) => {
        await manager.query("SELECT set_config('app.tenant', $1, true)", [tenantId]);
        return act({
          tenantId,
          manager,
          query: (sql, values) => rows(manager, sql, values),
          afterCommit: (tell) => committed.push(tell),
          afterRollback: (undo) => rolledBack.push(undo),
        });
      });
    } catch (error) {
      for (const undo of rolledBack) await undo();
      throw refusalOf(error) ?? error;
    }
    for (const tell of committed) tell();
    return result;
  }

  /**
   * Runs one prepared statement that is a whole transaction: one round trip. The statement sets its tenant itself.
   *
   * @param name - of the prepared statement; one name stands for one text.
   */
  async statement<Row extends QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const { rows: found } = await this.pool.query<Row>({ name, text, values: [...values] });
    return found;
  }

  /** Returns rows of the tables that stand before any tenant: the directory of addresses. */
  directory<Row extends QueryResultRow>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return rows(this.source.manager, sql, values);
  }

  /**
   * Clears the dead rows of a table away now, where our role may: PostgreSQL 17 and later. Elsewhere the server warns, does
   * nothing, and clears them away in its next round.
   */
  async vacuum(table: 'data_key' | 'audit_opening'): Promise<void> {
    await this.source.manager.query(`VACUUM ${table}`);
  }

  close(): Promise<void> {
    return this.source.destroy();
  }

  private get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }
}

/** TypeORM answers an UPDATE or DELETE with [rows, count]; here it is always the rows. */
async function rows<Row extends QueryResultRow>(
  manager: EntityManager,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const answer: unknown = await manager.query(sql, [...values]);
  if (
    Array.isArray(answer) &&
    answer.length === 2 &&
    Array.isArray(answer[0]) &&
    typeof answer[1] === 'number'
  )
    return answer[0] as Row[];
  return answer as Row[];
}

/** What our own triggers refuse (migrations 1765000200000 and 1765000210000), in words. */
function refusalOf(error: unknown): AppError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'VH001')
    return new AppError(
      'HELD',
      'A legal hold keeps this. It can be destroyed when two people have released the hold.',
      { cause: error },
    );
  if (code === 'VE001')
    return new AppError('ERASED', 'This conversation was erased. Nobody can read it any more.', {
      cause: error,
    });
  return undefined;
}
