import type * as Aws from '@aws-sdk/client-kms';
import { AppError, SECOND } from '@app/kernel';
import { KekGone, type KekRef, type KekState, type KmsProvider } from './kms-provider';

export interface AwsConfig {
  readonly region: string;
  /** A VPC endpoint, where there is one. */
  readonly endpoint?: string;
}

/** AWS keeps a key for at least seven days after it was asked to delete it; it cannot be used in that time. */
const WAIT_DAYS = 7;
/** What KMS says of bytes that do not open. */
const DOES_NOT_OPEN = ['InvalidCiphertextException', 'IncorrectKeyException'];

/**
 * Opens AWS KMS. Each version of each tenant's key has a symmetric KMS key of its own, found by an alias; the context is
 * its encryption context. The package is loaded only here, and who we are it finds by itself (its default credential chain).
 */
export async function openAwsKms({ region, endpoint }: AwsConfig): Promise<KmsProvider> {
  const aws = await import('@aws-sdk/client-kms');
  const client = new aws.KMSClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 3,
    requestHandler: { requestTimeout: 10 * SECOND, connectionTimeout: 5 * SECOND },
  });
  return new AwsKms(aws, client);
}

class AwsKms implements KmsProvider {
  readonly kind = 'aws';
  readonly destroyDelayDays = WAIT_DAYS;

  constructor(
    private readonly aws: typeof Aws,
    private readonly client: Aws.KMSClient,
  ) {}

  async createKek(tenantId: string, version: number): Promise<KekRef> {
    const alias = `alias/vestibule/${tenantId}/${version}`;
    const found = await this.describe(alias);
    if (found !== undefined) return this.standing(tenantId, version, found);
    const made = await this.client.send(
      new this.aws.CreateKeyCommand({
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyUsage: 'ENCRYPT_DECRYPT',
        Description: `Vestibule: version ${version} of the key of tenant ${tenantId}`,
        Tags: [{ TagKey: 'vestibule-tenant', TagValue: tenantId }],
      }),
    );
    const kek = made.KeyMetadata?.Arn;
    if (kek === undefined) throw new Error('AWS KMS made a key and does not name it.');
    try {
      await this.client.send(new this.aws.CreateAliasCommand({ AliasName: alias, TargetKeyId: kek }));
      return { tenantId, version, kek };
    } catch (error) {
      if (!isNamed(error, 'AlreadyExistsException')) throw error;
      // Somebody else was first: theirs is the key, ours is of no use.
      await this.schedule(kek);
      const first = await this.describe(alias);
      if (first === undefined) throw error;
      return this.standing(tenantId, version, first);
    }
  }

  async wrap({ kek }: KekRef, key: Buffer, context: string): Promise<Buffer> {
    const { CiphertextBlob } = await this.client.send(
      new this.aws.EncryptCommand({ KeyId: kek, Plaintext: key, EncryptionContext: bound(context) }),
    );
    return bytes(CiphertextBlob);
  }

  async unwrap({ kek }: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    const { Plaintext } = await unlessBroken(
      this.client.send(
        new this.aws.DecryptCommand({
          KeyId: kek,
          CiphertextBlob: wrapped,
          EncryptionContext: bound(context),
        }),
      ),
    );
    return bytes(Plaintext);
  }

  /** Inside KMS: the key does not leave it. */
  async rewrap(from: KekRef, to: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    const { CiphertextBlob } = await unlessBroken(
      this.client.send(
        new this.aws.ReEncryptCommand({
          CiphertextBlob: wrapped,
          SourceKeyId: from.kek,
          SourceEncryptionContext: bound(context),
          DestinationKeyId: to.kek,
          DestinationEncryptionContext: bound(context),
        }),
      ),
    );
    return bytes(CiphertextBlob);
  }

  async destroy({ kek }: KekRef, notBefore: Date, now: Date): Promise<Date> {
    if (now < notBefore) throw new RangeError('a key is not destroyed before its time');
    const key = await this.describe(kek);
    if (key === undefined) return now;
    if (key.KeyState === 'PendingDeletion') return key.DeletionDate ?? now;
    return (await this.schedule(kek)) ?? now;
  }

  async status({ kek }: KekRef): Promise<KekState> {
    const key = await this.describe(kek);
    if (key === undefined) return 'destroyed';
    return key.KeyState === 'PendingDeletion' ? 'destroying' : 'usable';
  }

  async health(): Promise<void> {
    await this.client.send(new this.aws.ListAliasesCommand({ Limit: 1 }));
  }

  close(): Promise<void> {
    this.client.destroy();
    return Promise.resolve();
  }

  private standing(tenantId: string, version: number, { Arn, KeyState }: Aws.KeyMetadata): KekRef {
    if (KeyState === 'PendingDeletion') throw new KekGone();
    if (Arn === undefined) throw new Error('AWS KMS does not name a key that it has.');
    return { tenantId, version, kek: Arn };
  }

  private async describe(name: string): Promise<Aws.KeyMetadata | undefined> {
    try {
      return (await this.client.send(new this.aws.DescribeKeyCommand({ KeyId: name }))).KeyMetadata;
    } catch (error) {
      if (isNamed(error, 'NotFoundException')) return undefined;
      throw error;
    }
  }

  private async schedule(kek: string): Promise<Date | undefined> {
    const { DeletionDate } = await this.client.send(
      new this.aws.ScheduleKeyDeletionCommand({ KeyId: kek, PendingWindowInDays: WAIT_DAYS }),
    );
    return DeletionDate;
  }
}

function bound(context: string): Record<string, string> {
  return { vestibule: context };
}

function bytes(given: Uint8Array | undefined): Buffer {
  if (given === undefined) throw new Error('AWS KMS answers without the bytes.');
  return Buffer.from(given.buffer, given.byteOffset, given.byteLength);
}

async function unlessBroken<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    // A key that waits to be deleted, or is gone, opens nothing either.
    const codes = [...DOES_NOT_OPEN, 'KMSInvalidStateException', 'NotFoundException'];
    if (!codes.some((code) => isNamed(cause, code))) throw cause;
    throw new AppError('SEAL_BROKEN', 'This key cannot be unwrapped.', { cause });
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
