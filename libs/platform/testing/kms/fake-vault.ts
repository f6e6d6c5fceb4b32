import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unwrap, wrap } from '@app/crypto';
import { z } from 'zod';

interface Key {
  readonly versions: Map<number, Buffer>;
  latest: number;
  minAvailable: number;
  minDecryption: number;
  minEncryption: number;
}

const Context = z.base64().min(4);
const BODIES = {
  create: z.strictObject({
    type: z.literal('aes256-gcm96'),
    derived: z.literal(true),
    exportable: z.literal(false),
  }),
  rotate: z.strictObject({}),
  config: z.strictObject({
    min_decryption_version: z.number().int().positive(),
    min_encryption_version: z.number().int().positive(),
  }),
  trim: z.strictObject({ min_available_version: z.number().int().positive() }),
  encrypt: z.strictObject({
    plaintext: z.base64(),
    context: Context,
    key_version: z.number().int().positive(),
  }),
  decrypt: z.strictObject({ ciphertext: z.string(), context: Context }),
  rewrap: z.strictObject({
    ciphertext: z.string(),
    context: Context,
    key_version: z.number().int().positive(),
  }),
};

/**
 * Answers like HashiCorp Vault's Transit engine, as its API documentation and the sources of its trimming say; no real
 * Vault was asked. It keeps real keys, and answers 400 to every request whose path, header or body is not one of the
 * documented ones that we send.
 */
export async function fakeVault(token: string) {
  const keys = new Map<string, Key>();
  const refused: string[] = [];
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      if (status >= 400) refused.push(`${status} ${request.method} ${request.url}`);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });

  async function answer(request: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const text = (await request.setEncoding('utf8').toArray()).join('');
    const path = request.url ?? '';
    if (request.method === 'GET' && path === '/v1/sys/health?standbyok=true')
      return { status: 200, body: {} };
    if (request.headers['x-vault-token'] !== token)
      return { status: 403, body: { errors: ['permission denied'] } };
    if (request.headers['x-vault-request'] !== 'true')
      return { status: 400, body: { errors: ['no x-vault-request'] } };
    if (request.method === 'GET' && path === '/v1/transit/keys?list=true')
      return keys.size === 0
        ? { status: 404, body: { errors: [] } }
        : { status: 200, body: { data: { keys: [...keys.keys()] } } };
    try {
      return handle(request.method ?? '', path, text === '' ? undefined : JSON.parse(text));
    } catch (error) {
      return { status: 400, body: { errors: [error instanceof Error ? error.message : 'refused'] } };
    }
  }

  function handle(method: string, path: string, body: unknown): { status: number; body?: unknown } {
    const [, verb = '', name = '', step = ''] =
      /^\/v1\/transit\/(keys|encrypt|decrypt|rewrap)\/([\w.-]+)(?:\/(rotate|config|trim))?$/.exec(path) ?? [];
    const key = keys.get(name);
    if (method === 'GET' && verb === 'keys' && step === '')
      return key ? { status: 200, body: described(key) } : { status: 404 };
    if (method !== 'POST' || name === '') return { status: 405 };
    if (verb === 'keys' && step === '') {
      BODIES.create.parse(body);
      if (key === undefined)
        keys.set(name, {
          versions: new Map([[1, randomBytes(32)]]),
          latest: 1,
          minAvailable: 0,
          minDecryption: 1,
          minEncryption: 0,
        });
      return { status: 204 };
    }
    if (key === undefined) return { status: 404 };
    if (verb === 'keys') return change(key, step, body);
    if (verb === 'encrypt') {
      const { plaintext, context, key_version } = BODIES.encrypt.parse(body);
      return {
        status: 200,
        body: { data: { ciphertext: sealed(key, key_version, context, plaintext), key_version } },
      };
    }
    if (verb === 'decrypt') {
      const { ciphertext, context } = BODIES.decrypt.parse(body);
      return { status: 200, body: { data: { plaintext: opened(key, context, ciphertext) } } };
    }
    const { ciphertext, context, key_version } = BODIES.rewrap.parse(body);
    const data = {
      ciphertext: sealed(key, key_version, context, opened(key, context, ciphertext)),
      key_version,
    };
    return { status: 200, body: { data } };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What was answered with a refusal, in order. */
    refused,
    close: () =>
      new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

function change(key: Key, step: string, body: unknown): { status: number; body?: unknown } {
  if (step === 'rotate') {
    BODIES.rotate.parse(body);
    key.latest += 1;
    key.versions.set(key.latest, randomBytes(32));
  } else if (step === 'config') {
    const given = BODIES.config.parse(body);
    if (given.min_decryption_version > key.latest || given.min_encryption_version > key.latest)
      throw new Error('cannot set a minimum version above the latest');
    key.minDecryption = given.min_decryption_version;
    key.minEncryption = given.min_encryption_version;
  } else {
    const { min_available_version: least } = BODIES.trim.parse(body);
    if (least < key.minAvailable) throw new Error('minimum available version cannot be decremented');
    if (key.minEncryption === 0) throw new Error('minimum encryption version is not set');
    if (least > key.minEncryption || least > key.minDecryption)
      throw new Error('greater than a minimum version');
    key.minAvailable = least;
    for (const version of key.versions.keys()) if (version < least) key.versions.delete(version);
  }
  return { status: 200, body: described(key) };
}

function described(key: Key) {
  return {
    data: {
      type: 'aes256-gcm96',
      derived: true,
      latest_version: key.latest,
      min_available_version: key.minAvailable,
      min_decryption_version: key.minDecryption,
      min_encryption_version: key.minEncryption,
      keys: Object.fromEntries([...key.versions.keys()].map((version) => [version, 0])),
    },
  };
}

function sealed(key: Key, version: number, context: string, plaintext: string): string {
  if (key.minEncryption > 0 && version < key.minEncryption)
    throw new Error('below the minimum encryption version');
  return `vault:v${version}:${wrap(versionOf(key, version), Buffer.from(plaintext, 'base64'), context).toString('base64')}`;
}

function opened(key: Key, context: string, ciphertext: string): string {
  const [, version = '0', bytes = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
  if (Number(version) < key.minDecryption) throw new Error('below the minimum decryption version');
  return unwrap(versionOf(key, Number(version)), Buffer.from(bytes, 'base64'), context).toString('base64');
}

function versionOf(key: Key, version: number): Buffer {
  const bytes = key.versions.get(version);
  if (bytes === undefined) throw new Error('no such version');
  return bytes;
}
