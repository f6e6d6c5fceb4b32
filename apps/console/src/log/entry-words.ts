import type { EntryRow } from '../protocol';
import type { ConsoleTexts } from '../texts/texts';

type LogTexts = ConsoleTexts['log'];

/** Returns what was done, in words; an act without words goes by its own name. */
export function actWords(act: string, texts: LogTexts): string {
  return texts.acts[act] ?? act;
}

/** Returns who did it. A client has no name in the log: the conversation says which one. */
export function actorWords(actor: EntryRow['actor'], texts: LogTexts): string {
  if (actor.name !== undefined && actor.name !== '') return actor.name;
  if (actor.kind === 'staff') return actor.id;
  return texts[actor.kind];
}

/**
 * Returns why it was allowed or refused, most telling rule first; rules without words go by their own name. What the rules
 * allowed may still have been refused for another reason: then that reason stands alone.
 */
export function reasonWords(entry: EntryRow, texts: LogTexts): string {
  const refusal = entry.outcome === 'refused' ? texts.refusals[String(entry.detail?.['reason'])] : undefined;
  if (refusal !== undefined) return refusal;
  if (entry.policies.length === 0) return entry.outcome === 'refused' ? texts.noPolicy : '';
  return [...new Set(entry.policies.map((policy) => texts.rules[policy] ?? policy))].join('. ');
}

/** Returns the purpose in words, or undefined when the entry states none. */
export function purposeWords(entry: EntryRow, texts: LogTexts): string | undefined {
  if (entry.purpose === undefined || entry.purpose === '') return undefined;
  return texts.purpose[entry.purpose] ?? entry.purpose;
}
