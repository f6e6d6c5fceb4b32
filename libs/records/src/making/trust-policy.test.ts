import { formatCosignerVkey } from '@app/audit';
import { generateKeyPairSync } from 'node:crypto';
import { trustPolicy } from './trust-policy';

const witness = (name: string) => ({
  vkey: formatCosignerVkey({ name, publicKey: generateKeyPairSync('ed25519').publicKey }),
});
const LOG = 'vestibule/log/x+01234567+AQ==';

test('names the log, each witness with its key, and how many must have seen it', () => {
  const [one, two] = [witness('w.example/one'), witness('w.example/two')];
  expect(trustPolicy(LOG, [one, two], 2)).toBe(
    [
      `log ${LOG}`,
      `witness w.example/one ${one.vkey}`,
      `witness w.example/two ${two.vkey}`,
      'group witnesses 2 w.example/one w.example/two',
      'quorum witnesses',
      '',
    ].join('\n'),
  );
});

test('without witnesses asks for none', () => {
  expect(trustPolicy(LOG, [], 1)).toBe(`log ${LOG}\nquorum none\n`);
});
