import { isAbsolute } from 'node:path';
import type { AwsConfig } from '../keys/kms/aws-kms';
import type { Pkcs11Config } from '../keys/kms/pkcs11';
import type { VaultConfig } from '../keys/kms/vault-transit';

/** What holds the keys above all others. */
export type KmsConfig =
  | { readonly kind: 'file' }
  | ({ readonly kind: 'pkcs11' } & Pkcs11Config)
  | ({ readonly kind: 'vault' } & VaultConfig)
  | ({ readonly kind: 'aws' } & AwsConfig);

type Environment = Readonly<Record<string, string | undefined>>;
const FORMS =
  'VESTIBULE_KMS: file, pkcs11:token=LABEL?module-path=/PATH, vault:https://HOST:PORT/MOUNT or aws:REGION';

/**
 * Reads `VESTIBULE_KMS` and what belongs to it.
 *
 * @param wrong - takes what is missing or wrong, by name and without values.
 */
export function readKms(env: Environment, wrong: string[]): KmsConfig {
  const given = env['VESTIBULE_KMS'] ?? '';
  const [kind = '', ...rest] = given.split(':');
  const words = rest.join(':');
  if (given === '' || given === 'file') return { kind: 'file' };
  if (kind === 'pkcs11') return readPkcs11(env, words, wrong);
  if (kind === 'vault') return readVault(env, words, wrong);
  if (kind === 'aws') return readAws(env, words, wrong);
  wrong.push(FORMS);
  return { kind: 'file' };
}

/** A PKCS#11 URI (RFC 7512) with a token and a module's path; the PIN is not in it, because addresses are shown. */
function readPkcs11(env: Environment, words: string, wrong: string[]): KmsConfig {
  const [path = '', query = ''] = words.split('?');
  const token = valueOf(path.split(';'), 'token');
  const module = valueOf(query.split('&'), 'module-path');
  if (token === '' || !isAbsolute(module)) wrong.push(FORMS);
  return {
    kind: 'pkcs11',
    token,
    module,
    pin: needed(env, 'VESTIBULE_KMS_PIN', 'the PIN of the token', wrong),
  };
}

function readVault(env: Environment, words: string, wrong: string[]): KmsConfig {
  const token = needed(env, 'VESTIBULE_KMS_TOKEN', "Vault's token", wrong);
  const url = URL.canParse(words) ? new URL(words) : undefined;
  const mount = url?.pathname.replace(/^\/|\/$/g, '') ?? '';
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    !/^[\w-]+(\/[\w-]+)*$/.test(mount) ||
    url.search !== ''
  )
    wrong.push(FORMS);
  // The token and every tenant's key go over this line.
  else if (url.protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
    wrong.push('VESTIBULE_KMS: Vault is asked over https, except on this machine');
  return { kind: 'vault', url: url?.origin ?? '', mount, token };
}

function readAws(env: Environment, region: string, wrong: string[]): KmsConfig {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) wrong.push(FORMS);
  const endpoint = env['VESTIBULE_KMS_ENDPOINT'];
  if (endpoint !== undefined && !/^https?:\/\/[^\s/]+\/?$/.test(endpoint))
    wrong.push('VESTIBULE_KMS_ENDPOINT: an http(s):// address without a path');
  return { kind: 'aws', region, ...(endpoint !== undefined && { endpoint }) };
}

function needed(env: Environment, name: string, what: string, wrong: string[]): string {
  const value = env[name] ?? '';
  if (value === '') wrong.push(`${name}: ${what}`);
  return value;
}

function valueOf(attributes: readonly string[], name: string): string {
  const found = attributes.find((attribute) => attribute.startsWith(`${name}=`));
  try {
    return decodeURIComponent(found?.slice(name.length + 1) ?? '');
  } catch {
    return '';
  }
}
