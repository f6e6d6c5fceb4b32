// @ts-check
import fs from 'node:fs';
import path from 'node:path';
import { isName, Malformed, parseLogVkey } from './note.mjs';

/**
 * @typedef {object} Config
 * @property {string} name of this witness
 * @property {string} host
 * @property {number} port
 * @property {string} prefix of the address, '' or '/path'
 * @property {string} state folder
 * @property {Map<string, import('./note.mjs').LogKey[]>} logs keys by origin
 */

/**
 * Reads the configuration file. Relative paths in it are beside it.
 * @param {string} file
 * @returns {Config}
 * @throws {Malformed} naming all that is wrong
 */
export function readConfig(file) {
  const { name, listen = '127.0.0.1:7380', prefix = '', state = 'state', logs, ...rest } = parse(file);
  const wrong = Object.keys(rest).map((key) => `${key}: not known`);
  if (!isName(name)) wrong.push('name: needed, without spaces and plus signs: witness.example.org/w1');
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(String(listen)) ?? [];
  if (host === undefined || Number(port) > 65_535)
    wrong.push('listen: an address and a port, 127.0.0.1:7380');
  if (!/^(\/[\w.-]+)*$/.test(String(prefix))) wrong.push('prefix: empty, or a path that begins with a slash');
  if (typeof state !== 'string' || state === '') wrong.push('state: a folder');
  if (!Array.isArray(logs)) wrong.push('logs: a list of vkey lines');
  /** @type {Config['logs']} */
  const keys = new Map();
  for (const [at, line] of (Array.isArray(logs) ? logs : []).entries())
    try {
      const key = parseLogVkey(String(line));
      keys.set(key.name, [...(keys.get(key.name) ?? []), key]);
    } catch {
      wrong.push(`logs[${at}]: not the vkey of a log`);
    }
  if (wrong.length > 0) throw new Malformed(`${file}:\n${wrong.join('\n')}`);
  return {
    name,
    host: String(host).replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    prefix,
    state: path.resolve(path.dirname(file), state),
    logs: keys,
  };
}

/** @param {string} file @returns {Record<string, any>} */
function parse(file) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    throw new Malformed(`${file}: cannot be read`);
  }
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new Malformed(`${file}: not a JSON object`);
}
