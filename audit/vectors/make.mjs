// Makes the bundles in this folder anew: node audit/vectors/make.mjs. The same sources give the same bytes.
//
// Some are honest, and more are each wrong in one way; bundles/cases.json says how the verifier must answer. The keys
// are made of fixed seeds or stand in keys/, and are good for nothing else.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format } from 'prettier';

import { CONTENT } from './cases-content.mjs';
import { FRAME } from './cases-frame.mjs';
import { log, server } from './honest.mjs';

const CASES = [...CONTENT, ...FRAME];
const here = import.meta.dirname;

rmSync(join(here, 'bundles'), { recursive: true, force: true });
mkdirSync(join(here, 'bundles'));
writeFileSync(join(here, 'keys', 'log.vkey'), `${log.vkey}\n`);
writeFileSync(join(here, 'keys', 'server.asc'), server.armored);
for (const [name, bytes] of CASES) writeFileSync(join(here, 'bundles', `${name}.zip`), bytes);
const cases = CASES.map(([name, , exit, says, args = []]) => ({
  file: `bundles/${name}.zip`,
  args,
  exit,
  says,
}));
writeFileSync(
  join(here, 'bundles', 'cases.json'),
  await format(JSON.stringify(cases), { parser: 'json', printWidth: 110 }),
);
console.log(`${cases.length} cases`);
