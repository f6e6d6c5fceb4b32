import { parseCosignerVkey } from '@app/audit';
import { isAbsolute } from 'node:path';
import { type KmsConfig, readKms } from './kms-config';

/** Everything that the environment decides, read once at start. Nothing else in the house reads it. */
export interface Config {
  /** Owner of the schema: migrates, then is not used again. */
  readonly databaseUrl: string;
  /** Folder of all data that is not in PostgreSQL: keys, state of the log's signer. */
  readonly home: string;
  readonly port: number;
  readonly host: string;
  /** The address that browsers use, without a slash at its end: `https://intake.example.org`. */
  readonly publicUrl: string;
  readonly demo: boolean;
  /** Guards the root key file, when given. */
  readonly passphrase: string | undefined;
  readonly keyFile: string;
  /** The key file, unless it names another. */
  readonly kms: KmsConfig;
  readonly keys: KeyConfig;
  /** `smtp://` or `smtps://`. Absent in a demo: the outbox page takes the mail. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** Calls in this process, or on a media node elsewhere. */
  readonly media: MediaConfig | MediaNodeConfig;
  /** Absent: browsers are told of no relay. */
  readonly turn?: TurnConfig;
  /** Who cosigns our checkpoints. None: nobody outside does. */
  readonly witnesses?: readonly WitnessConfig[];
  /** Absent: no anchors. */
  readonly tsa?: TsaConfig;
  /** Whether a proxy in front of us says who asks (`X-Forwarded-For`). */
  readonly trustProxy: boolean;
}

export interface KeyConfig {
  /** Days after which a tenant's key is changed: E of docs/decisions/0014. */
  readonly epochDays: number;
  /** Days that a backup of the database is kept: B. An old key is destroyed when the last backup that needs it is gone. */
  readonly backupDays: number;
}

export interface MediaConfig {
  /** Where the SFU worker's program is, or will be once it has been built. */
  readonly workerBin: string;
  readonly listenIp: string;
  /** The address that browsers send media to, where it is not `listenIp`. */
  readonly announcedAddress: string | undefined;
  /** First UDP and TCP port; each worker takes one. */
  readonly port: number;
  readonly workers: number;
}

export interface MediaNodeConfig {
  /** `ws://` or `wss://`, host and port. */
  readonly url: string;
  readonly secret: string;
}

export interface TurnConfig {
  /** `turn:` and `turns:` addresses (RFC 7065) of one relay. */
  readonly urls: readonly string[];
  /** What the relay calls its static authentication secret. */
  readonly secret: string;
}

/** A witness that speaks C2SP tlog-witness. */
export interface WitnessConfig {
  /** What stands before `/add-checkpoint`. */
  readonly url: string;
  /** Its public key, as `witness vkey` prints it. */
  readonly vkey: string;
}

/** A time-stamping authority (RFC 3161 over HTTP). */
export interface TsaConfig {
  readonly url: string;
  /** PEM file of the certificates that we trust to vouch for it. */
  readonly caFile: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment, once, at start.
 *
 * @throws Error naming every variable that is missing or wrong, so that one restart mends them all. Values are never in
 * the message: they may be secrets.
 */
export function readConfig(env: Environment): Config {
  const wrong: string[] = [];
  const demo = oneOf(env, 'VESTIBULE_DEMO', ['on', 'off'], 'on', wrong) === 'on';
  const port = whole(env, 'PORT', 3000, 0, 65_535, wrong);
  const home = text(env, 'VESTIBULE_HOME', '');
  if (!isAbsolute(home)) wrong.push('VESTIBULE_HOME: the absolute path of a folder');
  const databaseUrl = text(env, 'DATABASE_URL', '');
  if (!/^postgres(ql)?:\/\/./.test(databaseUrl)) wrong.push('DATABASE_URL: a postgres:// address');
  const publicUrl = text(env, 'VESTIBULE_PUBLIC_URL', '').replace(/\/$/, '');
  if (publicUrl !== '' && !isOrigin(publicUrl))
    wrong.push('VESTIBULE_PUBLIC_URL: an http(s):// address without a path');
  if (publicUrl === '' && !demo) wrong.push('VESTIBULE_PUBLIC_URL: needed when VESTIBULE_DEMO is off');
  const smtpUrl = env['VESTIBULE_SMTP_URL'];
  if (smtpUrl !== undefined && !/^smtps?:\/\/./.test(smtpUrl))
    wrong.push('VESTIBULE_SMTP_URL: an smtp(s):// address');
  if (smtpUrl === undefined && !demo) wrong.push('VESTIBULE_SMTP_URL: needed when VESTIBULE_DEMO is off');
  const passphrase = env['VESTIBULE_PASSPHRASE'];
  if (passphrase !== undefined && passphrase.length < 12)
    wrong.push('VESTIBULE_PASSPHRASE: 12 characters or more');
  const media = readMedia(env, wrong);
  const turn = readTurn(env, wrong);
  const witnesses = readWitnesses(env, wrong);
  const tsa = readTsa(env, wrong);
  const trustProxy = oneOf(env, 'VESTIBULE_TRUST_PROXY', ['on', 'off'], 'off', wrong) === 'on';
  const kms = readKms(env, wrong);
  const keys = {
    epochDays: whole(env, 'VESTIBULE_KEY_EPOCH_DAYS', 7, 1, 3_650, wrong),
    backupDays: whole(env, 'VESTIBULE_BACKUP_DAYS', 30, 0, 3_650, wrong),
  };
  if (wrong.length > 0) throw new Error(`The environment is not complete:\n${wrong.join('\n')}`);
  return {
    databaseUrl,
    home,
    port,
    host: text(env, 'HOST', '127.0.0.1'),
    publicUrl,
    demo,
    passphrase,
    keyFile: text(env, 'VESTIBULE_KEY_FILE', `${home}/keys/root.key`),
    kms,
    keys,
    smtpUrl,
    mailFrom: text(env, 'VESTIBULE_MAIL_FROM', 'Vestibule <no-reply@localhost>'),
    media,
    ...(turn && { turn }),
    witnesses,
    ...(tsa && { tsa }),
    trustProxy,
  };
}

function readMedia(env: Environment, wrong: string[]): MediaConfig | MediaNodeConfig {
  const url = text(env, 'VESTIBULE_SFU_URL', '').replace(/\/$/, '');
  if (url !== '') {
    if (!isOrigin(url, /^wss?:$/)) wrong.push('VESTIBULE_SFU_URL: a ws(s):// address without a path');
    return { url, secret: secretOf(env, 'VESTIBULE_SFU_SECRET', wrong) };
  }
  const workerBin = text(env, 'VESTIBULE_SFU_WORKER', '');
  if (!isAbsolute(workerBin)) wrong.push('VESTIBULE_SFU_WORKER: the absolute path of the SFU worker');
  return {
    workerBin,
    listenIp: text(env, 'VESTIBULE_MEDIA_IP', '127.0.0.1'),
    announcedAddress: env['VESTIBULE_MEDIA_ADDRESS'],
    port: whole(env, 'VESTIBULE_MEDIA_PORT', 44_400, 0, 65_000, wrong),
    workers: whole(env, 'VESTIBULE_MEDIA_WORKERS', 1, 1, 64, wrong),
  };
}

function readTurn(env: Environment, wrong: string[]): TurnConfig | undefined {
  const given = text(env, 'VESTIBULE_TURN_URLS', '');
  if (given === '') return undefined;
  const urls = given.split(',').map((url) => url.trim());
  // RFC 7065, section 3.1: a relay's address has a host, perhaps a port and a transport, and nothing else.
  if (!urls.every((url) => /^turns?:[^\s/?#@]+(\?transport=(udp|tcp))?$/.test(url)))
    wrong.push('VESTIBULE_TURN_URLS: turn: or turns: addresses, with commas between them');
  return { urls, secret: secretOf(env, 'VESTIBULE_TURN_SECRET', wrong) };
}

function readWitnesses(env: Environment, wrong: string[]): WitnessConfig[] {
  const given = text(env, 'VESTIBULE_WITNESSES', '');
  if (given === '') return [];
  const witnesses = given.split(',').map((one) => {
    const [url = '', vkey = '', ...more] = one.trim().split(/\s+/);
    return {
      url: url.replace(/\/$/, ''),
      vkey,
      isWhole: isHttp(url) && isWitnessKey(vkey) && more.length === 0,
    };
  });
  const names = witnesses.map(({ vkey }) => vkey.split('+')[0]);
  if (!witnesses.every(({ isWhole }) => isWhole) || new Set(names).size !== names.length)
    wrong.push(
      'VESTIBULE_WITNESSES: an address, a space and the key line of each witness, with commas between them',
    );
  return witnesses.map(({ url, vkey }) => ({ url, vkey }));
}

function readTsa(env: Environment, wrong: string[]): TsaConfig | undefined {
  const url = text(env, 'VESTIBULE_TSA_URL', '');
  if (url === '') return undefined;
  const caFile = text(env, 'VESTIBULE_TSA_CA', '');
  if (!isHttp(url)) wrong.push('VESTIBULE_TSA_URL: an http(s):// address');
  if (!isAbsolute(caFile)) wrong.push('VESTIBULE_TSA_CA: the absolute path of a PEM file');
  return { url, caFile };
}

/** Whether it is the key line of a witness whose name can stand in the log as a code. */
function isWitnessKey(vkey: string): boolean {
  try {
    return /^[A-Za-z0-9][A-Za-z0-9._:/=-]{0,127}$/.test(parseCosignerVkey(vkey).name);
  } catch {
    return false;
  }
}

function isHttp(value: string): boolean {
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '') && !/[?#@]/.test(value);
}

/** A secret that two programs share. It goes into a header, so it has no spaces. */
function secretOf(env: Environment, name: string, wrong: string[]): string {
  const secret = text(env, name, '');
  if (!/^[\x21-\x7e]{32,}$/.test(secret)) wrong.push(`${name}: 32 characters or more, without spaces`);
  return secret;
}

function text(env: Environment, name: string, otherwise: string): string {
  const value = env[name];
  return value === undefined || value === '' ? otherwise : value;
}

function oneOf(
  env: Environment,
  name: string,
  allowed: readonly string[],
  otherwise: string,
  wrong: string[],
): string {
  const value = text(env, name, otherwise);
  if (!allowed.includes(value)) wrong.push(`${name}: ${allowed.join(' or ')}`);
  return value;
}

function whole(
  env: Environment,
  name: string,
  otherwise: number,
  least: number,
  most: number,
  wrong: string[],
): number {
  const value = text(env, name, String(otherwise));
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most)
    wrong.push(`${name}: a whole number from ${least} to ${most}`);
  return number;
}

function isOrigin(value: string, protocol = /^https?:$/): boolean {
  try {
    const url = new URL(value);
    return protocol.test(url.protocol) && url.origin === value;
  } catch {
    return false;
  }
}
