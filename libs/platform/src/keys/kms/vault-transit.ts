import { AppError, SECOND } from '@app/kernel';
import { z } from 'zod';
import { KekGone, type KekRef, type KekState, type KmsProvider } from './kms-provider';

export interface VaultConfig {
  /** The server's address, without a path: `https://vault.example.org:8200`. */
  readonly url: string;
  /** Where its Transit engine is mounted. */
  readonly mount: string;
  readonly token: string;
}

const TIMEOUT_MS = 10 * SECOND;
const KeyAnswer = z.object({
  data: z.object({ latest_version: z.number().int(), min_available_version: z.number().int() }),
});
const Sealed = z.object({ data: z.object({ ciphertext: z.string().startsWith('vault:v') }) });
const Opened = z.object({ data: z.object({ plaintext: z.base64() }) });

/**
 * Keeps tenants' key-encryption keys in HashiCorp Vault's Transit engine: one key a tenant, its versions ours. Keys are
 * `derived`, so that the context is bound by the key that is derived from it: the engine's `rewrap` takes a context, and no
 * associated data. A version is destroyed by trimming, which goes from the oldest up.
 */
export class VaultTransit implements KmsProvider {
  readonly kind = 'vault';
  readonly destroyDelayDays = 0;

  constructor(private readonly config: VaultConfig) {}

  async createKek(tenantId: string, version: number): Promise<KekRef> {
    const kek = `vestibule-${tenantId}`;
    // Does nothing where the key stands already.
    await this.send('POST', `keys/${kek}`, { type: 'aes256-gcm96', derived: true, exportable: false });
    let key = await this.key(kek);
    if (version < key.oldest) throw new KekGone();
    for (; key.latest < version; key = await this.key(kek)) await this.send('POST', `keys/${kek}/rotate`, {});
    return { tenantId, version, kek };
  }

  async wrap({ kek, version }: KekRef, key: Buffer, context: string): Promise<Buffer> {
    const answer = await this.send('POST', `encrypt/${kek}`, {
      plaintext: key.toString('base64'),
      context: base64(context),
      key_version: version,
    });
    return Buffer.from(Sealed.parse(answer).data.ciphertext, 'utf8');
  }

  async unwrap({ kek, version }: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    const answer = await this.open(`decrypt/${kek}`, wrapped, version, { context: base64(context) });
    return Buffer.from(Opened.parse(answer).data.plaintext, 'base64');
  }

  /** Inside Vault, within a tenant: the key does not leave it. */
  async rewrap(from: KekRef, to: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    if (from.kek !== to.kek) throw new RangeError('a key is re-wrapped within its tenant');
    const words = { context: base64(context), key_version: to.version };
    const answer = await this.open(`rewrap/${from.kek}`, wrapped, from.version, words);
    return Buffer.from(Sealed.parse(answer).data.ciphertext, 'utf8');
  }

  async destroy({ kek, version }: KekRef, notBefore: Date, now: Date): Promise<Date> {
    if (now < notBefore) throw new RangeError('a key is not destroyed before its time');
    const { oldest } = await this.key(kek);
    if (version < oldest) return now;
    // Trimming takes all that is older with it.
    if (oldest !== version)
      throw new Error(`version ${oldest} of this key stands, and has to be destroyed first`);
    await this.send('POST', `keys/${kek}/config`, {
      min_decryption_version: version + 1,
      min_encryption_version: version + 1,
    });
    await this.send('POST', `keys/${kek}/trim`, { min_available_version: version + 1 });
    return now;
  }

  async status({ kek, version }: KekRef): Promise<KekState> {
    return version < (await this.key(kek)).oldest ? 'destroyed' : 'usable';
  }

  async health(): Promise<void> {
    // Answers 200 only where Vault is initialised, unsealed and active (a standby that forwards is as good).
    const answer = await this.fetch('GET', '/v1/sys/health?standbyok=true');
    if (!answer.ok) throw new Error(`Vault is not ready: it answers ${answer.status}.`);
    await this.send('GET', 'keys?list=true', undefined, [404]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async key(kek: string): Promise<{ readonly latest: number; readonly oldest: number }> {
    const { data } = KeyAnswer.parse(await this.send('GET', `keys/${kek}`));
    // Vault says 0 of a key that was never trimmed.
    return { latest: data.latest_version, oldest: Math.max(1, data.min_available_version) };
  }

  /** For what Vault may refuse to open: its 400 says that the bytes, the context or the version are not the right ones. */
  private async open(path: string, wrapped: Buffer, version: number, words: object): Promise<unknown> {
    const ciphertext = wrapped.toString('utf8');
    const answer = ciphertext.startsWith(`vault:v${version}:`)
      ? await this.send('POST', path, { ciphertext, ...words }, [400])
      : undefined;
    if (answer === undefined) throw new AppError('SEAL_BROKEN', 'This key cannot be unwrapped.');
    return answer;
  }

  /** @returns the answer's body; nothing for a status that the caller expects. */
  private async send(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    expected: readonly number[] = [],
  ): Promise<unknown> {
    const answer = await this.fetch(method, `/v1/${this.config.mount}/${path}`, body);
    if (expected.includes(answer.status)) return undefined;
    // What Vault says of an error may name keys and policies: its status is enough.
    if (!answer.ok) throw new Error(`Vault answers ${answer.status} to ${method} ${path.split('/')[0]}.`);
    return answer.status === 204 ? {} : answer.json();
  }

  private fetch(method: string, path: string, body?: object): Promise<Response> {
    return fetch(new URL(path, this.config.url), {
      method,
      headers: {
        'x-vault-token': this.config.token,
        'x-vault-request': 'true',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
