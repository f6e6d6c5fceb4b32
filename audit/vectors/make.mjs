// Makes the bundles in this folder anew: node audit/vectors/make.mjs. The same sources give the same bytes.
//
// Some are honest, and more are each wrong in one way; bundles/cases.json says how the verifier must answer. The keys
// are made of fixed seeds or stand in keys/, and are good for nothing else. The bundles in format-1/ are not made anew:
// they are as they were made when that format was the one that was written.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format } from 'prettier';

import { CONTENT } from './cases-content.mjs';
import { FRAME } from './cases-frame.mjs';
import { PARTS } from './cases-parts.mjs';
import { log, server } from './honest.mjs';
import { checkpoints, policies } from './rich.mjs';

const CASES = [...CONTENT, ...FRAME, ...PARTS];
const here = import.meta.dirname;
const fileOf = (name) => `bundles/${name.includes('.') ? name : `${name}.zip`}`;

for (const folder of ['bundles', 'trust']) {
  rmSync(join(here, folder), { recursive: true, force: true });
  mkdirSync(join(here, folder));
}
writeFileSync(join(here, 'keys', 'log.vkey'), `${log.vkey}\n`);
writeFileSync(join(here, 'keys', 'server.asc'), server.armored);
for (const [name, text] of Object.entries(policies))
  writeFileSync(join(here, 'trust', `${name}.policy`), text);
for (const [name, text] of Object.entries(checkpoints))
  writeFileSync(join(here, 'trust', `${name}.checkpoint`), text);
for (const [name, bytes] of CASES) writeFileSync(join(here, fileOf(name)), bytes);
const cases = CASES.map(([name, , exit, says, args = []]) => ({ file: fileOf(name), args, exit, says }));
writeFileSync(
  join(here, 'bundles', 'cases.json'),
  await format(JSON.stringify(cases), { parser: 'json', printWidth: 110 }),
);
console.log(`${cases.length} cases`);
