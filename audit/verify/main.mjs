#!/usr/bin/env node
// The program: node verify.mjs BUNDLE.zip [options]. Ends with 0 valid, 1 changed, 2 cannot be checked, 3 below what was asked.

import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { verifyBundle } from './bundle.mjs';
import { isEntryProof, verifyEntryProof } from './entry-proof.mjs';
import { printable } from './form/problem.mjs';
import { nodePrimitives } from './primitives.mjs';
import { checkTimestamp } from './timestamp.mjs';
import { inWords } from './words.mjs';

const FILES = /** @type {Record<string, 'key' | 'vkey' | 'policy' | 'against' | 'tsaCa'>} */ ({
  '--key': 'key',
  '--vkey': 'vkey',
  '--policy': 'policy',
  '--against': 'against',
  '--tsa-ca': 'tsaCa',
});
const USAGE =
  'Use: node verify.mjs BUNDLE.zip [--key server.asc] [--vkey log.vkey] [--policy trust.policy] [--against old.checkpoint] [--tsa-ca ca.pem] [--json]';

/** @param {string} path @returns {import('./form/zip.mjs').Source & {close: () => void}} */
export function openSource(path) {
  const file = openSync(path, 'r');
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new Error(`${path} is not a file`);
  }
  return {
    size: stat.size,
    read: (target, position) => {
      for (let done = 0; done < target.length;) {
        const read = readSync(file, target, done, target.length - done, position + done);
        if (read === 0) throw new Error('the file became shorter while it was read');
        done += read;
      }
    },
    close: () => closeSync(file),
  };
}

/** @param {string[]} args @returns {number} the exit code */
function main(args) {
  let isJson = false;
  /** @type {string | undefined} */
  let bundle;
  /** @type {import('./bundle.mjs').Given} */
  const given = {};
  /** @type {ReturnType<typeof openSource>} */
  let source;
  try {
    for (let i = 0; i < args.length; i++) {
      const file = FILES[args[i]];
      if (args[i] === '--json') isJson = true;
      else if (file !== undefined) given[file] = readFileSync(args[++i] ?? '', 'utf8');
      else if (args[i].startsWith('-') || bundle !== undefined) return fail(USAGE);
      else bundle = args[i];
    }
    if (bundle === undefined) return fail(USAGE);
    source = openSource(bundle);
  } catch (error) {
    return fail(`A file cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
  const tools = { primitives: nodePrimitives, checkTimestamp };
  const result = isEntryProof(source)
    ? verifyEntryProof(source, given, tools)
    : verifyBundle(source, given, tools, process.stderr.isTTY ? showProgress() : undefined);
  source.close();
  console.log(isJson ? JSON.stringify(result) : inWords(result).join('\n'));
  return result.exitCode;
}

/** A line on the terminal that says how far it is, and goes away at the end. */
function showProgress() {
  let last = -1;
  return (/** @type {number} */ part) => {
    const percent = Math.floor(100 * part);
    if (percent === last) return;
    last = percent;
    process.stderr.write(percent === 100 ? '\r\u001b[K' : `\rChecking … ${percent} %`);
  };
}

/** @param {string} message */
function fail(message) {
  console.error(printable(message));
  return 2;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2));
}
