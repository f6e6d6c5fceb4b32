// The manifest (FORMAT.md, section 5; section 12 for format 1).

import { parseCanonical } from './canonical.mjs';
import { tampered, unusable } from './problem.mjs';

/**
 * @typedef {{from: number, to: number}} Span
 * @typedef {{kind: 'period', from: string, to: string} | {kind: 'intake', intake: string}} Scope
 * @typedef {{name: string, size: number, sha256: string}} Listed
 *
 * @typedef {object} Manifest
 * @property {string} format
 * @property {string} origin
 * @property {string} tenant
 * @property {Scope} scope
 * @property {Span} range
 * @property {Span[]} withheld
 * @property {{included: number, withheld: number}} counts
 * @property {number} size
 * @property {string} root
 * @property {Listed[]} files
 * @property {Record<string, number>} heads
 * @property {{id: string, index: number}} exportEntry
 * @property {string} exportId
 * @property {string} requestedBy
 * @property {string} purpose
 * @property {string} createdAt
 * @property {string} software
 * @property {number} [openings]
 * @property {number} [messages]
 * @property {string} [policySet]
 * @property {{size: number, root: string}} [previous]
 * @property {{manifestSha256: string}} [source]
 */

const FORMATS = ['vestibule-bundle/1', 'vestibule-bundle/2'];
const BASE64_HASH = /^[A-Za-z0-9+/]{43}=$/;
const HEX_HASH = /^[0-9a-f]{64}$/;

/** @typedef {(value: any) => boolean} Check */
/** @type {Check} */
export const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Check} */
export const isText = (value) => typeof value === 'string' && value !== '';
/** @type {Check} */
const isSpan = (value) => isCount(value?.from) && isCount(value?.to) && value.from <= value.to;
/** @type {Check} */
const isPeriod = (value) => isText(value?.from) && isText(value?.to);
/** @type {Check} */
const isScope = (value) =>
  value?.kind === 'period' ? isPeriod(value) : value?.kind === 'intake' && isText(value.intake);

/** Field by field, what the manifest must hold. @type {Record<string, Check>} */
const FIELDS = {
  counts: (v) => isCount(v?.included) && isCount(v?.withheld),
  createdAt: isText,
  exportEntry: (v) => isText(v?.id) && isCount(v?.index),
  exportId: isText,
  files: (v) =>
    Array.isArray(v) && v.every((f) => isText(f?.name) && isCount(f?.size) && HEX_HASH.test(f?.sha256)),
  format: isText,
  heads: (v) => typeof v === 'object' && v !== null && Object.values(v).every((n) => isCount(n) && n !== 0),
  origin: isText,
  purpose: isText,
  range: isSpan,
  requestedBy: isText,
  root: (v) => BASE64_HASH.test(v),
  size: isCount,
  software: isText,
  tenant: isText,
  withheld: (v) => Array.isArray(v) && v.every(isSpan),
};

/** What a manifest of format 2 may hold. @type {Record<string, Check>} */
const OPTIONAL = {
  messages: isCount,
  openings: isCount,
  policySet: isText,
  previous: (v) => isCount(v?.size) && BASE64_HASH.test(v?.root),
  source: (v) => HEX_HASH.test(v?.manifestSha256),
};

/** @param {Uint8Array} bytes @returns {Manifest} */
export function readManifest(bytes) {
  const about = { file: 'manifest.json' };
  const bad = (/** @type {string} */ what) => unusable('manifest', `The file manifest.json ${what}.`, about);
  let manifest;
  try {
    manifest = parseCanonical(bytes);
  } catch {
    throw bad('is not canonical JSON');
  }
  if (typeof manifest?.format === 'string' && !FORMATS.includes(manifest.format)) {
    const known = FORMATS.join(' and ');
    throw unusable('format', `This bundle has another format than this program knows (${known}).`, about);
  }
  const isFirst = manifest?.format === FORMATS[0];
  /** @type {Record<string, Check>} */
  const fields = isFirst ? { ...FIELDS, period: isPeriod } : { ...FIELDS, scope: isScope };
  const extra = isFirst ? [] : Object.keys(OPTIONAL).filter((name) => manifest?.[name] !== undefined);
  const names = [...Object.keys(fields), ...extra].sort();
  const wrong = names.find((name) => !(fields[name] ?? OPTIONAL[name])(manifest?.[name]));
  if (wrong !== undefined) throw bad(`is incomplete: ${wrong} is missing or malformed`);
  if (Object.keys(manifest).join() !== names.join()) throw bad('has unknown fields');
  const { range, withheld, counts, size } = manifest;
  let last = range.from;
  for (const span of withheld) {
    last = span.from < last || span.from === span.to || span.to > range.to ? Infinity : span.to;
  }
  const hidden = withheld.reduce(
    (/** @type {number} */ sum, /** @type {Span} */ { from, to }) => sum + to - from,
    0,
  );
  if (
    last === Infinity ||
    hidden !== counts.withheld ||
    hidden + counts.included !== range.to - range.from ||
    range.to > size
  ) {
    throw bad('contradicts itself: its range, counts and withheld parts do not add up');
  }
  return isFirst ? { ...manifest, scope: { kind: 'period', ...manifest.period } } : manifest;
}

/**
 * Every file is listed, in the order of the zip, with its size and its SHA-256.
 *
 * @param {import('./zip.mjs').Archive} archive @param {Manifest} manifest
 * @returns {import('./problem.mjs').Finding[]}
 */
export function checkFiles(archive, manifest) {
  const findings = [];
  const order = ['manifest.json', 'manifest.json.asc', ...manifest.files.map(({ name }) => name)];
  if (archive.names.join('\n') !== order.join('\n')) {
    const message = 'The files in the zip are not those that the manifest lists, in its order.';
    findings.push(tampered('files', message).finding);
  }
  for (const { name, size, sha256 } of manifest.files) {
    if (!archive.has(name)) continue;
    if (archive.sizeOf(name) !== size || archive.sha256Of(name) !== sha256) {
      findings.push(tampered('file', `The file ${name} has been changed.`, { file: name }).finding);
    }
  }
  return findings;
}
