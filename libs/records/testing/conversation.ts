import { type IntakeId, type MessageId, newId, type StaffId, type TenantId } from '@app/kernel';
import { Database, Keys, Recorder, type Tx } from '@app/platform';
import type { House } from './house';

export type Said =
  | { readonly by: 'client'; readonly text: string }
  | { readonly by: 'staff'; readonly staffId: StaffId; readonly text: string }
  | { readonly event: string; readonly who?: string };

/** A conversation on the real tables, written as the house writes it: each message sealed, stored and on record at once. */
export class Conversation {
  private seq = 0;

  private constructor(
    private readonly house: House,
    private readonly tenantId: TenantId,
    readonly intakeId: IntakeId,
  ) {}

  static async start(house: House, tenantId: TenantId, locale: 'en' | 'es' = 'en'): Promise<Conversation> {
    const conversation = new Conversation(house, tenantId, newId<IntakeId>());
    const siteId = newId<string>();
    const queueId = newId<string>();
    await conversation.transact(async (tx) => {
      const definition = JSON.stringify({ timeZone: 'America/New_York' });
      await tx.query(
        `INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, $3, 'A site', $4)`,
        [tenantId, siteId, siteId.slice(-12), definition],
      );
      await tx.query(`INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, 'Reception')`, [
        tenantId,
        queueId,
      ]);
      const { intakeId } = conversation;
      const form = await conversation.keys.seal(tx, intakeId, { item: intakeId, content: 'form' }, '{}');
      await tx.query(
        `INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
           notice_version, created_at, queued_at)
         VALUES ($1, $2, $3, $4, 'other', $5, 'waiting', false, $6, 1, now(), now())`,
        [tenantId, intakeId, siteId, queueId, locale, form],
      );
      await tx.query('INSERT INTO intake_head (tenant_id, intake_id) VALUES ($1, $2)', [tenantId, intakeId]);
      await conversation.recorder.record(tx, {
        act: 'intake.start',
        actor: { kind: 'client', id: intakeId },
        intakeId,
        personal: { ip: '198.51.100.7' },
      });
    });
    return conversation;
  }

  async say(...said: readonly Said[]): Promise<void> {
    for (const one of said) await this.transact((tx) => this.sayOne(tx, one));
  }

  private async sayOne(tx: Tx, said: Said): Promise<void> {
    const { intakeId } = this;
    const messageId = newId<MessageId>();
    const text = 'text' in said ? said.text : (said.who ?? '');
    const sealed = await this.keys.seal(tx, intakeId, { item: messageId, content: 'message' }, text);
    const event = 'event' in said ? said.event : null;
    const kind = 'by' in said ? said.by : 'system';
    const author =
      kind === 'client' ? intakeId : 'staffId' in said ? said.staffId : kind === 'system' ? 'vestibule' : '';
    this.seq += 1;
    await tx.query(
      `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, event, sealed, sent_at)
       VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, now())`,
      [this.tenantId, intakeId, this.seq, messageId, kind, author, event, sealed],
    );
    await this.recorder.record(tx, {
      act: event === null ? 'message.post' : 'intake.claim',
      actor: kind === 'system' ? { kind: 'staff', id: 'somebody' } : { kind, id: author },
      intakeId,
      refs: { message: messageId },
      ciphertext: sealed,
    });
  }

  private transact<T>(act: (tx: Tx) => Promise<T>): Promise<T> {
    return this.house.app.get(Database).transaction(this.tenantId, act);
  }

  private get keys(): Keys {
    return this.house.app.get(Keys);
  }

  private get recorder(): Recorder {
    return this.house.app.get(Recorder);
  }
}
