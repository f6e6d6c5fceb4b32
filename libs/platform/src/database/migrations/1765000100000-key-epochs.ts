import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Versions of a tenant's key that come and go, and several data keys for one owner.
 *
 * A version is active (wraps what is new), decrypt-only (waits until the last backup that needs it is gone) or destroyed.
 * It only goes forward, and not to destroyed while a key still stands under it: that is held here, whatever the program
 * thinks.
 */
export class KeyEpochs1765000100000 implements MigrationInterface {
  readonly name = 'KeyEpochs1765000100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE tenant_key
        ADD COLUMN state        text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'decrypt-only', 'destroyed')),
        ADD COLUMN kms          text NOT NULL DEFAULT 'file',   -- which kind of provider holds its wrapping key …
        ADD COLUMN kek          text NOT NULL DEFAULT 'root',   -- … and under what name; 'root' is the one shared key of before
        ADD COLUMN replaced_at  timestamptz,                    -- since when another version is the active one
        ADD COLUMN retire_after timestamptz,                    -- may be destroyed then: nothing is left under it, and its backups are gone
        ADD COLUMN destroyed_at timestamptz;
      CREATE UNIQUE INDEX tenant_key_active ON tenant_key (tenant_id) WHERE state = 'active';
      GRANT UPDATE (state, kms, kek, wrapped, replaced_at, retire_after, destroyed_at) ON tenant_key TO vestibule_app;
      -- The clock of the epochs sees when whose key is due, and no key.
      CREATE POLICY clock ON tenant_key FOR SELECT TO vestibule_sequencer USING (true);
      GRANT SELECT (tenant_id, version, state, kek, created_at, retire_after) ON tenant_key TO vestibule_sequencer;

      ALTER TABLE data_key DROP CONSTRAINT data_key_pkey;
      ALTER TABLE data_key
        ADD COLUMN state  text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'decrypt-only')),
        ADD COLUMN sealed bigint NOT NULL DEFAULT 0,            -- how many values, as far as it has been counted
        ADD PRIMARY KEY (tenant_id, data_key_id);
      CREATE UNIQUE INDEX data_key_active ON data_key (tenant_id, owner) WHERE state = 'active';
      CREATE INDEX data_key_owner ON data_key (tenant_id, owner);
      CREATE INDEX data_key_version ON data_key (tenant_id, key_version);
      CREATE INDEX secret_version ON secret (tenant_id, key_version);
      GRANT UPDATE (state, sealed, key_version, wrapped), DELETE ON data_key TO vestibule_app;

      -- The lock keeps a version from being destroyed between a process's look at it and its use of it.
      CREATE FUNCTION key_version_lives() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM 1 FROM tenant_key t
          WHERE t.tenant_id = NEW.tenant_id AND t.version = NEW.key_version AND t.state <> 'destroyed' FOR SHARE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'version % of this tenant''s key is gone', NEW.key_version USING ERRCODE = 'VK001';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER version_lives BEFORE INSERT OR UPDATE OF key_version ON data_key
        FOR EACH ROW EXECUTE FUNCTION key_version_lives();
      CREATE TRIGGER version_lives BEFORE INSERT OR UPDATE OF key_version ON secret
        FOR EACH ROW EXECUTE FUNCTION key_version_lives();

      CREATE FUNCTION tenant_key_forward() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (OLD.state = 'decrypt-only' AND NEW.state = 'active') OR (OLD.state = 'destroyed' AND NEW.state <> 'destroyed') THEN
          RAISE EXCEPTION 'a tenant''s key does not come back' USING ERRCODE = 'VK001';
        END IF;
        IF NEW.state = 'destroyed' AND OLD.state <> 'destroyed' THEN
          IF EXISTS (SELECT 1 FROM data_key d WHERE d.tenant_id = OLD.tenant_id AND d.key_version = OLD.version)
             OR EXISTS (SELECT 1 FROM secret s WHERE s.tenant_id = OLD.tenant_id AND s.key_version = OLD.version) THEN
            RAISE EXCEPTION 'keys still stand under version % of this tenant''s key', OLD.version USING ERRCODE = 'VK002';
          END IF;
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER forward BEFORE UPDATE ON tenant_key FOR EACH ROW EXECUTE FUNCTION tenant_key_forward();
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
