import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '..', 'cli', 'witness', 'witness.mjs');

/** The real witness program in a folder of its own. It can be killed and started again. */
export class WitnessProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'witness-'));
  readonly config = join(this.folder, 'witness.json');
  url = '';
  private child: ChildProcess | undefined;

  constructor(readonly name = 'witness.example/w1') {}

  /** Writes the configuration. Takes effect at the next start. */
  follow(logs: readonly string[], changed: object = {}): void {
    const config = { name: this.name, listen: '127.0.0.1:0', state: 'state', logs, ...changed };
    writeFileSync(this.config, JSON.stringify(config));
  }

  /** What `witness vkey` prints. */
  vkey(): string {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [PROGRAM, 'vkey', '--config', this.config],
      {
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** @param flags - for Node, before the program. @throws Error with what it said, if it ended instead. */
  async start(...flags: string[]): Promise<void> {
    const child = spawn(process.execPath, [...flags, PROGRAM, '--config', this.config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    this.url = await new Promise<string>((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (text: Buffer) => {
        out += text.toString();
        const [, url] = /"listening":"([^"]+)"/.exec(out) ?? [];
        if (url !== undefined) resolve(url);
      });
      child.once('close', () => reject(new Error(said)));
    });
  }

  /** Ends it, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await gone;
  }

  async post(body: string | Buffer): Promise<{ status: number; type: string | null; text: string }> {
    const answer = await fetch(`${this.url}add-checkpoint`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
