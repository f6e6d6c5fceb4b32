// Makes the one file that people take with them: node audit/verify/join.mjs. It puts the modules of this folder one after
// the other, each after those that it needs, and leaves the comments where they are. A test compares the result with
// audit/cli/verify.mjs as it is checked in.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const HERE = import.meta.dirname;
export const TARGET = join(HERE, '..', 'cli', 'verify.mjs');
/** As the rest of the house is formatted. */
const LINE_WIDTH = 110;
const IMPORT = /^import (?:\{([^}]*)\}|([\w$]+)) from '([^']+)';\n/gm;
const TOP_LEVEL = /^(?:export )?(?:async )?(?:function\*?|const|let|class) ([\w$]+)/gm;

const HEAD = `#!/usr/bin/env node
// Checks a Vestibule bundle, or the proof of one entry, offline:
//   node verify.mjs BUNDLE.zip [--key server.asc] [--vkey log.vkey] [--policy trust.policy]
//                              [--against old.checkpoint] [--tsa-ca ca.pem] [--json]
//
// One file, and Node's own modules (20.15 or newer), so that whoever does not trust us can read all of it and run it
// anywhere. It shares no line with the code that writes bundles. The format is described, to the byte, in
// audit/FORMAT.md. This file is made of the modules in audit/verify, one after the other: change those.
//
// Ends with 0: everything fits. 1: something was changed, and it says what. 2: it cannot be checked. 3: everything
// fits, and less vouches for it than was asked for.
`;

/** @returns {string} the program as one file */
export function joined(start = join(HERE, 'main.mjs')) {
  /** @type {Map<string, string>} */
  const parts = new Map();
  /** @type {Map<string, Set<string>>} */
  const fromNode = new Map();
  /** @type {Map<string, string>} */
  const owners = new Map();
  const add = (/** @type {string} */ path) => {
    if (parts.has(path)) return;
    const source = readFileSync(path, 'utf8').replace(/^#!.*\n/, '');
    for (const [, names, , from] of source.matchAll(IMPORT)) {
      if (from.startsWith('.')) add(resolve(dirname(path), from));
      else if (from.startsWith('node:') && names !== undefined) {
        const known = fromNode.get(from) ?? new Set();
        for (const name of names.split(',')) if (name.trim()) known.add(name.trim());
        fromNode.set(from, known);
      } else throw new Error(`${path} imports ${from}`);
    }
    const name = relative(HERE, path);
    for (const [, declared] of source.matchAll(TOP_LEVEL)) {
      const owner = owners.get(declared);
      if (owner !== undefined) throw new Error(`${declared} is in ${owner} and in ${name}`);
      owners.set(declared, name);
    }
    parts.set(
      path,
      `// ${'-'.repeat(8)} ${name} ${'-'.repeat(Math.max(4, 100 - name.length))}\n\n${plain(source)}`,
    );
  };
  add(start);
  const imports = [...fromNode].sort(([a], [b]) => (a < b ? -1 : 1)).map(importLine);
  return [HEAD, imports.join(''), ...parts.values()].join('\n');
}

/** @param {[from: string, names: Set<string>]} imported @returns {string} with one name a line if it is long */
function importLine([from, names]) {
  const line = `import { ${[...names].sort().join(', ')} } from '${from}';\n`;
  return line.length <= LINE_WIDTH
    ? line
    : line.replace('{ ', '{\n  ').replaceAll(', ', ',\n  ').replace(' }', ',\n}');
}

/** Without imports and exports; types are named as they are in this one file. @param {string} source */
function plain(source) {
  return source
    .replace(IMPORT, '')
    .replace(/^export (?=(async |function|const|let|class))/gm, '')
    .replace(/import\('[^']+'\)\./g, '')
    .replace(/^ \* @typedef \{(\w+)\} \1\n/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .concat('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(TARGET, joined());
