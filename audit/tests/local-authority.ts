import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AuthorityKind {
  readonly key?: 'rsa' | 'p256' | 'p384';
  /** As in an OpenSSL configuration. */
  readonly purposes?: string;
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
  /** Which hash names the certificate: SHA-1 is that of the older attribute. */
  readonly certificateHash?: 'sha1' | 'sha256' | 'sha512';
  /** Days that its certificate is valid; it was made now. */
  readonly days?: number;
}

const KEYS = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
};
const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';

/** A time-stamping authority made with OpenSSL: a root, an authority under it, and a certificate for time stamps. */
export class LocalAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsa-'));
  readonly caFile = join(this.folder, 'root.pem');
  url = '';
  private server: Server | undefined;

  constructor({
    key = 'rsa',
    purposes = 'critical,timeStamping',
    hash = 'sha256',
    certificateHash = 'sha256',
    days = 30,
  }: AuthorityKind = {}) {
    const made = KEYS[key];
    for (const name of ['root', 'middle', 'tsa']) this.openssl('genpkey', ...made, '-out', `${name}.key`);
    this.write('ca.ext', CA);
    this.write(
      'tsa.ext',
      `basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=${purposes}\n`,
    );
    this.openssl(
      'req',
      '-new',
      '-x509',
      '-key',
      'root.key',
      '-subj',
      '/CN=Test Root',
      '-days',
      '30',
      ...extended(),
    );
    this.certify('middle', 'root', 'Test Middle', 'ca.ext', 30);
    this.certify('tsa', 'middle', 'Test Authority', 'tsa.ext', days);
    this.write('serial', '01\n');
    this.write(
      'tsa.cnf',
      `[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_cert=tsa.pem\ncerts=middle.pem\nsigner_key=tsa.key
signer_digest=${hash}\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha512\naccuracy=secs:1\nordering=yes\ntsa_name=yes
ess_cert_id_chain=no\ness_cert_id_alg=${certificateHash}\n`,
    );
  }

  get ca(): string {
    return readFileSync(this.caFile, 'utf8');
  }

  /** Returns a certificate of an authority that vouches for itself, PEM. All of one name have one key. */
  selfSigned(name: string, serial: number): string {
    const made = ['req', '-new', '-x509', '-key', 'root.key', '-days', '30'];
    this.openssl(...made, '-subj', `/CN=${name}`, '-set_serial', String(serial), ...extended('self.pem'));
    return readFileSync(join(this.folder, 'self.pem'), 'utf8');
  }

  /** Answers a request. @returns a TimeStampResp */
  reply(request: Buffer): Buffer {
    this.write('request.tsq', request);
    this.openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'request.tsq', '-out', 'reply.tsr');
    return readFileSync(join(this.folder, 'reply.tsr'));
  }

  /** A stamp on a text, asked for with OpenSSL's own request. */
  stamp(text: string, ...flags: string[]): Buffer {
    this.write('text', text);
    this.openssl('ts', '-query', '-data', 'text', '-sha256', '-cert', '-out', 'query.tsq', ...flags);
    return this.reply(readFileSync(join(this.folder, 'query.tsq')));
  }

  /**
   * A stamp that OpenSSL would not make: signed with its certificate whatever that is for, at a time of our own.
   *
   * @param time - GeneralizedTime.
   */
  forge(text: string, time = '20260615120000Z'): Buffer {
    const imprint = createHash('sha256').update(text).digest();
    const sha256 = der(0x30, oid('608648016503040201'));
    const info = der(
      0x30,
      Buffer.from('020101', 'hex'),
      oid('2a030401'),
      der(0x30, sha256, der(0x04, imprint)),
      Buffer.from('020107', 'hex'),
      der(0x18, Buffer.from(time)),
    );
    this.write('info.der', info);
    const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-certfile', 'middle.pem', '-md', 'sha256'];
    const form = ['-binary', '-nodetach', '-outform', 'DER', '-nosmimecap', '-cades'];
    const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4'];
    this.openssl('cms', '-sign', '-in', 'info.der', ...signer, ...form, ...type, '-out', 'token.der');
    const token = readFileSync(join(this.folder, 'token.der'));
    return der(0x30, der(0x30, Buffer.from('020100', 'hex')), token);
  }

  /** What `openssl ts -verify` says of a response. @throws Error if it does not accept it */
  verify(response: Buffer, text: string): string {
    this.write('stored.tsr', response);
    this.write('stored.text', text);
    return this.openssl('ts', '-verify', '-in', 'stored.tsr', '-data', 'stored.text', '-CAfile', 'root.pem');
  }

  /** Listens on loopback. @param change - of what it answers */
  async serve(change: (answer: Buffer) => Buffer = (answer) => answer): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const isQuery = request.headers['content-type'] === 'application/timestamp-query';
        if (request.method !== 'POST' || !isQuery) return void response.writeHead(400).end();
        response.writeHead(200, { 'Content-Type': 'application/timestamp-reply' });
        response.end(change(this.reply(Buffer.concat(chunks))));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
    return this.url;
  }

  remove(): void {
    this.server?.closeAllConnections();
    this.server?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private certify(name: string, issuer: string, subject: string, extensions: string, days: number): void {
    this.openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${subject}`, '-out', `${name}.csr`);
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial', '-days', String(days)];
    this.openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', extensions, '-out', `${name}.pem`);
  }

  private write(name: string, content: string | Buffer): void {
    writeFileSync(join(this.folder, name), content);
  }

  private openssl(...words: string[]): string {
    return execFileSync('openssl', words, {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

function extended(out = 'root.pem'): string[] {
  return [
    ...CA.trim()
      .split('\n')
      .flatMap((line) => ['-addext', line]),
    '-out',
    out,
  ];
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function oid(hexadecimal: string): Buffer {
  return der(0x06, Buffer.from(hexadecimal, 'hex'));
}
