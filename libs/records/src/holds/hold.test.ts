import type { StaffId } from '@app/kernel';
import fc from 'fast-check';
import { decideHold, type HoldFacts, type HoldStep } from './hold';

const [anna, bela] = ['anna', 'bela'] as StaffId[] as [StaffId, StaffId];
const placed: HoldFacts = { placedBy: anna };
const asked: HoldFacts = { placedBy: anna, releaseAskedBy: anna };

test('one person asks and another confirms: then the hold is over', () => {
  expect(decideHold(placed, 'ask', anna)).toEqual({ kind: 'changed', facts: asked });
  expect(decideHold(asked, 'confirm', bela)).toEqual({
    kind: 'changed',
    facts: { ...asked, releasedBy: bela },
  });
});

test('whoever asked cannot confirm', () => {
  expect(decideHold(asked, 'confirm', anna)).toEqual({ kind: 'refused', because: 'same-person' });
});

test('nothing is confirmed or declined that nobody asked for, and nobody asks twice', () => {
  expect(decideHold(placed, 'confirm', bela)).toEqual({ kind: 'refused', because: 'not-asked' });
  expect(decideHold(placed, 'decline', bela)).toEqual({ kind: 'refused', because: 'not-asked' });
  expect(decideHold(asked, 'ask', bela)).toEqual({ kind: 'refused', because: 'asked-already' });
});

test('a no from either leaves the hold as it was placed', () => {
  expect(decideHold(asked, 'decline', anna)).toEqual({ kind: 'changed', facts: placed });
  expect(decideHold(asked, 'decline', bela)).toEqual({ kind: 'changed', facts: placed });
});

test('no sequence of steps ends a hold without two different people in it, and what has ended stays so', () => {
  const step = fc.record({
    step: fc.constantFrom<HoldStep>('ask', 'confirm', 'decline'),
    by: fc.constantFrom(anna, bela),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let facts: HoldFacts = placed;
      for (const { step: taken, by } of steps) {
        const outcome = decideHold(facts, taken, by);
        if (facts.releasedBy !== undefined) expect(outcome).toEqual({ kind: 'refused', because: 'released' });
        if (outcome.kind === 'changed') ({ facts } = outcome);
        expect(facts.placedBy).toBe(anna);
        if (facts.releasedBy !== undefined)
          expect(new Set([facts.releaseAskedBy, facts.releasedBy])).toEqual(new Set([anna, bela]));
      }
    }),
    { numRuns: 500 },
  );
});
