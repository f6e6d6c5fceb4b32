import { msOf } from '@app/kernel';
import { codesOf } from './acts';
import { pairs, type ShownEntry } from './shown-entry';

/** A refusal is something to look at, whatever was refused. */
const REFUSED_SEVERITY = 6;

/**
 * Returns one line of the Common Event Format, version 0 (ArcSight CEF implementation standard): a header of seven
 * fields with `|` between, then keys and values. Custom fields carry what CEF has no name for, each with its label.
 */
export function cefRow({ entry, index, leaf }: ShownEntry): string {
  const { name, cef, severity } = codesOf(entry.act);
  const refused = entry.outcome === 'refused';
  const header = [
    'CEF:0',
    'Vestibule',
    'Vestibule',
    '1',
    cef,
    name,
    String(refused ? Math.max(severity, REFUSED_SEVERITY) : severity),
  ];
  const fields: [key: string, value: string | number | undefined][] = [
    ['rt', msOf(entry.at)],
    ['externalId', entry.id],
    ['cat', entry.act],
    ['outcome', refused ? 'failure' : 'success'],
    ['suid', entry.actor.id],
    ['spriv', entry.actor.roles?.join(' ')],
    ['sourceServiceName', entry.actor.kind],
    ['deviceExternalId', entry.tenant],
    ['cn1', index],
    ['cn1Label', 'logIndex'],
    ['cs1', leaf],
    ['cs1Label', 'leafHash'],
    ...custom('cs2', 'intake', entry.intake?.id),
    ...custom('cs3', 'purpose', entry.purpose),
    ...custom('cs4', 'policies', entry.authz?.policies.join(' ')),
    ...custom('cs5', 'refs', pairs(entry.refs)),
    ...custom('cs6', 'detail', pairs(entry.detail)),
  ];
  const extension = fields
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${inExtension(String(value))}`);
  return `${header.map(inHeader).join('|')}|${extension.join(' ')}`;
}

function custom(key: string, label: string, value: string | undefined): [string, string | undefined][] {
  return value === undefined || value === ''
    ? []
    : [
        [key, value],
        [`${key}Label`, label],
      ];
}

/** In the header `|` and `\` are escaped, and there is no line break. */
function inHeader(value: string): string {
  return value.replaceAll(/[\\|]/g, (found) => `\\${found}`).replaceAll(/[\r\n]+/g, ' ');
}

/** In the extension `=` and `\` are escaped, and a line break is written `\n`. */
function inExtension(value: string): string {
  return value.replaceAll(/[\\=]/g, (found) => `\\${found}`).replaceAll(/\r\n|\r|\n/g, '\\n');
}
