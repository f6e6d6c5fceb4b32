// @ts-check
// What is measured side by side: the same act, one row of 600 bytes behind the same fence, kept in one round trip, and six
// ways to record it. Each is one function in the database, called through one prepared statement by the same client.

export const BYTES = 600;

/**
 * @typedef {object} System
 * @property {string} name
 * @property {'none' | 'plain' | 'trigger' | 'chain' | 'ours'} how
 * @property {'ours' | 'debian'} server
 */

/** @type {System[]} */
export const SYSTEMS = [
  { name: 'no audit', how: 'none', server: 'ours' },
  { name: 'plain audit table', how: 'plain', server: 'ours' },
  { name: 'trigger table', how: 'trigger', server: 'ours' },
  { name: 'hash chain', how: 'chain', server: 'ours' },
  { name: 'ours', how: 'ours', server: 'ours' },
  { name: 'no audit, PostgreSQL 15', how: 'none', server: 'debian' },
  { name: 'pgaudit, PostgreSQL 15', how: 'none', server: 'debian' },
];

/** Tables and functions. @param {string} role  who writes  @param {boolean} withOurs */
export function schema(role, withOurs) {
  const doc = (/** @type {string} */ name) => `
    CREATE TABLE bench.${name} (tenant_id uuid NOT NULL, doc_id uuid PRIMARY KEY, body bytea NOT NULL);
    ALTER TABLE bench.${name} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON bench.${name} USING (tenant_id = current_setting('app.tenant')::uuid);`;
  const log = (/** @type {string} */ name, /** @type {string} */ more) => `
    CREATE TABLE bench.${name} (
      tenant_id uuid NOT NULL, n bigserial, entry_id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), actor text NOT NULL,
      act text NOT NULL, entry text NOT NULL${more});
    CREATE INDEX ON bench.${name} (tenant_id, at);
    ALTER TABLE bench.${name} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON bench.${name} USING (tenant_id = current_setting('app.tenant')::uuid);`;
  const act = (/** @type {string} */ how, /** @type {string} */ audit, declare = '') => `
    CREATE FUNCTION bench.act_${how}(p_tenant uuid, p_doc uuid, p_body bytea, p_entry_id uuid, p_entry bytea) RETURNS void
    LANGUAGE plpgsql AS $$ ${declare} BEGIN
      PERFORM set_config('app.tenant', p_tenant::text, true);
      INSERT INTO bench.doc_${how} VALUES (p_tenant, p_doc, p_body);
      ${audit}
    END $$;`;
  const entry = "p_tenant, p_entry_id, 'a-person', 'bench.act', convert_from(p_entry, 'UTF8')";
  return `
    CREATE SCHEMA bench;
    ${doc('doc_none')} ${act('none', '')}
    ${doc('doc_plain')} ${log('audit_plain', '')}
    ${act('plain', `INSERT INTO bench.audit_plain (tenant_id, entry_id, actor, act, entry) VALUES (${entry});`)}
    ${doc('doc_trigger')} ${log('audit_trigger', '')} ${act('trigger', '')}
    CREATE FUNCTION bench.write_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO bench.audit_trigger (tenant_id, entry_id, actor, act, entry)
        VALUES (NEW.tenant_id, gen_random_uuid(), current_user, TG_OP, to_jsonb(NEW)::text);
      RETURN NULL;
    END $$;
    CREATE TRIGGER write_down AFTER INSERT OR UPDATE OR DELETE ON bench.doc_trigger FOR EACH ROW EXECUTE FUNCTION bench.write_down();
    ${doc('doc_chain')} ${log('audit_chain', ', hash bytea NOT NULL')}
    CREATE TABLE bench.chain_head (tenant_id uuid PRIMARY KEY, hash bytea NOT NULL);
    ${act(
      'chain',
      `SELECT hash INTO v_prev FROM bench.chain_head WHERE tenant_id = p_tenant FOR UPDATE;
       v_prev := sha256(v_prev || p_entry);
       INSERT INTO bench.audit_chain (tenant_id, entry_id, actor, act, entry, hash) VALUES (${entry}, v_prev);
       UPDATE bench.chain_head SET hash = v_prev WHERE tenant_id = p_tenant;`,
      'DECLARE v_prev bytea;',
    )}
    ${withOurs ? doc('doc_ours') + act('ours', 'INSERT INTO public.audit_pending (tenant_id, entry_id, entry) VALUES (p_tenant, p_entry_id, p_entry);') : ''}
    GRANT USAGE ON SCHEMA bench TO ${role};
    GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA bench TO ${role};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA bench TO ${role};`;
}
