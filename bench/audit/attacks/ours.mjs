// @ts-check
// The same ten on our log. Whoever tries owns the database and makes the tree anew over what they leave; they have not the
// log's key, and not the file of what was signed last. Each returns what noticed it, and nothing if nothing did.
import { randomUUID } from 'node:crypto';
import { exportOmitting } from './omission.mjs';
import { audit, kernel } from '../product.mjs';
import { startWitness } from './witness.mjs';

/** @typedef {import('./lab.mjs').Lab} Lab */

/** Moves the entries from an index on, and keeps every column. @param {Lab} lab @param {number} from @param {number} by */
async function move(lab, from, by) {
  await lab.asSuperuser(`UPDATE audit_entry SET idx = -idx - 1 WHERE tenant_id = :tenant AND idx >= ${from}`);
  await lab.asSuperuser(
    `UPDATE audit_entry SET idx = -idx - 1 + ${by} WHERE tenant_id = :tenant AND idx < 0`,
  );
}

/** Makes leaf hashes, tree and head anew, and takes away checkpoints of sizes that are no more. @param {Lab} lab */
async function makeGood(lab) {
  await lab.asSuperuser(
    "UPDATE audit_entry SET leaf_hash = sha256('\\x00'::bytea || entry) WHERE tenant_id = :tenant",
  );
  const { rows } = await lab.asSuperuser(
    'SELECT leaf_hash FROM audit_entry WHERE tenant_id = :tenant ORDER BY idx',
  );
  const { CompactRange } = audit();
  const tree = CompactRange.empty();
  for (const { leaf_hash } of rows) tree.append(leaf_hash);
  await lab.asSuperuser('UPDATE audit_head SET size = $1, compact = $2 WHERE tenant_id = :tenant', [
    tree.size,
    Buffer.concat(tree.hashes()),
  ]);
  await lab.asSuperuser('DELETE FROM audit_checkpoint WHERE tenant_id = :tenant AND size > $1', [tree.size]);
}

/** What notices when the program goes on: the next signature, and scrubbing. @param {Lab} lab */
async function goOn(lab) {
  await lab.act(1);
  const refused = await lab.sign();
  const found = await lab.scrub();
  return [refused && `the signer: ${refused}`, found].filter(Boolean).join('; ') || undefined;
}

const CHANGED = "convert_to(replace(convert_from(entry, 'UTF8'), 'bench.act', 'bench.bct'), 'UTF8')";

/** @param {string} id @param {string} tenant @param {string} at */
function forged(id, tenant, at) {
  return audit().encodeEntry({
    v: 1,
    id,
    tenant,
    at,
    act: 'bench.forged',
    actor: { kind: 'system', id: 'somebody' },
    outcome: 'ok',
    writer: { id: randomUUID(), n: 1 },
  });
}

/** @type {Record<string, (lab: Lab) => Promise<string | undefined>>} */
export const TRIES = {
  async edit(lab) {
    await lab.asSuperuser(
      `UPDATE audit_entry SET entry = ${CHANGED}, act = 'bench.bct' WHERE tenant_id = :tenant AND idx = 5`,
    );
    await makeGood(lab);
    return goOn(lab);
  },
  async 'delete from the middle'(lab) {
    await lab.asSuperuser('DELETE FROM audit_entry WHERE tenant_id = :tenant AND idx = 5');
    await move(lab, 6, -1);
    await makeGood(lab);
    return goOn(lab);
  },
  async 'delete the tail'(lab) {
    await lab.asSuperuser('DELETE FROM audit_entry WHERE tenant_id = :tenant AND idx > 8');
    await makeGood(lab);
    return goOn(lab);
  },
  async swap(lab) {
    await lab.asSuperuser('UPDATE audit_entry SET idx = -idx WHERE tenant_id = :tenant AND idx IN (3, 4)');
    await lab.asSuperuser('UPDATE audit_entry SET idx = 7 + idx WHERE tenant_id = :tenant AND idx < 0');
    await makeGood(lab);
    return goOn(lab);
  },
  async insert(lab) {
    await move(lab, 6, 1);
    const id = randomUUID();
    await lab.asSuperuser(
      `INSERT INTO audit_entry (tenant_id, idx, entry_id, leaf_hash, entry, at, act, actor_id, outcome)
       SELECT tenant_id, 6, $1, leaf_hash, $2, at, 'bench.forged', 'somebody', 'ok' FROM audit_entry WHERE tenant_id = :tenant AND idx = 5`,
      [id, forged(id, lab.tenant, new Date().toISOString())],
    );
    await makeGood(lab);
    return goOn(lab);
  },
  async backdate(lab) {
    const id = randomUUID();
    const lastMonth = new Date(Date.now() - 30 * 24 * 3_600_000).toISOString();
    await lab.asSuperuser('INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES (:tenant, $1, $2)', [
      id,
      forged(id, lab.tenant, lastMonth),
    ]);
    await lab.sign();
    const { rows } = await lab.asSuperuser(
      "SELECT entry FROM audit_entry WHERE tenant_id = :tenant AND act = 'clock.skew'",
    );
    const [said] = rows.map(({ entry }) => JSON.parse(entry.toString()));
    return said?.refs.entry === id ? `the log itself: clock.skew ${JSON.stringify(said.detail)}` : undefined;
  },
  async fork(lab) {
    const witness = await startWitness(await lab.log.signer.vkey(lab.tenant));
    try {
      const other = await lab.fork();
      const tell = async (/** @type {any} */ log) => witness.show(log, lab.tenant);
      await lab.act(1);
      await lab.act(2, other);
      for (const log of [lab.log, other]) if (await lab.sign(log)) return undefined;
      const [first, second] = [await tell(lab.log), await tell(other)];
      return first === 'cosigned' && second !== 'cosigned'
        ? `a witness: ${second} for the second history`
        : undefined;
    } finally {
      await witness.stop();
    }
  },
  async 'restore a snapshot'(lab) {
    const restore = await lab.snapshot();
    await lab.act(2);
    if (await lab.sign()) return undefined;
    await restore();
    const refused = await lab.sign();
    return refused && `the signer: ${refused}`;
  },
  'omit from an export': (lab) => exportOmitting(lab, 5),
  async 'disable logging'(lab) {
    await lab.owner
      .query(`CREATE FUNCTION discard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER discard BEFORE INSERT ON audit_pending FOR EACH ROW EXECUTE FUNCTION discard()`);
    await lab.act(1);
    await lab.owner.query('DROP TRIGGER discard ON audit_pending');
    await lab.act(1);
    await lab.sign();
    const { systemClock, later } = kernel();
    const soon = await lab.at({ now: () => later(systemClock.now(), 11 * 60_000) });
    const found = await lab.scrub(soon.scrubber);
    return found && `${found}, ten minutes later`;
  },
};
