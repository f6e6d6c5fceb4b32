import type { EntryView } from './input';

const HEAD =
  'index,leaf,id,at,act,outcome,actor,actorId,intake,number,purpose,decision,policies,refs,detail\r\n';

/** The entries for a spreadsheet (RFC 4180). */
export const TABLE: EntryView = {
  name: 'views/entries.csv',
  head: HEAD,
  row: ({ entry, index, leaf }) => {
    const cells = [
      index,
      leaf.toString('base64'),
      entry.id,
      entry.at,
      entry.act,
      entry.outcome,
      entry.actor.kind,
      entry.actor.id,
      entry.intake?.id,
      entry.intake?.n,
      entry.purpose,
      entry.authz?.decision,
      entry.authz?.policies.join(' '),
      pairs(entry.refs),
      pairs(entry.detail),
    ];
    return `${cells.map(cell).join(',')}\r\n`;
  },
};

function pairs(fields: Readonly<Record<string, string | number>> = {}): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/** RFC 4180, and an apostrophe before what a spreadsheet would take for a formula. */
function cell(value: string | number | undefined): string {
  const plain = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
