// A report in words, for people.

import { printable, spaced } from './form/problem.mjs';

/**
 * @typedef {import('./bundle.mjs').Report} Report
 * @typedef {import('./entry-proof.mjs').EntryReport} EntryReport
 */

const MOST_FINDINGS = 20;
const ANSWERS = {
  tampered: 'NOT VALID: this has been changed.',
  unusable: 'CANNOT BE CHECKED.',
  below: 'VALID, BUT BELOW WHAT YOU ASKED FOR.',
};

/** @param {EntryReport} report @returns {string[]} sentences, the answer first */
export function inWords(report) {
  const { result, findings, bundle, entry, trust } = report;
  const found = findings.slice(0, MOST_FINDINGS).map(({ message }) => message);
  if (findings.length > MOST_FINDINGS) found.push(`And ${findings.length - MOST_FINDINGS} more.`);
  const shown = bundle ? ofBundle(bundle) : entry ? ofEntry(entry) : [];
  const all = [...shown, ...(trust ? ofTrust(trust, bundle !== undefined) : [])];
  if (result === 'valid') {
    const first = bundle
      ? 'VALID: nothing was changed, and nothing is missing from the range.'
      : 'VALID: the log holds this entry.';
    return [first, ...all].map(printable);
  }
  return [ANSWERS[result], ...found, ...(result === 'below' ? all : [])].map(printable);
}

/** @param {import('./bundle.mjs').Shows} shows */
function ofBundle({
  counts,
  range,
  size,
  origin,
  tenant,
  scope,
  intakes,
  wholeIntakes,
  openings,
  messages,
  source,
}) {
  const about =
    scope.kind === 'intake' ? `intake ${scope.intake}` : `from ${scope.from} to before ${scope.to}`;
  return [
    `It shows ${counts.included} of the ${range.to - range.from} entries from ${range.from} to before ${range.to} of the log ${origin}, which had ${size} entries.`,
    ...(counts.withheld > 0
      ? [`${counts.withheld} entries are withheld: their places are proven, their content is not shown.`]
      : []),
    `Tenant ${tenant}, ${about}. Intakes shown from their first entry to their last: ${wholeIntakes} of ${intakes}.`,
    ...(openings > 0
      ? [`Sealed values opened: ${openings}. Each is the one that its entry commits to.`]
      : []),
    ...(messages
      ? [
          `The transcript: ${messages.opened} messages shown, each as it was stored; ${messages.redacted} redacted; ${messages.events} lines of what happened. None is left out that the entries shown say was stored.`,
        ]
      : []),
    ...(source ? [`It was redacted from the export with the manifest ${source.manifestSha256}.`] : []),
  ];
}

/** @param {NonNullable<EntryReport['entry']>} shown */
function ofEntry({ index, size, origin, entry }) {
  const fields = { ...entry.refs, ...entry.detail };
  const named = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  return [
    `It is entry ${index} of the log ${origin}, which had ${size} entries.`,
    `${entry.at}: ${entry.act}, ${entry.outcome}, by ${entry.actor?.kind} ${entry.actor?.id}. Id ${entry.id}.`,
    ...(entry.intake ? [`It is number ${entry.intake.n} of intake ${entry.intake.id}.`] : []),
    ...(named.length > 0 ? [`It names ${named.join(', ')}.`] : []),
  ];
}

/** @param {import('./bundle.mjs').Proven} trust @param {boolean} isBundle */
function ofTrust({ log, server, witnesses, stamps, previous, against }, isBundle) {
  return [
    ...(log ? [`The log signed with ${log.key}`] : []),
    ...(server ? [`The server signed with OpenPGP ${spaced(server.key)}`] : []),
    ...witnesses.map(
      ({ name, time, from }) =>
        `The witness ${name} saw this checkpoint at ${time}${from === 'bundle' ? ' (its key came from inside the bundle)' : ''}.`,
    ),
    ...stamps.map(stampInWords),
    ...(previous === undefined
      ? []
      : [`The log has only grown since the export before, when it had ${previous} entries.`]),
    ...(against === undefined
      ? []
      : [`The log has only grown since the checkpoint that you gave, of ${against} entries.`]),
    ...(isBundle && log && server ? [keysInWords(log, server)] : []),
  ];
}

/** @param {import('./log/earlier.mjs').Stamp} stamp */
function stampInWords({ size, time, trust, recordedAt }) {
  const authority = {
    given: 'an authority of yours',
    bundle: 'an authority whose certificate came from inside the bundle',
    nobody: 'an authority that nobody vouches for here',
  }[trust];
  const after =
    recordedAt === undefined ? '' : ` Entry ${recordedAt} records it, so what follows was written after it.`;
  return `The first ${size} entries were there before ${time}, says ${authority}.${after}`;
}

/** @param {import('./content/openpgp.mjs').Trust} log @param {import('./content/openpgp.mjs').Trust} server */
function keysInWords(log, server) {
  if (log.from === 'given' && server.from === 'given') return 'You gave both keys.';
  if (server.from === 'given') return 'You gave the server key, and it vouches for the log key.';
  if (log.from === 'given') return 'You gave the log key; the server key came from inside the bundle.';
  return 'Both keys came from inside the bundle: compare them with what you were told, or give them with --key and --vkey.';
}
