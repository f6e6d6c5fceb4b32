import { schemaToJson } from '@cedar-policy/cedar-wasm/nodejs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS, OPEN_DOORS } from './actions';
import { ROLES } from './matrix';

const SCHEMA = schemaToJson(readFileSync(join(__dirname, '../access/schema.cedarschema'), 'utf8'));
if (SCHEMA.type === 'failure') throw new Error('The schema does not parse.');
const DECLARED = SCHEMA.json['Vestibule'];

test('the actions in the program are the actions in the schema', () => {
  expect([...ACTIONS].sort()).toEqual(Object.keys(DECLARED?.actions ?? {}).sort());
});

test('no action is named twice, and none is also an open door', () => {
  const names = [...ACTIONS, ...OPEN_DOORS];
  expect(new Set(names).size).toBe(names.length);
});

test('the matrix has a column for every role in the schema', () => {
  const declared: unknown = DECLARED?.entityTypes['Role'];
  expect(declared).toMatchObject({ enum: [...ROLES] });
});
