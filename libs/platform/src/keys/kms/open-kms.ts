import type { KmsConfig } from '../../config/kms-config';
import { openAwsKms } from './aws-kms';
import { openKeyFile } from './key-file';
import type { KmsProvider } from './kms-provider';
import { openPkcs11 } from './pkcs11';
import { VaultTransit } from './vault-transit';

/**
 * Opens the KMS that the configuration names, and sees that it can be used.
 *
 * @throws Error that says what is wrong, without any value.
 */
export async function openKms(
  config: KmsConfig,
  file: { readonly path: string; readonly passphrase: string | undefined },
): Promise<KmsProvider> {
  const kms = await open(config, file);
  await kms.health();
  return kms;
}

async function open(config: KmsConfig, file: { path: string; passphrase: string | undefined }) {
  switch (config.kind) {
    case 'file':
      return openKeyFile(file.path, file.passphrase);
    case 'pkcs11':
      return openPkcs11(config);
    case 'vault':
      return new VaultTransit(config);
    case 'aws':
      return openAwsKms(config);
  }
}
