import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Erased conversations: when each was erased, until when copies of it can still be read, and which entries say so.
 *
 * No data key is made for an erased conversation any more (SQLSTATE `VE001`), whoever asks: what is unreadable stays so.
 */
export class Erasures1765000210000 implements MigrationInterface {
  readonly name = 'Erasures1765000210000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE intake ADD COLUMN erased_at timestamptz;

      CREATE TABLE erasure (
        tenant_id       uuid NOT NULL,
        erasure_id      uuid NOT NULL,
        intake_id       uuid NOT NULL,
        purpose         text NOT NULL,
        requested_by    uuid NOT NULL,
        requested_at    timestamptz NOT NULL,       -- from then on the running system cannot read it
        unreadable_by   timestamptz NOT NULL,       -- by then no copy in any backup can be read
        key_version     int NOT NULL,               -- the highest version of the tenant's key that ever wrapped a key of it
        request_entry   uuid NOT NULL,
        effective_at    timestamptz,                -- since then that is so: this version and all before it are destroyed
        effective_entry uuid,
        PRIMARY KEY (tenant_id, erasure_id),
        UNIQUE (tenant_id, intake_id),
        FOREIGN KEY (tenant_id, intake_id) REFERENCES intake,
        CHECK ((effective_at IS NULL) = (effective_entry IS NULL))
      );
      CREATE INDEX erasure_pending ON erasure (tenant_id) WHERE effective_at IS NULL;
      CALL fence('erasure');
      GRANT SELECT, INSERT ON erasure TO vestibule_app;
      GRANT UPDATE (effective_at, effective_entry) ON erasure TO vestibule_app;
      CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON erasure
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE FUNCTION erased_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at THEN
          RAISE EXCEPTION 'an erased conversation stays erased' USING ERRCODE = 'VE001';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER erased BEFORE UPDATE OF erased_at ON intake FOR EACH ROW EXECUTE FUNCTION erased_stays_erased();

      CREATE FUNCTION no_key_once_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT 1 FROM intake i WHERE i.tenant_id = NEW.tenant_id AND i.intake_id::text = NEW.owner
                   AND i.erased_at IS NOT NULL) THEN
          RAISE EXCEPTION 'this conversation was erased' USING ERRCODE = 'VE001';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER erased BEFORE INSERT ON data_key FOR EACH ROW EXECUTE FUNCTION no_key_once_erased();
      CREATE UNIQUE INDEX intake_erased ON intake (tenant_id, (intake_id::text)) WHERE erased_at IS NOT NULL;

      GRANT DELETE ON audit_opening, verification, client_session TO vestibule_app;

      -- The dead rows of a deleted key are cleared away within the next round of autovacuum; where a role may be told to
      -- vacuum (PostgreSQL 17), ours does so at once.
      ALTER TABLE data_key SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1);
      ALTER TABLE audit_opening SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1);
      DO $$
      BEGIN
        IF current_setting('server_version_num')::int >= 170000 THEN
          EXECUTE 'GRANT MAINTAIN ON data_key, audit_opening TO vestibule_app';
        END IF;
      END $$;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
