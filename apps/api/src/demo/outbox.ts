import { systemClock } from '@app/kernel';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** One mail as it arrived. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly receivedAt: string;
}

const MAX_KEPT = 50;
const MAX_BYTES = 64 * 1024;

/** A real SMTP server on loopback that delivers nowhere: a demo's mail can be read on a page. Kept in memory only. */
export class Outbox {
  private readonly kept: Mail[] = [];

  private constructor(
    private readonly server: SMTPServer,
    readonly url: string,
  ) {}

  /** Listens on a free port of the loopback address. */
  static async open(): Promise<Outbox> {
    const holder: { outbox?: Outbox } = {};
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      size: MAX_BYTES,
      onData(stream, _session, done) {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          holder.outbox?.keep(Buffer.concat(parts).toString('utf8'));
          done();
        });
      },
    });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as AddressInfo;
    holder.outbox = new Outbox(server, `smtp://127.0.0.1:${port}`);
    return holder.outbox;
  }

  /** The newest first. */
  mails(): Mail[] {
    return [...this.kept].reverse();
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private keep(source: string): void {
    const split = source.indexOf('\r\n\r\n');
    const headers = source.slice(0, split).replaceAll(/\r\n[ \t]+/g, ' ');
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1]?.trim() ?? '';
    const encoding = header('Content-Transfer-Encoding').toLowerCase();
    this.kept.push({
      to: header('To'),
      subject: decodeWords(header('Subject')),
      text: decodeBody(source.slice(split + 4), encoding),
      receivedAt: systemClock.now().toISOString(),
    });
    if (this.kept.length > MAX_KEPT) this.kept.shift();
  }
}

/** RFC 2047 encoded words, of the two kinds that our own mail program writes. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : unquote(word.replaceAll('_', ' ')),
    );
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8').trim();
  if (encoding === 'quoted-printable') return unquote(body.replaceAll(/=\r\n/g, '')).trim();
  return body.trim();
}

/** RFC 2045, section 6.7. */
function unquote(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
