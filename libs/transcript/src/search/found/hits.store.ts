import type { IntakeId, SearchId } from '@app/kernel';
import type { Keys, ReadReceipt, Tx } from '@app/platform';
import type { InScope } from '../scope';
import { hitsPlace, ownerOf } from '../search.store';

/** A conversation in which the words stand: in which of its messages, and when those were sent. */
export interface Hit {
  readonly intakeId: IntakeId;
  readonly messages: readonly { readonly seq: number; readonly atMs: number }[];
}

/** What is sealed: of each conversation, pairs of a message's number and its instant in milliseconds. */
type SealedHits = readonly (readonly [IntakeId, readonly (readonly [seq: number, atMs: number])[]])[];

/** Seals what a page has brought, and keeps it. */
export async function keepHits(tx: Tx, keys: Keys, searchId: SearchId, part: number, hits: readonly Hit[]) {
  const content: SealedHits = hits.map(({ intakeId, messages }) => [
    intakeId,
    messages.map(({ seq, atMs }) => [seq, atMs] as const),
  ]);
  const sealed = await keys.seal(tx, ownerOf(searchId), hitsPlace(searchId, part), JSON.stringify(content));
  await tx.query(
    'INSERT INTO transcript_search_hit (tenant_id, search_id, part, sealed) VALUES ($1, $2, $3, $4)',
    [tx.tenantId, searchId, part, sealed],
  );
}

/** Opens what a search has found, conversation by conversation, in the order in which it was found. */
export async function openHits(tx: Tx, keys: Keys, receipt: ReadReceipt, searchId: SearchId): Promise<Hit[]> {
  const parts = await tx.query<{ part: number; sealed: Buffer }>(
    'SELECT part, sealed FROM transcript_search_hit WHERE tenant_id = $1 AND search_id = $2 ORDER BY part',
    [tx.tenantId, searchId],
  );
  const found = new Map<IntakeId, { seq: number; atMs: number }[]>();
  for (const { part, sealed } of parts) {
    const opened = await keys.open(tx, receipt, ownerOf(searchId), hitsPlace(searchId, part), sealed);
    for (const [intakeId, messages] of JSON.parse(opened.toString('utf8')) as SealedHits) {
      const held = found.get(intakeId) ?? [];
      for (const [seq, atMs] of messages) held.push({ seq, atMs });
      found.set(intakeId, held);
    }
  }
  return [...found].map(([intakeId, messages]) => ({
    intakeId,
    messages: messages.sort((a, b) => a.seq - b.seq),
  }));
}

/** A conversation that was found, as it stands now. */
export interface FoundNow extends Omit<InScope, 'lastSeq'> {
  readonly queueName: string;
  readonly topic: { readonly en: string; readonly es: string };
  /** Whether its key is gone. */
  readonly erased: boolean;
}

/** Returns these conversations as they stand now. */
export function findNow(tx: Tx, intakeIds: readonly IntakeId[]): Promise<FoundNow[]> {
  return tx.query<FoundNow>(
    `SELECT i.intake_id AS "intakeId", i.queue_id AS "queueId", i.state, i.assignee_id AS "assigneeId", i.level, i.consult,
            q.name AS "queueName",
            coalesce((SELECT o->'label' FROM jsonb_array_elements(w.definition->'form') f, jsonb_array_elements(f->'options') o
                      WHERE f->>'kind' = 'topic' AND o->>'value' = i.topic LIMIT 1),
                     jsonb_build_object('en', i.topic, 'es', i.topic)) AS topic,
            NOT EXISTS (SELECT 1 FROM data_key k WHERE k.tenant_id = i.tenant_id AND k.owner = i.intake_id::text) AS erased
     FROM intake i JOIN queue q USING (tenant_id, queue_id) JOIN site w USING (tenant_id, site_id)
     WHERE i.tenant_id = $1 AND i.intake_id = ANY ($2)`,
    [tx.tenantId, intakeIds],
  );
}
