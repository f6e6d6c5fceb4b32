import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Legal holds: while one stands on an intake, nothing that makes the intake readable may be destroyed. The database refuses
 * by itself (SQLSTATE `VH001`), whoever asks and whatever the program believes:
 *
 * 1. the intake's data keys may not be deleted,
 * 2. nor the openings of its entries,
 * 3. nor may a version of the tenant's key be destroyed that still wraps a data key of it.
 * 4. The log is not pruned: `audit_entry` refuses every deletion, held or not (migration 1764000200000).
 */
export class Holds1765000200000 implements MigrationInterface {
  readonly name = 'Holds1765000200000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE hold (
        tenant_id        uuid NOT NULL,
        hold_id          uuid NOT NULL,
        intake_id        uuid NOT NULL,
        sealed_reason    bytea NOT NULL,
        placed_by        uuid NOT NULL,
        placed_at        timestamptz NOT NULL,
        release_asked_by uuid,
        release_asked_at timestamptz,
        released_by      uuid,
        released_at      timestamptz,
        PRIMARY KEY (tenant_id, hold_id),
        FOREIGN KEY (tenant_id, intake_id) REFERENCES intake,
        FOREIGN KEY (tenant_id, placed_by) REFERENCES staff_member,
        FOREIGN KEY (tenant_id, release_asked_by) REFERENCES staff_member,
        FOREIGN KEY (tenant_id, released_by) REFERENCES staff_member,
        CHECK ((release_asked_by IS NULL) = (release_asked_at IS NULL)),
        CHECK ((released_by IS NULL) = (released_at IS NULL)),
        -- Two people release a hold: nobody confirms what they asked for.
        CHECK (released_by IS NULL OR release_asked_by IS NOT NULL AND release_asked_by <> released_by)
      );
      CREATE INDEX hold_on ON hold (tenant_id, intake_id) WHERE released_at IS NULL;
      CALL fence('hold');
      GRANT SELECT, INSERT ON hold TO vestibule_app;
      GRANT UPDATE (release_asked_by, release_asked_at, released_by, released_at) ON hold TO vestibule_app;

      CREATE FUNCTION keep_hold() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.released_at IS NOT NULL THEN
          RAISE EXCEPTION 'a released hold does not change' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER keep_hold BEFORE UPDATE ON hold FOR EACH ROW EXECUTE FUNCTION keep_hold();
      CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON hold
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE VIEW held_intake WITH (security_invoker = true) AS
        SELECT DISTINCT tenant_id, intake_id FROM hold WHERE released_at IS NULL;
      GRANT SELECT ON held_intake TO vestibule_app;

      CREATE PROCEDURE refuse_if_held(the_tenant uuid, the_owner text, what text) LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT 1 FROM held_intake h WHERE h.tenant_id = the_tenant AND h.intake_id::text = the_owner) THEN
          RAISE EXCEPTION 'a legal hold keeps this %', what USING ERRCODE = 'VH001';
        END IF;
      END $$;

      CREATE FUNCTION hold_data_key() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        CALL refuse_if_held(OLD.tenant_id, OLD.owner, 'data key');
        RETURN OLD;
      END $$;
      CREATE TRIGGER hold BEFORE DELETE ON data_key FOR EACH ROW EXECUTE FUNCTION hold_data_key();
      CREATE TRIGGER whole BEFORE TRUNCATE ON data_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE FUNCTION hold_opening() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        the_intake text;
      BEGIN
        SELECT e.intake_id INTO the_intake FROM audit_entry e
          WHERE e.tenant_id = OLD.tenant_id AND e.entry_id = OLD.entry_id;
        IF NOT FOUND THEN
          SELECT convert_from(p.entry, 'UTF8')::jsonb -> 'intake' ->> 'id' INTO the_intake FROM audit_pending p
            WHERE p.entry_id = OLD.entry_id;
        END IF;
        CALL refuse_if_held(OLD.tenant_id, the_intake, 'opening');
        RETURN OLD;
      END $$;
      CREATE TRIGGER hold BEFORE DELETE ON audit_opening FOR EACH ROW EXECUTE FUNCTION hold_opening();
      CREATE TRIGGER whole BEFORE TRUNCATE ON audit_opening FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- Whole rows as JSON: whether a key's row says its state or loses its bytes, it is destroyed.
      CREATE FUNCTION hold_tenant_key() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        the_owner text;
      BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> 'state' IS NOT DISTINCT FROM to_jsonb(OLD) ->> 'state'
           AND coalesce(octet_length(NEW.wrapped), 0) > 0 THEN
          RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) ->> 'state' <> 'destroyed' AND coalesce(octet_length(NEW.wrapped), 0) > 0 THEN
          RETURN NEW;
        END IF;
        FOR the_owner IN SELECT k.owner FROM data_key k JOIN held_intake h
            ON h.tenant_id = k.tenant_id AND h.intake_id::text = k.owner
            WHERE k.tenant_id = OLD.tenant_id AND k.key_version = OLD.version LIMIT 1 LOOP
          CALL refuse_if_held(OLD.tenant_id, the_owner, 'version of the tenant key');
        END LOOP;
        IF TG_OP = 'DELETE' THEN
          RETURN OLD;
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER hold BEFORE UPDATE OR DELETE ON tenant_key FOR EACH ROW EXECUTE FUNCTION hold_tenant_key();
      CREATE TRIGGER whole BEFORE TRUNCATE ON tenant_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
