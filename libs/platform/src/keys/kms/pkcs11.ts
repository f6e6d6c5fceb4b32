import { AppError } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import type * as Pkcs11 from 'pkcs11js';
import { KekGone, type KekRef, type KekState, type KmsProvider } from './kms-provider';

export interface Pkcs11Config {
  /** The library of the HSM's maker: an absolute path. */
  readonly module: string;
  /** The label of the token. */
  readonly token: string;
  readonly pin: string;
}

const NONCE_BYTES = 12;
const TAG_BITS = 128;
/** Room for what is encrypted, beyond its own length. */
const ROOM_BYTES = 64;
/** An HSM that was restarted has forgotten our session: these ask for a new one, once. */
const LOST = [
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_DEVICE_REMOVED',
  'CKR_USER_NOT_LOGGED_IN',
];
/** What a token says of bytes that do not open. SoftHSM says the general one. */
const DOES_NOT_OPEN = ['CKR_ENCRYPTED_DATA_INVALID', 'CKR_ENCRYPTED_DATA_LEN_RANGE', 'CKR_GENERAL_ERROR'];

/**
 * Opens a PKCS#11 token (OASIS PKCS #11 v2.40). Each version of each tenant's key is an AES-256 key object that cannot be
 * taken out; wrapping is CKM_AES_GCM with a random 96-bit nonce. Calls are short and rare (a tenant's key every few
 * minutes), so they are made one after the other.
 *
 * @throws Error that says what is wrong: the add-on, the library, the token or the PIN.
 */
export async function openPkcs11(config: Pkcs11Config): Promise<KmsProvider> {
  let library: typeof Pkcs11;
  try {
    const loaded: { default?: typeof Pkcs11 } = await import('pkcs11js');
    library = loaded.default ?? (loaded as typeof Pkcs11);
  } catch (cause) {
    throw new Error('The PKCS#11 add-on is not built: run "node infra/bootstrap/steps/pkcs11.mjs".', {
      cause,
    });
  }
  return new Pkcs11Provider(library, config);
}

class Pkcs11Provider implements KmsProvider {
  readonly kind = 'pkcs11';
  readonly destroyDelayDays = 0;
  private readonly token: Pkcs11.PKCS11;
  private session: Pkcs11.Handle;

  constructor(
    private readonly library: typeof Pkcs11,
    private readonly config: Pkcs11Config,
  ) {
    this.token = new library.PKCS11();
    try {
      this.token.load(config.module);
    } catch (cause) {
      throw new Error('VESTIBULE_KMS: the PKCS#11 library cannot be loaded.', { cause });
    }
    try {
      this.token.C_Initialize();
    } catch (error) {
      // Another provider of this process uses the same library.
      if (!isCode(error, 'CKR_CRYPTOKI_ALREADY_INITIALIZED')) throw error;
    }
    this.session = this.openSession();
  }

  async createKek(tenantId: string, version: number): Promise<KekRef> {
    const label = labelOf(tenantId, version);
    return this.attempt((session) => {
      if (this.find(session, this.library.CKO_DATA, label).length > 0) throw new KekGone();
      if (this.find(session, this.library.CKO_SECRET_KEY, label).length === 0) this.generate(session, label);
      // Two that come together make two: both take the one whose id is the smallest, and nothing is under the other yet.
      const ids = this.find(session, this.library.CKO_SECRET_KEY, label).map((key) =>
        this.idOf(session, key),
      );
      const [first] = ids.sort((a, b) => a.compare(b));
      if (first === undefined) throw new Error('The token made a key and does not find it.');
      return { tenantId, version, kek: `${label}#${first.toString('hex')}` };
    });
  }

  async wrap(kek: KekRef, key: Buffer, context: string): Promise<Buffer> {
    return this.attempt((session) => {
      const nonce = randomBytes(NONCE_BYTES);
      this.token.C_EncryptInit(session, this.gcm(nonce, context), this.keyOf(session, kek));
      const wrapped = this.token.C_Encrypt(session, key, Buffer.alloc(key.length + ROOM_BYTES));
      return Buffer.concat([nonce, wrapped]);
    });
  }

  async unwrap(kek: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    return this.attempt((session) => {
      const handle = this.keyOf(session, kek);
      try {
        this.token.C_DecryptInit(session, this.gcm(wrapped.subarray(0, NONCE_BYTES), context), handle);
        const room = Buffer.alloc(wrapped.length + ROOM_BYTES);
        return this.token.C_Decrypt(session, wrapped.subarray(NONCE_BYTES), room);
      } catch (cause) {
        if (!DOES_NOT_OPEN.some((code) => isCode(cause, code))) throw cause;
        throw new AppError('SEAL_BROKEN', 'This key cannot be unwrapped.', { cause });
      }
    });
  }

  /** GCM cannot wrap and unwrap inside a token: the key is in our memory for a moment, and cleared. */
  async rewrap(from: KekRef, to: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    const key = await this.unwrap(from, wrapped, context);
    try {
      return await this.wrap(to, key, context);
    } finally {
      key.fill(0);
    }
  }

  async destroy(kek: KekRef, notBefore: Date, now: Date): Promise<Date> {
    if (now < notBefore) throw new RangeError('a key is not destroyed before its time');
    const label = labelOf(kek.tenantId, kek.version);
    return this.attempt((session) => {
      // A mark first, so that no other process makes the key again.
      if (this.find(session, this.library.CKO_DATA, label).length === 0)
        this.token.C_CreateObject(session, [
          { type: this.library.CKA_CLASS, value: this.library.CKO_DATA },
          { type: this.library.CKA_TOKEN, value: true },
          { type: this.library.CKA_LABEL, value: label },
          { type: this.library.CKA_VALUE, value: Buffer.from(`destroyed ${now.toISOString()}`) },
        ]);
      for (const key of this.find(session, this.library.CKO_SECRET_KEY, label))
        this.token.C_DestroyObject(session, key);
      return now;
    });
  }

  async status(kek: KekRef): Promise<KekState> {
    const label = labelOf(kek.tenantId, kek.version);
    return this.attempt((session) =>
      this.find(session, this.library.CKO_SECRET_KEY, label).length > 0 ? 'usable' : 'destroyed',
    );
  }

  async health(): Promise<void> {
    this.attempt((session) => this.token.C_GetSessionInfo(session));
  }

  async close(): Promise<void> {
    this.token.C_CloseSession(this.session);
  }

  private attempt<T>(act: (session: Pkcs11.Handle) => T): T {
    try {
      return act(this.session);
    } catch (error) {
      if (!LOST.some((code) => isCode(error, code))) throw error;
      this.session = this.openSession();
      return act(this.session);
    }
  }

  private openSession(): Pkcs11.Handle {
    const slot = this.token
      .C_GetSlotList(true)
      .find((one) => this.token.C_GetTokenInfo(one).label.trim() === this.config.token);
    if (slot === undefined) throw new Error('VESTIBULE_KMS: there is no token of that label.');
    const session = this.token.C_OpenSession(
      slot,
      this.library.CKF_RW_SESSION | this.library.CKF_SERIAL_SESSION,
    );
    try {
      this.token.C_Login(session, this.library.CKU_USER, this.config.pin);
    } catch (cause) {
      if (isCode(cause, 'CKR_USER_ALREADY_LOGGED_IN')) return session;
      throw new Error('VESTIBULE_KMS_PIN: the token does not take it.', { cause });
    }
    return session;
  }

  private generate(session: Pkcs11.Handle, label: string): void {
    const { library } = this;
    this.token.C_GenerateKey(session, { mechanism: library.CKM_AES_KEY_GEN }, [
      { type: library.CKA_CLASS, value: library.CKO_SECRET_KEY },
      { type: library.CKA_KEY_TYPE, value: library.CKK_AES },
      { type: library.CKA_VALUE_LEN, value: 32 },
      { type: library.CKA_TOKEN, value: true },
      { type: library.CKA_PRIVATE, value: true },
      { type: library.CKA_SENSITIVE, value: true },
      { type: library.CKA_EXTRACTABLE, value: false },
      { type: library.CKA_ENCRYPT, value: true },
      { type: library.CKA_DECRYPT, value: true },
      { type: library.CKA_LABEL, value: label },
      { type: library.CKA_ID, value: randomBytes(16) },
    ]);
  }

  private find(session: Pkcs11.Handle, kind: number, label: string): Pkcs11.Handle[] {
    this.token.C_FindObjectsInit(session, [
      { type: this.library.CKA_CLASS, value: kind },
      { type: this.library.CKA_LABEL, value: label },
    ]);
    try {
      return this.token.C_FindObjects(session, 16);
    } finally {
      this.token.C_FindObjectsFinal(session);
    }
  }

  private idOf(session: Pkcs11.Handle, key: Pkcs11.Handle): Buffer {
    const [id] = this.token.C_GetAttributeValue(session, key, [{ type: this.library.CKA_ID }]);
    if (!Buffer.isBuffer(id?.value)) throw new Error('A key of the token has no id.');
    return id.value;
  }

  private keyOf(session: Pkcs11.Handle, { kek }: KekRef): Pkcs11.Handle {
    const [label = '', id] = kek.split('#');
    const key = this.find(session, this.library.CKO_SECRET_KEY, label).find(
      (one) => this.idOf(session, one).toString('hex') === id,
    );
    if (key === undefined) throw new AppError('SEAL_BROKEN', 'This key was destroyed.');
    return key;
  }

  private gcm(iv: Buffer, context: string): Pkcs11.Mechanism {
    const parameter: GcmParameter = {
      type: this.library.CK_PARAMS_AES_GCM_v240,
      iv,
      ivBits: iv.length * 8,
      aad: Buffer.from(context, 'utf8'),
      tagBits: TAG_BITS,
    };
    return { mechanism: this.library.CKM_AES_GCM, parameter };
  }
}

/** CK_GCM_PARAMS, as the add-on takes it; its own types lag behind. */
interface GcmParameter extends Pkcs11.IParams {
  readonly iv: Buffer;
  readonly ivBits: number;
  readonly aad: Buffer;
  readonly tagBits: number;
}

function labelOf(tenantId: string, version: number): string {
  return `vestibule/${tenantId}/${version}`;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}
