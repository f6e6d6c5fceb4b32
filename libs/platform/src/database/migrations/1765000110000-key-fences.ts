import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Triggers of one table run in the order of their names: a legal hold says so before a use that it is part of. */
export class KeyFences1765000110000 implements MigrationInterface {
  readonly name = 'KeyFences1765000110000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TRIGGER forward ON tenant_key RENAME TO only_forward');
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
