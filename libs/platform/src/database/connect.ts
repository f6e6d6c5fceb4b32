import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations';

/** Runs the migrations as the owner, one after the other, each in a transaction, and leaves. */
export async function migrate(ownerUrl: string): Promise<void> {
  const owner = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    migrationsTableName: 'migration',
    poolSize: 2,
  });
  await owner.initialize();
  try {
    // Two processes that start together: the second waits, and then finds nothing left to do.
    const runner = owner.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock(7301002)');
    try {
      await owner.runMigrations();
    } finally {
      await runner.query('SELECT pg_advisory_unlock(7301002)');
      await runner.release();
    }
  } finally {
    await owner.destroy();
  }
}

/**
 * Opens the pool of one role.
 *
 * @param onError - hears of a connection that broke while idle; without somebody who listens that would end the process.
 */
export async function connect(
  url: string,
  poolSize: number,
  onError: (error: Error) => void,
): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [],
    poolSize,
    poolErrorHandler: onError,
    applicationName: 'vestibule',
    extra: { statement_timeout: 30_000, connectionTimeoutMillis: 10_000 },
  });
  return source.initialize();
}
