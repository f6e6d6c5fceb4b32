import { unwrap, wrap } from '@app/crypto';
import { DAY } from '@app/kernel';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

interface Key {
  readonly arn: string;
  readonly secret: Buffer;
  goneAt?: Date;
}

class Fault extends Error {}

const Context = z.strictObject({ vestibule: z.string().min(1) });
const Arn = z.string().startsWith('arn:aws:kms:');
const BODIES = {
  CreateKey: z.strictObject({
    KeySpec: z.literal('SYMMETRIC_DEFAULT'),
    KeyUsage: z.literal('ENCRYPT_DECRYPT'),
    Description: z.string().max(8_192),
    Tags: z.array(z.strictObject({ TagKey: z.string().max(128), TagValue: z.string().max(256) })),
  }),
  CreateAlias: z.strictObject({
    AliasName: z
      .string()
      .regex(/^alias\/[\w/-]+$/)
      .max(256),
    TargetKeyId: Arn,
  }),
  DescribeKey: z.strictObject({ KeyId: z.string() }),
  ListAliases: z.strictObject({ Limit: z.literal(1) }),
  Encrypt: z.strictObject({ KeyId: Arn, Plaintext: z.base64(), EncryptionContext: Context }),
  Decrypt: z.strictObject({ KeyId: Arn, CiphertextBlob: z.base64(), EncryptionContext: Context }),
  ReEncrypt: z.strictObject({
    CiphertextBlob: z.base64(),
    SourceKeyId: Arn,
    SourceEncryptionContext: Context,
    DestinationKeyId: Arn,
    DestinationEncryptionContext: Context,
  }),
  ScheduleKeyDeletion: z.strictObject({ KeyId: Arn, PendingWindowInDays: z.number().int().min(7).max(30) }),
};

/**
 * Answers like AWS KMS (JSON 1.1 over HTTP), as its API reference says; no real KMS was asked. It keeps real keys, wants a
 * signature of the fourth version in form (it does not check it), and refuses every body that is not one we send.
 *
 * @param now - so that a test can let days go by.
 */
export async function fakeAwsKms(now: () => Date) {
  const keys = new Map<string, Key>();
  const aliases = new Map<string, string>();

  function find(name: string): Key {
    const key = keys.get(name) ?? keys.get(aliases.get(name) ?? '');
    if (key === undefined || (key.goneAt && key.goneAt <= now())) throw new Fault('NotFoundException');
    return key;
  }
  function usable(name: string): Key {
    const key = find(name);
    if (key.goneAt) throw new Fault('KMSInvalidStateException');
    return key;
  }
  function described({ arn, goneAt }: Key) {
    return {
      Arn: arn,
      KeyId: arn.split('/').pop(),
      KeyState: goneAt ? 'PendingDeletion' : 'Enabled',
      ...(goneAt && { DeletionDate: goneAt.getTime() / 1000 }),
    };
  }
  function open(arn: string, blob: string, context: object): Buffer {
    try {
      return unwrap(usable(arn).secret, Buffer.from(blob, 'base64'), JSON.stringify(context));
    } catch (error) {
      throw error instanceof Fault ? error : new Fault('InvalidCiphertextException');
    }
  }
  const seal = (arn: string, bytes: Buffer, context: object) =>
    wrap(usable(arn).secret, bytes, JSON.stringify(context)).toString('base64');

  const ACTS: { [Name in keyof typeof BODIES]: (body: z.infer<(typeof BODIES)[Name]>) => object } = {
    CreateKey: () => {
      const arn = `arn:aws:kms:eu-central-1:000000000000:key/${randomUUID()}`;
      const key = { arn, secret: randomBytes(32) };
      keys.set(arn, key);
      return { KeyMetadata: described(key) };
    },
    CreateAlias: ({ AliasName, TargetKeyId }) => {
      if (aliases.has(AliasName)) throw new Fault('AlreadyExistsException');
      aliases.set(AliasName, usable(TargetKeyId).arn);
      return {};
    },
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: described(find(KeyId)) }),
    ListAliases: () => ({ Aliases: [], Truncated: aliases.size > 1 }),
    Encrypt: ({ KeyId, Plaintext, EncryptionContext }) => ({
      KeyId,
      CiphertextBlob: seal(KeyId, Buffer.from(Plaintext, 'base64'), EncryptionContext),
    }),
    Decrypt: ({ KeyId, CiphertextBlob, EncryptionContext }) => ({
      KeyId,
      Plaintext: open(KeyId, CiphertextBlob, EncryptionContext).toString('base64'),
    }),
    ReEncrypt: (body) => ({
      KeyId: body.DestinationKeyId,
      SourceKeyId: body.SourceKeyId,
      CiphertextBlob: seal(
        body.DestinationKeyId,
        open(body.SourceKeyId, body.CiphertextBlob, body.SourceEncryptionContext),
        body.DestinationEncryptionContext,
      ),
    }),
    ScheduleKeyDeletion: ({ KeyId, PendingWindowInDays }) => {
      const key = usable(KeyId);
      key.goneAt = new Date(now().getTime() + PendingWindowInDays * DAY);
      return { ...described(key), KeyId };
    },
  };

  const server = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((parts) => {
        const { status, body } = answer(request, parts.join(''));
        response.writeHead(status, {
          'content-type': 'application/x-amz-json-1.1',
          'x-amzn-requestid': randomUUID(),
        });
        response.end(JSON.stringify(body));
      });
  });

  function answer(request: IncomingMessage, text: string): { status: number; body: object } {
    const [service, name = ''] = String(request.headers['x-amz-target']).split('.');
    const signed =
      /^AWS4-HMAC-SHA256 Credential=\S+\/eu-central-1\/kms\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/;
    try {
      if (request.method !== 'POST' || request.url !== '/' || service !== 'TrentService')
        throw new Fault('UnknownOperationException');
      if (request.headers['content-type'] !== 'application/x-amz-json-1.1')
        throw new Fault('SerializationException');
      if (!signed.test(String(request.headers.authorization)))
        throw new Fault('MissingAuthenticationTokenException');
      if (!isAct(name)) throw new Fault('UnknownOperationException');
      return { status: 200, body: act(name, JSON.parse(text)) };
    } catch (error) {
      const type = error instanceof Fault ? error.message : 'ValidationException';
      return { status: 400, body: { __type: type, message: String(error) } };
    }
  }
  function act<Name extends keyof typeof BODIES>(name: Name, body: unknown): object {
    return ACTS[name](BODIES[name].parse(body) as z.infer<(typeof BODIES)[Name]>);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

function isAct(name: string): name is keyof typeof BODIES {
  return name in BODIES;
}
