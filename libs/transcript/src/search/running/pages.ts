import type { IntakeId, TenantId } from '@app/kernel';
import { type Database, packedSql, type SealedPage } from '@app/platform';

/** Messages of the first page: the first hit is to be seen soon. And of every other. */
const FIRST_PAGE = 500;
export const PAGE = 5_000;

/** A conversation and how many messages it has. */
export interface Long {
  readonly intakeId: IntakeId;
  readonly lastSeq: number;
}

/** Some messages of a conversation: those after `after`, up to `upto`. */
export interface Slice {
  readonly intakeId: IntakeId;
  readonly after: number;
  readonly upto: number;
}

/** Cuts conversations into pages of about the same number of messages, in their order. */
export function* slicesOf(conversations: Iterable<Long>): Generator<{ slices: Slice[]; messages: number }> {
  let size = FIRST_PAGE;
  let slices: Slice[] = [];
  let messages = 0;
  for (const { intakeId, lastSeq } of conversations) {
    for (let after = 0; after < lastSeq;) {
      const upto = Math.min(lastSeq, after + size - messages);
      slices.push({ intakeId, after, upto });
      messages += upto - after;
      after = upto;
      if (messages < size) continue;
      yield { slices, messages };
      [slices, messages, size] = [[], 0, PAGE];
    }
  }
  if (slices.length > 0) yield { slices, messages };
}

const PACKED = packedSql({
  owner: 'p.place::int - 1',
  n: 'm.seq',
  at: 'm.sent_at',
  item: 'm.message_id',
  sealed: 'm.sealed',
});

/** Returns what client and staff said within a period, page by page. `onPage` hears of each before it is given. */
export async function* sealedPages(
  database: Database,
  tenantId: TenantId,
  conversations: Iterable<Long>,
  period: { readonly from: string; readonly to: string },
  onPage: (messages: number) => void,
): AsyncGenerator<SealedPage> {
  for (const { slices, messages } of slicesOf(conversations)) {
    const owners = slices.map(({ intakeId }) => intakeId);
    const [row] = await database.transaction(tenantId, (tx) =>
      tx.query<{ packed: Buffer | null }>(
        `SELECT ${PACKED} AS packed
         FROM unnest($2::uuid[], $3::int[], $4::int[]) WITH ORDINALITY AS p (intake_id, after, upto, place)
         JOIN message m ON m.tenant_id = $1 AND m.intake_id = p.intake_id AND m.seq > p.after AND m.seq <= p.upto
         WHERE m.author_kind <> 'system' AND m.sent_at >= $5 AND m.sent_at < $6`,
        [
          tenantId,
          owners,
          slices.map(({ after }) => after),
          slices.map(({ upto }) => upto),
          period.from,
          period.to,
        ],
      ),
    );
    onPage(messages);
    yield { owners, packed: row?.packed ?? Buffer.alloc(0) };
  }
}
