import type { TenantId } from '@app/kernel';
import { CheckpointSigner, type StaffPrincipal } from '@app/platform';
import { LocalAuthority } from '../../../../audit/tests/local-authority';
import { WitnessProcess } from '../../../../audit/tests/witness-process';
import { House, VERIFIER_PATH } from '../../testing/house';
import { filesOf, manifestOf, verify } from '../../testing/judge';

const witness = new WitnessProcess();
const authority = new LocalAuthority({ key: 'p256' });
let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'AUDIT' } as const;

beforeAll(async () => {
  witness.follow([]);
  await witness.start();
  house = await House.open(VERIFIER_PATH, {
    witnesses: [{ url: witness.url.replace(/\/$/, ''), vkey: witness.vkey() }],
    tsa: { url: await authority.serve(), caFile: authority.caFile },
  });
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  await house.write(clinic, [{ at: '2025-06-02T00:00:00.000Z' }]);
  await witness.stop();
  const vkey = await house.app.get(CheckpointSigner).vkey(clinic);
  witness.follow([vkey], { listen: new URL(witness.url).host });
  await witness.start();
  await house.until(async () => (await house.count('audit_cosignature')) > 0);
}, 60_000);
afterAll(async () => {
  await house.close();
  await witness.remove();
  authority.remove();
});

const made = async () => {
  const done = await house.ended(officer, await house.exports.request(officer, JUNE));
  expect([done.state, done.failure]).toEqual(['ready', undefined]);
  return house.bundle(officer, done.exportId);
};
const judged = (bundle: Buffer) => {
  const policy = filesOf(bundle).get('trust/policy') ?? '';
  return verify(bundle, ['--policy', 'trust.policy', '--tsa-ca', 'ca.pem'], {
    'trust.policy': policy,
    'ca.pem': authority.ca,
  });
};

test('a bundle has a checkpoint that the witness has seen and a stamp of it, and holds against the policy that asks for both', async () => {
  const bundle = await made();
  const files = filesOf(bundle);
  expect(files.get('proof/checkpoint')?.toString()).toContain(`— ${witness.name} `);
  expect([...files.keys()].filter((name) => name.endsWith('.tsr')).length).toBeGreaterThan(0);
  expect(files.get('trust/policy')?.toString()).toContain(`witness ${witness.name} ${witness.vkey()}\n`);
  expect(files.get('trust/tsa-ca.pem')?.toString()).toBe(authority.ca);
  expect(judged(bundle)).toEqual({ exitCode: 0, findings: [] });
}, 60_000);

test('it follows the export before it: the verifier sees that the log has only grown', async () => {
  const before = manifestOf(await made());
  const bundle = await made();
  expect(manifestOf(bundle)).toMatchObject({ previous: { size: before['size'], root: before['root'] } });
  expect(judged(bundle).exitCode).toBe(0);
  expect(verify(bundle).exitCode).toBe(0);
}, 60_000);

test('while the witness is away a bundle is made all the same, and is below the policy', async () => {
  await witness.stop();
  // Until now everything is seen; what comes from here on is not.
  await house.write(clinic, [{ at: '2025-06-03T00:00:00.000Z' }]);
  const bundle = await made();
  expect(verify(bundle).exitCode).toBe(0);
  expect(judged(bundle).exitCode).toBe(3);
}, 60_000);
