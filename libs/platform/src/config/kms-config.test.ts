import { readKms } from './kms-config';

function read(env: Record<string, string>) {
  const wrong: string[] = [];
  return { kms: readKms(env, wrong), wrong };
}

test.each<[Record<string, string>, object]>([
  [{}, { kind: 'file' }],
  [{ VESTIBULE_KMS: 'file' }, { kind: 'file' }],
  [
    {
      VESTIBULE_KMS: 'pkcs11:token=My%20HSM;object=x?module-path=/usr/lib/hsm.so',
      VESTIBULE_KMS_PIN: '1234',
    },
    { kind: 'pkcs11', token: 'My HSM', module: '/usr/lib/hsm.so', pin: '1234' },
  ],
  [
    { VESTIBULE_KMS: 'vault:https://vault.example.org:8200/team/transit/', VESTIBULE_KMS_TOKEN: 't' },
    { kind: 'vault', url: 'https://vault.example.org:8200', mount: 'team/transit', token: 't' },
  ],
  [{ VESTIBULE_KMS: 'aws:eu-central-1' }, { kind: 'aws', region: 'eu-central-1' }],
  [
    { VESTIBULE_KMS: 'aws:us-gov-west-1', VESTIBULE_KMS_ENDPOINT: 'https://kms.example.org' },
    { kind: 'aws', region: 'us-gov-west-1', endpoint: 'https://kms.example.org' },
  ],
])('%j names its KMS', (env, kms) => {
  expect(read(env)).toEqual({ kms, wrong: [] });
});

test.each<[Record<string, string>, string]>([
  [{ VESTIBULE_KMS: 'gcp:x' }, 'VESTIBULE_KMS: file, pkcs11:'],
  [{ VESTIBULE_KMS: 'FILE' }, 'VESTIBULE_KMS: file, pkcs11:'],
  [{ VESTIBULE_KMS: 'pkcs11:token=a?module-path=lib.so', VESTIBULE_KMS_PIN: '1' }, 'VESTIBULE_KMS: file'],
  [{ VESTIBULE_KMS: 'pkcs11:?module-path=/lib.so', VESTIBULE_KMS_PIN: '1' }, 'VESTIBULE_KMS: file'],
  [{ VESTIBULE_KMS: 'pkcs11:token=%zz?module-path=/lib.so', VESTIBULE_KMS_PIN: '1' }, 'VESTIBULE_KMS: file'],
  [{ VESTIBULE_KMS: 'pkcs11:token=a?module-path=/lib.so' }, 'VESTIBULE_KMS_PIN: the PIN of the token'],
  [{ VESTIBULE_KMS: 'vault:https://v.example.org/transit' }, "VESTIBULE_KMS_TOKEN: Vault's token"],
  [{ VESTIBULE_KMS: 'vault:https://v.example.org', VESTIBULE_KMS_TOKEN: 't' }, 'VESTIBULE_KMS: file'],
  [{ VESTIBULE_KMS: 'vault:v.example.org/transit', VESTIBULE_KMS_TOKEN: 't' }, 'VESTIBULE_KMS: file'],
  [{ VESTIBULE_KMS: 'vault:http://v.example.org/transit', VESTIBULE_KMS_TOKEN: 't' }, 'over https'],
  [{ VESTIBULE_KMS: 'aws:' }, 'VESTIBULE_KMS: file'],
  [{ VESTIBULE_KMS: 'aws:eu-central-1', VESTIBULE_KMS_ENDPOINT: 'kms' }, 'VESTIBULE_KMS_ENDPOINT'],
])('%j is refused, by name and without a value', (env, words) => {
  const { wrong } = read(env);
  expect(wrong).toHaveLength(1);
  expect(wrong[0]).toContain(words);
  expect(wrong[0]).not.toContain('example.org');
});
