// The whole check of a bundle (FORMAT.md, section 11).

import { base64, textOf, utf8 } from './form/bytes.mjs';
import { checkFiles, readManifest } from './form/manifest.mjs';
import { attempt, nameOf, tampered, unusable } from './form/problem.mjs';
import { Archive } from './form/zip.mjs';
import { checkManifestSignature } from './content/openpgp.mjs';
import { checkMessages, checkOpenings, entriesOf, intakesTold, readSealed } from './content/sealed.mjs';
import { checkCheckpoint } from './log/checkpoint.mjs';
import { checkAgainst, checkPrevious, checkStamps, readGiven, STAMP_ACT } from './log/earlier.mjs';
import { checkEntries } from './log/entries.mjs';

/**
 * @typedef {import('./form/problem.mjs').Finding} Finding
 * @typedef {import('./form/manifest.mjs').Manifest} Manifest
 * @typedef {import('./form/zip.mjs').Source} Source
 * @typedef {import('./primitives.mjs').Primitives} Primitives
 * @typedef {import('./content/openpgp.mjs').Trust} Trust
 *
 * @typedef {object} Given what the reader brings from outside the bundle, as texts
 * @property {string} [key] armored OpenPGP key of the server
 * @property {string} [vkey] key of the log
 * @property {string} [policy] C2SP tlog-policy
 * @property {string} [against] an older checkpoint
 * @property {string} [tsaCa] certificates of a time-stamping authority, PEM
 *
 * @typedef {(stamp: {token: Uint8Array, imprint: Uint8Array, caPem?: string}, primitives: Primitives) => {time: string}} CheckTimestamp
 *   throws unless the token (RFC 3161) is good; with the code `untrusted` if only the authority is another one
 *
 * @typedef {object} Shows what the bundle shows; to be believed only if the result is 'valid' or 'below'
 * @property {string} origin
 * @property {string} tenant
 * @property {import('./form/manifest.mjs').Scope} scope
 * @property {{from: number, to: number}} range
 * @property {{included: number, withheld: number}} counts
 * @property {number} size
 * @property {string} root
 * @property {string} exportId
 * @property {string} requestedBy
 * @property {string} purpose
 * @property {string} createdAt
 * @property {string} software
 * @property {string} [policySet]
 * @property {{manifestSha256: string}} [source]
 * @property {number} intakes
 * @property {number} wholeIntakes
 * @property {number} openings
 * @property {import('./content/sealed.mjs').Counted} [messages]
 * @property {{name: string, size: number}[]} files
 *
 * @typedef {object} Proven by whom, and since when
 * @property {Trust} [log]
 * @property {Trust} [server]
 * @property {import('./log/checkpoint.mjs').Cosigned[]} witnesses
 * @property {import('./log/earlier.mjs').Stamp[]} stamps
 * @property {number} [previous] size of the log at the export before
 * @property {number} [against] size of the log at the checkpoint that was given
 *
 * @typedef {object} Report
 * @property {'valid' | 'tampered' | 'unusable' | 'below'} result
 * @property {0 | 1 | 2 | 3} exitCode
 * @property {Finding[]} findings the first one is what to say
 * @property {Shows} [bundle]
 * @property {Proven} [trust]
 */

const NEEDED = [
  'manifest.json',
  'manifest.json.asc',
  'entries.jsonl',
  'proof/checkpoint',
  'proof/leaves.bin',
  'proof/range',
  'trust/log.vkey',
  'trust/server.asc',
];
/** What joining a leaf into the tree counts for in the progress, in bytes that are read and hashed meanwhile. */
const LEAF_WEIGHT = 256;

/**
 * @param {Source} source
 * @param {Given} given
 * @param {{primitives: Primitives, checkTimestamp: CheckTimestamp}} tools
 * @param {(part: number) => void} [onProgress] is told how much is done, from 0 to 1
 * @returns {Report} never throws
 */
export function verifyBundle(source, given, { primitives, checkTimestamp }, onProgress = () => undefined) {
  let done = 0;
  let total = source.size;
  const progress = (/** @type {number} */ weight) => {
    done += weight;
    onProgress(Math.min(1, done / total));
  };
  const opened = attempt(() => new Archive(source, primitives, progress));
  const archive = opened.value;
  if (archive === undefined) return report(opened.findings);
  const missing = NEEDED.filter((name) => !archive.has(name));
  if (missing.length > 0) {
    const message = `The bundle is incomplete: ${missing.join(', ')} is missing.`;
    return report([unusable('incomplete', message, { file: missing[0] }).finding]);
  }
  const textIfThere = (/** @type {string} */ name) =>
    archive.has(name) ? textOf(archive.whole(name)) : undefined;

  const server = attempt(() => {
    const [manifest, signature, key] = ['manifest.json', 'manifest.json.asc', 'trust/server.asc'].map(
      (name) => archive.whole(name),
    );
    return checkManifestSignature({ manifest, signature, key }, given.key, primitives);
  });
  const read = attempt(() => readManifest(archive.whole('manifest.json')));
  const manifest = read.value;
  if (manifest === undefined) return report([...server.findings, ...read.findings]);
  total += LEAF_WEIGHT * (manifest.range.to - manifest.range.from);

  const log = attempt(() => {
    const inside = { vkey: textOf(archive.whole('trust/log.vkey')), policy: textIfThere('trust/policy') };
    const signed = checkCheckpoint(archive.whole('proof/checkpoint'), inside, given, primitives);
    return sameAsManifest(signed, manifest);
  });
  const sealed = attempt(() => readSealed(archive, manifest));
  const needed = sealed.value ? entriesOf(sealed.value) : new Set();
  const exportId = utf8(manifest.exportEntry.id);
  const isTold = intakesTold(manifest);
  const wanted = {
    // Of a million entries each is asked this: what need not be made into text is not.
    entry: (/** @type {import('./log/numbers.mjs').Facts} */ entry) =>
      entry.isAct(STAMP_ACT) ||
      entry.hasId(exportId) ||
      (needed.size > 0 && needed.has(entry.id)) ||
      (isTold !== undefined && isTold(entry.intakeId)),
    sizes: attempt(() => sizeOfGiven(given, log.value, primitives)).value ?? [],
  };
  const entries = attempt(() =>
    log.value
      ? checkEntries(archive, manifest, log.value.checkpoint.root, primitives, wanted, (n) =>
          progress(LEAF_WEIGHT * n),
        )
      : undefined,
  );
  const shown = entries.value?.shown ?? new Map();
  const entriesHold = entries.value !== undefined && entries.value.findings.length === 0;
  const asked = attempt(() => entriesHold && sameAsRequest(manifest, shown.get(manifest.exportEntry.id)));
  const openings = attempt(() =>
    sealed.value && entriesHold ? checkOpenings(sealed.value, shown, primitives) : undefined,
  );
  const messages = attempt(() =>
    sealed.value && entriesHold ? checkMessages(sealed.value, shown, manifest, primitives) : undefined,
  );

  const previous = attempt(
    () => log.value && checkPrevious(archive, manifest, log.value.checkpoint, log.value.key, primitives),
  );
  const stamps = attempt(() => {
    const ca = { given: given.tsaCa, inside: textIfThere('trust/tsa-ca.pem') };
    return log.value && checkStamps(archive, log.value.checkpoint, shown, ca, checkTimestamp, primitives);
  });
  const against = attempt(() => {
    if (given.against === undefined || log.value === undefined || entries.value?.leavesFit !== true)
      return undefined;
    const earlier = [...(previous.value ? [previous.value] : []), ...(stamps.value?.checkpoints ?? [])];
    const { checkpoint: now, key } = log.value;
    return checkAgainst(
      given.against,
      { now, key, earlier, roots: entries.value.roots, range: manifest.range },
      primitives,
    );
  });
  const files = attempt(() => checkFiles(archive, manifest));
  const checksums = attempt(() => archive.checkChecksums());

  const ofEntries = [...entries.findings, ...(entries.value?.findings ?? [])];
  const ofLog = [...log.findings, ...(log.value?.findings ?? [])];
  const rest = [
    ...[...asked.findings, ...openings.findings, ...messages.findings, ...sealed.findings],
    ...[...previous.findings, ...stamps.findings, ...(stamps.value?.findings ?? []), ...against.findings],
    ...[...files.findings, ...(files.value ?? []), ...checksums.findings],
  ];
  // While the leaves lead to the signed root, what is said of entries is certain, whatever else was changed with them.
  const certain = entries.value?.leavesFit === true;
  const findings = certain
    ? [...ofEntries, ...server.findings, ...ofLog, ...rest]
    : [...server.findings, ...ofLog, ...ofEntries, ...rest];
  const counted = {
    wholeIntakes: entries.value?.wholeIntakes ?? 0,
    openings: sealed.value?.openings.length ?? 0,
    ...(manifest.messages !== undefined && messages.value && { messages: messages.value }),
  };
  return report(findings, describe(manifest, counted), {
    ...(log.value && { log: log.value.trust }),
    ...(server.value && { server: server.value }),
    witnesses: log.value?.witnesses ?? [],
    stamps: stamps.value?.stamps ?? [],
    ...(previous.value && { previous: previous.value.size }),
    ...(against.value && { against: against.value.size }),
  });
}

/** @param {import('./log/checkpoint.mjs').SignedCheckpoint} signed @param {Manifest} manifest */
function sameAsManifest(signed, { origin, size, root }) {
  const { checkpoint } = signed;
  if (checkpoint.origin !== origin || checkpoint.size !== size || base64(checkpoint.root) !== root) {
    const message = 'The checkpoint and the manifest are not about the same state of the same log.';
    throw tampered('checkpoint', message, { file: 'proof/checkpoint' });
  }
  return signed;
}

/** Who asked for it, what for, and for which export, if the entry is shown that says so. @param {Manifest} manifest @param {import('./log/entries.mjs').Shown | undefined} shown */
function sameAsRequest({ requestedBy, purpose, exportId }, shown) {
  if (shown === undefined) return;
  const { index, entry } = shown;
  const { actor, purpose: why = purpose, refs } = entry;
  if (actor?.id === requestedBy && why === purpose && (refs?.export ?? exportId) === exportId) return;
  const message = `The manifest says of this export something else than ${nameOf(index, entry.id)}, which records it.`;
  throw tampered('export', message, { file: 'manifest.json', index, id: entry.id });
}

/** @param {Given} given @param {import('./log/checkpoint.mjs').SignedCheckpoint | undefined} log @param {Primitives} primitives */
function sizeOfGiven({ against }, log, primitives) {
  return against === undefined || log === undefined ? [] : [readGiven(against, log.key, primitives).size];
}

/** @param {Finding[]} findings @param {Shows} [bundle] @param {Proven} [trust] @returns {Report} */
export function report(findings, bundle, trust) {
  const order = /** @type {const} */ (['tampered', 'unusable', 'below']);
  const worst = order.find((kind) => findings.some((finding) => finding.kind === kind)) ?? 'valid';
  return {
    result: worst,
    exitCode: /** @type {const} */ ({ valid: 0, tampered: 1, unusable: 2, below: 3 })[worst],
    findings: findings.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    ...(bundle && { bundle }),
    ...(trust && { trust }),
  };
}

/** @param {Manifest} manifest @param {Pick<Shows, 'wholeIntakes' | 'openings' | 'messages'>} counted @returns {Shows} */
function describe(manifest, counted) {
  const {
    origin,
    tenant,
    scope,
    range,
    counts,
    size,
    root,
    exportId,
    requestedBy,
    purpose,
    createdAt,
    software,
  } = manifest;
  return {
    ...{
      origin,
      tenant,
      scope,
      range,
      counts,
      size,
      root,
      exportId,
      requestedBy,
      purpose,
      createdAt,
      software,
    },
    ...(manifest.policySet !== undefined && { policySet: manifest.policySet }),
    ...(manifest.source !== undefined && { source: manifest.source }),
    intakes: Object.keys(manifest.heads).length,
    ...counted,
    files: manifest.files.map(({ name, size: bytes }) => ({ name, size: bytes })),
  };
}
