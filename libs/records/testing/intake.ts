import { type IntakeId, newId, type TenantId } from '@app/kernel';
import { Database, Keys, Recorder } from '@app/platform';
import type { House } from './house';

/** What a test says in a conversation: none of it may be readable anywhere once it is erased. */
export const SAID = 'My knee has hurt since Tuesday, Zebedee Quillfeather';

/** Adds a conversation with one message, a form, a rating, a session of the client and an entry with a sealed value. */
export async function startIntake(house: House, tenantId: TenantId): Promise<IntakeId> {
  const intakeId = newId<IntakeId>();
  const siteId = newId<string>();
  const queueId = newId<string>();
  const keys = house.app.get(Keys);
  await house.app.get(Database).transaction(tenantId, async (tx) => {
    await tx.query(
      `INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, $3, 'A site', '{}')`,
      [tenantId, siteId, siteId.slice(0, 18)],
    );
    await tx.query(`INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, 'A queue')`, [
      tenantId,
      queueId,
    ]);
    const seal = (item: string, content: string) => keys.seal(tx, intakeId, { item, content }, SAID);
    await tx.query(
      `INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
         notice_version, created_at, queued_at)
       VALUES ($1, $2, $3, $4, 'knee', 'en', 'waiting', false, $5, 1, now(), now())`,
      [tenantId, intakeId, siteId, queueId, await seal(intakeId, 'form')],
    );
    await tx.query('INSERT INTO intake_head (tenant_id, intake_id, last_seq) VALUES ($1, $2, 1)', [
      tenantId,
      intakeId,
    ]);
    const messageId = newId<string>();
    await tx.query(
      `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, sealed, sent_at)
       VALUES ($1, $2::uuid, 1, $3, $4, 'client', $2::text, $5, now())`,
      [tenantId, intakeId, messageId, newId<string>(), await seal(messageId, 'message')],
    );
    await tx.query(
      `INSERT INTO client_session (tenant_id, session_hash, session_id, intake_id, created_at, last_seen_at, expires_at)
       VALUES ($1, $2, $3, $4, now(), now(), now() + interval '1 day')`,
      [tenantId, Buffer.from(newId<string>()), newId<string>(), intakeId],
    );
    await tx.query(
      `INSERT INTO verification (tenant_id, verification_id, intake_id, session_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4, now(), now() + interval '10 minutes')`,
      [tenantId, newId<string>(), intakeId, newId<string>()],
    );
    await tx.query(
      `INSERT INTO socket_ticket (tenant_id, ticket_hash, stands_for, expires_at) VALUES ($1, $2, $3, now() + interval '30 seconds')`,
      [tenantId, Buffer.from(newId<string>()), JSON.stringify({ kind: 'consult', intakeId })],
    );
    await house.app.get(Recorder).record(tx, {
      act: 'intake.started',
      actor: { kind: 'client', id: intakeId },
      intakeId,
      personal: { network: '198.51.100.7' },
    });
  });
  return intakeId;
}

/** Opens everything that is sealed for a conversation, as a reader with a receipt. @returns what could be opened. */
export async function readAll(house: House, tenantId: TenantId, intakeId: IntakeId): Promise<string[]> {
  const receipt = await house.app
    .get(Recorder)
    .recordRead(tenantId, { act: 'test.read', actor: { kind: 'system', id: 'a-test' } }, [intakeId]);
  const keys = house.app.get(Keys);
  return house.app.get(Database).transaction(tenantId, async (tx) => {
    const sealed = await tx.query<{ item: string; content: string; sealed: Buffer }>(
      `SELECT intake_id::text AS item, 'form' AS content, sealed_form AS sealed FROM intake WHERE tenant_id = $1 AND intake_id = $2
       UNION ALL SELECT message_id::text, 'message', sealed FROM message WHERE tenant_id = $1 AND intake_id = $2`,
      [tenantId, intakeId],
    );
    const read: string[] = [];
    for (const { item, content, sealed: bytes } of sealed) {
      const text = await keys.open(tx, receipt, intakeId, { item, content }, bytes).catch(() => undefined);
      if (text !== undefined) read.push(text.toString('utf8'));
    }
    return read;
  });
}
