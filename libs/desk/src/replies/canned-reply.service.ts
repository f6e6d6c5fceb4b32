import { AppError, newId } from '@app/kernel';
import { type Act, Recorder, type Tx } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { parseText, type Text } from '../form/text';
import { fieldsOf } from './merge-fields';

export interface CannedReply {
  readonly replyId: string;
  readonly title: string;
  readonly body: Text;
}

const MAX_TITLE_LENGTH = 80;
/** Leaves room in a message of 4,000 for what is filled in. */
const MAX_BODY_LENGTH = 2_000;

/** Approved wording that staff send with a key press. */
@Injectable()
export class CannedReplyService {
  constructor(private readonly recorder: Recorder) {}

  /** Returns the tenant's replies by title, their merge fields unfilled. */
  list(tx: Tx): Promise<CannedReply[]> {
    return tx.query<{ replyId: string; title: string; body: Text }>(
      'SELECT reply_id AS "replyId", title, body FROM canned_reply WHERE tenant_id = $1 ORDER BY title',
      [tx.tenantId],
    );
  }

  /** Returns one reply. @throws AppError `NOT_FOUND`. */
  async get(tx: Tx, replyId: string): Promise<CannedReply> {
    const [reply] = await tx.query<{ replyId: string; title: string; body: Text }>(
      'SELECT reply_id AS "replyId", title, body FROM canned_reply WHERE tenant_id = $1 AND reply_id = $2',
      [tx.tenantId, replyId],
    );
    if (reply === undefined) throw new AppError('NOT_FOUND', 'There is no such reply.');
    return reply;
  }

  /** Keeps a reply and returns its id. @throws AppError `INPUT_MALFORMED` also if it names an unknown merge field. */
  async add(tx: Tx, actor: Act['actor'], title: string, body: Text): Promise<string> {
    if (title.trim() === '' || title.length > MAX_TITLE_LENGTH)
      throw new AppError('INPUT_MALFORMED', 'Not what this door takes: title.', {
        extra: { fields: ['title'] },
      });
    const text = parseText('body', MAX_BODY_LENGTH, body);
    fieldsOf(text.en);
    fieldsOf(text.es);
    const replyId = newId<string>();
    await tx.query('INSERT INTO canned_reply (tenant_id, reply_id, title, body) VALUES ($1, $2, $3, $4)', [
      tx.tenantId,
      replyId,
      title,
      JSON.stringify(text),
    ]);
    await this.recorder.record(tx, { act: 'canned-reply.added', actor, refs: { reply: replyId } });
    return replyId;
  }
}
