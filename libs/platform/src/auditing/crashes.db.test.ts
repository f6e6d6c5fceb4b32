import { type Entry, leafHash, parseCheckpoint, parseEntry, parseVkey, root, verifyNote } from '@app/audit';
import { type Clock, newId, systemClock, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { POINTS } from '../../testing/breaking-points';
import { type BreakingPoint, BreakingWire } from '../../testing/breaking-wire';
import { connect } from '../database/connect';
import { Database } from '../database/database';
import { openKeyFile } from '../keys/kms/key-file';
import { Keys } from '../keys/keys';
import { Recorder } from './recording/recorder';
import { Alarms } from './scrubbing/alarm';
import { Scrubber } from './scrubbing/scrubber';
import { Sequencer } from './sequencer';
import { CheckpointSigner } from './signer';

type Step =
  | {
      readonly write: readonly ('keep' | 'undo')[];
      readonly beside: readonly ('sequence' | 'sign' | 'explain')[];
    }
  | { readonly breakAt: BreakingPoint }
  | 'die';

let base: TestDatabase;
let wire: BreakingWire;
let folder: string;
let aheadMs = 0;
const clock: Clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) };
const system = { kind: 'system', id: 'test' } as const;

beforeAll(async () => {
  base = await testDatabase();
  wire = await BreakingWire.before(base.urls.app);
  folder = await mkdtemp(join(tmpdir(), 'crashes-'));
});
afterAll(async () => {
  await wire.close();
  await base.close();
  await rm(folder, { recursive: true });
});

/** A process of the program, as far as the log goes: what it has in memory is gone when it dies. */
async function aProcess() {
  const database = new Database(await connect(wire.through(base.urls.app), 6, () => undefined));
  const source: DataSource = await connect(wire.through(base.urls.sequencer), 3, () => undefined);
  const keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
  const recorder = new Recorder(database, keys, clock);
  const signer = new CheckpointSigner(source, database, keys, clock, join(folder, 'states'));
  const alarms = new Alarms(database, recorder, clock);
  return {
    database,
    recorder,
    signer,
    sequencer: new Sequencer(source, clock, recorder),
    scrubber: new Scrubber(source, database, alarms, signer, clock),
    async end() {
      await source.destroy();
      await database.close();
    },
  };
}
type Process = Awaited<ReturnType<typeof aProcess>>;

/** One log under test: what its writers were told. */
class Play {
  readonly kept = new Set<string>();
  readonly undone = new Set<string>();
  private readonly intakeId = newId<string>();

  constructor(
    readonly tenantId: TenantId,
    private running: Process,
  ) {}

  static async open(): Promise<Play> {
    const tenantId = await base.tenant(`t-${randomBytes(6).toString('hex')}`);
    const play = new Play(tenantId, await aProcess());
    await base.owner('INSERT INTO intake_head (tenant_id, intake_id) VALUES ($1, $2)', [
      tenantId,
      play.intakeId,
    ]);
    return play;
  }

  async do(step: Step): Promise<void> {
    if (step === 'die') {
      await this.running.end();
      this.running = await aProcess();
    } else if ('breakAt' in step) wire.arm(step.breakAt);
    else
      await Promise.all([
        ...step.write.map((how) => this.act(how)),
        ...step.beside.map((what) => this.keepLog(what)),
      ]);
  }

  /** One act on the conversation, kept or undone. What its caller is told is what we may hold it to. */
  private async act(how: 'keep' | 'undo'): Promise<void> {
    const mark = `m-${randomBytes(8).toString('hex')}`;
    try {
      await this.running.database.transaction(this.tenantId, async (tx) => {
        await tx.query(
          'UPDATE intake_head SET version = version + 1 WHERE tenant_id = $1 AND intake_id = $2',
          [this.tenantId, this.intakeId],
        );
        await this.running.recorder.record(tx, {
          act: 'test.act',
          actor: system,
          intakeId: this.intakeId,
          refs: { mark },
        });
        if (how === 'undo') {
          this.undone.add(mark);
          throw new Error('undone');
        }
      });
      this.kept.add(mark);
    } catch {
      // Not kept, or its answer was lost: it may be there, once, or not at all.
    }
  }

  private async keepLog(what: 'sequence' | 'sign' | 'explain'): Promise<void> {
    try {
      if (what === 'sequence') await this.running.sequencer.pass();
      else if (what === 'explain') await this.running.recorder.explainHoles();
      else
        for (const [tenantId, fault] of await this.running.signer.pass())
          if (tenantId === this.tenantId && fault.name === 'LogRewound') throw fault;
    } catch (error) {
      if (error instanceof Error && error.name === 'LogRewound') throw error;
    }
  }

  /** Lets everything that was begun come to its end, and returns the log. */
  async settle(): Promise<Entry[]> {
    wire.arm(undefined);
    aheadMs += 61_000; // what a lost answer makes wait has waited
    for (let tries = 0; tries < 50; tries++) {
      await this.keepLog('explain');
      await this.keepLog('sequence');
      await this.keepLog('sign');
      const [rest] = await base.owner<{ done: boolean }>(
        `SELECT h.size = coalesce((SELECT max(size) FROM audit_checkpoint c WHERE c.tenant_id = h.tenant_id), 0)
            AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.tenant_id = h.tenant_id) AS done
         FROM audit_head h WHERE h.tenant_id = $1`,
        [this.tenantId],
      );
      if (rest?.done === true && tries > 0) break;
    }
    return this.check();
  }

  private async check(): Promise<Entry[]> {
    const rows = await base.owner<{ idx: string; entry: Buffer; leaf_hash: Buffer }>(
      'SELECT idx, entry, leaf_hash FROM audit_entry WHERE tenant_id = $1 ORDER BY idx',
      [this.tenantId],
    );
    const entries = rows.map(({ entry }) => parseEntry(entry));
    const leaves = rows.map(({ leaf_hash }) => leaf_hash);
    expect(rows.map(({ idx }) => Number(idx))).toEqual(rows.map((_, i) => i));
    expect(rows.every(({ entry, leaf_hash }) => leafHash(entry).equals(leaf_hash))).toBe(true);

    const marks = entries.flatMap(({ refs }) => refs?.['mark'] ?? []);
    expect(new Set(marks).size).toBe(marks.length);
    expect([...this.kept].filter((mark) => !marks.includes(mark))).toEqual([]);
    expect([...this.undone].filter((mark) => marks.includes(mark))).toEqual([]);

    const own = entries
      .map((entry, i) => ({ entry, leaf: leaves[i] }))
      .filter(({ entry }) => entry.intake !== undefined);
    own.sort((a, b) => Number(a.entry.intake?.n) - Number(b.entry.intake?.n));
    expect(own.map(({ entry }) => entry.intake?.n)).toEqual(own.map((_, i) => i + 1));
    expect(own.slice(1).map(({ entry }) => entry.intake?.prev)).toEqual(
      own.slice(0, -1).map(({ leaf }) => leaf?.toString('base64')),
    );

    const notes = await base.owner<{ note: string }>(
      'SELECT note FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size',
      [this.tenantId],
    );
    const key = parseVkey(await this.running.signer.vkey(this.tenantId));
    for (const { note } of notes) {
      const checkpoint = parseCheckpoint(verifyNote(note, [key]).text);
      expect(checkpoint.root.equals(root(leaves.slice(0, checkpoint.size)))).toBe(true);
    }
    expect(notes.length > 0).toBe(entries.length > 0);
    return entries;
  }

  /** Reads the log again, much later. @returns the numbers that nobody can explain, by writer. */
  async scrub(): Promise<object[]> {
    aheadMs += 11 * 60_000;
    const found: object[] = [];
    for (let ended = false; !ended;) {
      const slice = await this.running.scrubber.slice(this.tenantId);
      found.push(...slice.alarms.map(({ act, refs, detail }) => ({ act, ...refs, ...detail })));
      ({ ended } = slice);
    }
    return found;
  }

  end(): Promise<void> {
    return this.running.end();
  }
}

/** By writer, the numbers below its last that no entry has and none calls void. No number is both. */
function unexplained(entries: readonly Entry[]): Record<string, number[]> {
  const holes: Record<string, number[]> = {};
  for (const writer of new Set(entries.map(({ writer: { id } }) => id))) {
    const own = entries.filter(({ writer: { id } }) => id === writer);
    const numbers = own.map(({ writer: { n } }) => n);
    const voids = own
      .filter(({ act }) => act === 'audit.void')
      .flatMap(({ detail }) => Object.values(detail ?? {}) as number[]);
    expect(voids.filter((n) => numbers.includes(n))).toEqual([]);
    const known = new Set([...numbers, ...voids]);
    const missing = Array.from({ length: Math.max(...numbers) }, (_, i) => i + 1).filter(
      (n) => !known.has(n),
    );
    if (missing.length > 0) holes[writer] = missing;
  }
  return holes;
}

test.each(POINTS.map((point) => [point.name, point] as const))(
  'the log is whole after the connection broke %s',
  async (_, point) => {
    const play = await Play.open();
    await play.do({ write: ['keep', 'undo', 'keep'], beside: ['sequence', 'sign'] });
    await play.do({ breakAt: point });
    for (let turns = 0; turns < 3; turns++)
      await play.do({ write: ['keep', 'undo', 'keep'], beside: [] }).then(async () => {
        for (const what of ['sequence', 'sign', 'explain'] as const)
          await play.do({ write: [], beside: [what] });
      });
    expect(wire.hasBroken).toBe(true);
    expect(unexplained(await play.settle())).toEqual({});
    expect(await play.scrub()).toEqual([]);
    await play.end();
  },
  30_000,
);

const someSteps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        write: fc.array(fc.constantFrom('keep' as const, 'keep' as const, 'undo' as const), { maxLength: 5 }),
        beside: fc.array(fc.constantFrom('sequence' as const, 'sign' as const, 'explain' as const), {
          maxLength: 3,
        }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ breakAt: fc.constantFrom(...POINTS) }) },
    { weight: 1, arbitrary: fc.constant('die' as const) },
  ) as fc.Arbitrary<Step>,
  { minLength: 3, maxLength: 14 },
);

test('whatever is written, undone, sequenced and signed at once, wherever it breaks and whoever dies: the log is whole', async () => {
  await fc.assert(
    fc.asyncProperty(someSteps, async (steps) => {
      const play = await Play.open();
      try {
        for (const step of steps) await play.do(step);
        const holes = unexplained(await play.settle());
        if (!steps.includes('die')) expect(holes).toEqual({});
        // What a dead process took with it, nobody can explain, and the log says so: exactly that, and nothing else.
        const said = (await play.scrub()) as ({ act: string; writer: string } & Record<string, unknown>)[];
        expect(said.every(({ act }) => act === 'log.gap')).toBe(true);
        expect(
          Object.fromEntries(said.map(({ act: _, writer, ...numbers }) => [writer, Object.values(numbers)])),
        ).toEqual(holes);
      } finally {
        wire.arm(undefined);
        await play.end();
      }
    }),
    { numRuns: 20 },
  );
}, 180_000);
