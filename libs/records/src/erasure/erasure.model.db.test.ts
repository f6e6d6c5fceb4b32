import type { HoldId, IntakeId, TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import fc from 'fast-check';
import { House } from '../../testing/house';
import { readAll, startIntake } from '../../testing/intake';
import type { HoldStep } from '../holds/hold';
import { Holds } from '../holds/hold.service';
import { Erasures } from './erasure.service';

let house: House;
let clinic: TenantId;
let people: readonly [StaffPrincipal, StaffPrincipal];
beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  people = [await house.staff(clinic), await house.staff(clinic, 'compliance-officer', 'Another')];
});
afterAll(() => house.close());

type Who = 0 | 1;

/** What must be true of one conversation, kept beside the program: its holds in the order of placing, and whether it is gone. */
interface Model {
  readonly holds: { askedBy?: Who; over: boolean }[];
  erased: boolean;
}

/** The conversation itself, in the real room on the real database. */
interface Real {
  readonly intakeId: IntakeId;
  readonly holdIds: HoldId[];
}

type Command = fc.AsyncCommand<Model, Real>;

const isHeld = ({ holds }: Model) => holds.some(({ over }) => !over);

async function outcomeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** After every command: the key is there unless the conversation was erased, and it opens exactly then. */
async function assertTrue(model: Model, { intakeId }: Real): Promise<void> {
  expect(await house.count('data_key', `owner = '${intakeId}'`)).toBe(model.erased ? 0 : 1);
  expect(await house.count('held_intake', `intake_id = '${intakeId}'`)).toBe(isHeld(model) ? 1 : 0);
  expect((await readAll(house, clinic, intakeId)).length).toBe(model.erased ? 0 : 2);
}

const place = (who: Who): Command => ({
  check: () => true,
  toString: () => `${who} places a hold`,
  async run(model, real) {
    const outcome = await outcomeOf(async () =>
      real.holdIds.push(await house.app.get(Holds).place(people[who], real.intakeId, 'a claim')),
    );
    expect(outcome).toBe(model.erased ? 'ERASED' : 'done');
    if (!model.erased) model.holds.push({ over: false });
    await assertTrue(model, real);
  },
});

const step = (who: Who, which: number, taken: HoldStep): Command => ({
  check: ({ holds }) => holds.length > 0,
  toString: () => `${who} takes the step ${taken} on hold ${which}`,
  async run(model, real) {
    const at = which % model.holds.length;
    const hold = model.holds[at];
    const holdId = real.holdIds[at];
    if (hold === undefined || holdId === undefined) throw new Error('no such hold');
    const asked = hold.askedBy !== undefined;
    const possible =
      !hold.over && (taken === 'ask' ? !asked : asked && (taken === 'decline' || hold.askedBy !== who));
    const outcome = await outcomeOf(() => house.app.get(Holds).step(people[who], holdId, taken));
    expect(outcome).toBe(possible ? 'done' : 'STEP_NOT_ALLOWED');
    if (possible && taken === 'ask') hold.askedBy = who;
    if (possible && taken === 'decline') delete hold.askedBy;
    if (possible && taken === 'confirm') hold.over = true;
    await assertTrue(model, real);
  },
});

const erase = (who: Who): Command => ({
  check: () => true,
  toString: () => `${who} erases`,
  async run(model, real) {
    const expected = model.erased ? 'STEP_NOT_ALLOWED' : isHeld(model) ? 'HELD' : 'done';
    const outcome = await outcomeOf(() =>
      house.app.get(Erasures).request(people[who], real.intakeId, 'RETENTION'),
    );
    expect(outcome).toBe(expected);
    if (expected === 'done') model.erased = true;
    await assertTrue(model, real);
  },
});

const destroyAsOwner: Command = {
  check: ({ erased }) => !erased,
  toString: () => 'the owner of the database deletes the key',
  async run(model, real) {
    await house.db.owner('BEGIN');
    const outcome = await outcomeOf(() =>
      house.db.owner('DELETE FROM data_key WHERE owner = $1', [real.intakeId]),
    );
    await house.db.owner('ROLLBACK');
    expect(outcome).toBe(isHeld(model) ? 'VH001' : 'done');
    await assertTrue(model, real);
  },
};

test('no sequence of holds, steps to end them, erasures and deletions by the owner destroys what is held, or ends a hold by one person', async () => {
  const who = fc.constantFrom<Who>(0, 1);
  const commands = fc.commands(
    [
      who.map(place),
      fc
        .tuple(who, fc.nat(3), fc.constantFrom<HoldStep>('ask', 'confirm', 'decline'))
        .map((args) => step(...args)),
      fc.tuple(who, fc.nat(3), fc.constant<HoldStep>('confirm')).map((args) => step(...args)),
      who.map(erase),
      fc.constant(destroyAsOwner),
    ],
    { maxCommands: 15 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (plan) => {
      const intakeId = await startIntake(house, clinic);
      await fc.asyncModelRun(
        () => ({ model: { holds: [], erased: false }, real: { intakeId, holdIds: [] } }),
        plan,
      );
    }),
    { numRuns: 30 },
  );
}, 180_000);
