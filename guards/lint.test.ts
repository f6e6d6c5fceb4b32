import { type PlantedTree, plantTree } from './planted-tree';

/** rule, the fault. Each stands alone in a file of a library. */
const FAULTS: readonly (readonly [string, string])[] = [
  ['no-floating-promises', 'async function save() {}\nexport function act() { save(); }'],
  [
    'no-floating-promises',
    'class Store { async save() {} }\nexport class Service { constructor(private readonly store: Store) {}\n act() { this.store.save(); } }',
  ],
  [
    'no-misused-promises',
    'async function allowed() { return false; }\nexport const act = () => { if (allowed()) return 1; return 2; };',
  ],
  [
    'no-misused-promises',
    'export const act = (list: string[]) => list.forEach(async () => { await Promise.resolve(); });',
  ],
  ['no-explicit-any', 'export const x: any = 1;'],
  ['no-unsafe-assignment', "export const x: string = JSON.parse('1');"],
  ['no-unsafe-member-access', "export const x = JSON.parse('{}').name;"],
  ['no-unsafe-call', "JSON.parse('{}').run();\nexport {};"],
  ['no-unsafe-return', "export const x = (): string => JSON.parse('1');"],
  [
    'switch-exhaustiveness-check',
    "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 2; }",
  ],
  ['restrict-template-expressions', 'export const f = (x: { a: number }) => `${x}`;'],
  ['no-restricted-globals', 'export const now = () => new Date();'],
  ['no-restricted-globals', 'export const now = () => Date.now();'],
  ['no-restricted-properties', 'export const x = Math.random();'],
  ['no-restricted-properties', "export const x = process.env['HOME'];"],
  ['no-default-export', 'const x = 1;\nexport default x;'],
  ['no-console', "console.log('a name');\nexport {};"],
];

/** May do what a library may not. */
const ALLOWED: Record<string, string> = {
  'libs/kernel/src/clock.ts': 'export const now = (): Date => new Date();\n',
  'libs/kernel/src/type-only.ts': 'export interface Clock { now(): Date }\n',
  'libs/desk/src/hours.test.ts':
    "export const fixed = new Date('2026-01-01');\nexport const home = process.env['HOME'];\n",
  'apps/api/src/main.ts': "export const port = process.env['PORT'];\n",
  'infra/tool.ts': 'export const now = Date.now();\n',
};

interface Diagnostic {
  code: string;
  filename: string;
}

let tree: PlantedTree;
let found: Diagnostic[];
const place = (index: number) => `libs/desk/src/fault-${index}.ts`;

beforeAll(async () => {
  const planted = FAULTS.map(([, source], index) => [place(index), `${source}\n`]);
  tree = plantTree({ ...ALLOWED, ...(Object.fromEntries(planted) as Record<string, string>) });
  const said = await tree.run(
    'oxlint/bin/oxlint',
    '--type-aware',
    '--format',
    'json',
    'apps',
    'libs',
    'infra',
  );
  found = (JSON.parse(said) as { diagnostics: Diagnostic[] }).diagnostics;
}, 60_000);
afterAll(() => tree.remove());

test.each(FAULTS.map(([rule, source], index) => [rule, source.replaceAll('\n', ' '), index] as const))(
  '%s complains about: %s',
  (rule, _, index) => {
    const codes = found.filter(({ filename }) => filename.endsWith(place(index))).map(({ code }) => code);
    expect(codes.join()).toContain(`(${rule})`);
  },
);

test('what the clock, a test, a program or a tool may do is not complained about', () => {
  expect(found.filter(({ filename }) => !/fault-\d+\.ts$/.test(filename))).toEqual([]);
});
