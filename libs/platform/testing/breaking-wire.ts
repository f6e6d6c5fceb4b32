import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A point at which the connection to PostgreSQL breaks: before a statement gets there, or after it was carried out and
 * before its answer comes back. What the program knows then is what it knows after a crash of the network or the server.
 */
export interface BreakingPoint {
  readonly name: string;
  readonly when: 'before' | 'after';
  readonly statement: RegExp;
  /** Only in a transaction in which a statement like this came before. */
  readonly following?: RegExp;
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** Stands between a program and PostgreSQL, hands everything on, and breaks a connection when it is told to. */
export class BreakingWire {
  private armed: BreakingPoint | undefined;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** @param url - of the PostgreSQL behind it. */
  static async before(url: string): Promise<BreakingWire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wire = new BreakingWire(server, new URL(url));
    server.on('connection', (client) => wire.carry(client));
    return wire;
  }

  /** Returns an address that leads through here. */
  through(url: string): string {
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the wire does not listen');
    return Object.assign(new URL(url), { host: `127.0.0.1:${address.port}` }).href;
  }

  /** Breaks the next connection that comes to this point; none, without one. */
  arm(point: BreakingPoint | undefined): void {
    this.armed = point;
  }

  /** Whether the last point that was armed has been reached. */
  get hasBroken(): boolean {
    return this.armed === undefined;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    const both = [client, server];
    let breaking = false;
    let inTransaction: string[] = [];
    const cut = () => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      this.open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.open.delete(socket);
        cut();
      });
    }
    const statements = new Statements();
    client.on('data', (chunk) => {
      for (const sql of statements.add(chunk)) {
        if (/^(START TRANSACTION|BEGIN)/i.test(sql)) inTransaction = [];
        const point = this.armed;
        if (
          point?.statement.test(sql) &&
          (!point.following || inTransaction.some((one) => point.following?.test(one)))
        ) {
          this.armed = undefined;
          if (point.when === 'before') return cut();
          breaking = true;
        }
        inTransaction.push(sql);
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      // The statement was carried out: PostgreSQL is ready for the next. The answer goes nowhere.
      if (breaking && chunk.subarray(-6, -1).equals(READY)) cut();
      else if (!breaking) client.write(chunk);
    });
  }
}

/** Reads what a client of PostgreSQL sends, message by message (protocol 3.0, section 55.7), and picks the statements out. */
class Statements {
  private rest = Buffer.alloc(0);
  private hasStarted = false;

  add(chunk: Buffer): string[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const found: string[] = [];
    for (;;) {
      const typed = this.hasStarted ? 1 : 0; // the very first message has no type
      if (this.rest.length < typed + 4) return found;
      const length = typed + this.rest.readInt32BE(typed);
      if (this.rest.length < length) return found;
      const type = this.hasStarted ? String.fromCharCode(this.rest[0] ?? 0) : '';
      const body = this.rest.subarray(typed + 4, length);
      // Q: text. P: name of the prepared statement, text.
      if (type === 'Q') found.push(textAt(body, 0));
      if (type === 'P') found.push(textAt(body, body.indexOf(0) + 1));
      this.hasStarted = true;
      this.rest = this.rest.subarray(length);
    }
  }
}

function textAt(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from)).trim();
}
