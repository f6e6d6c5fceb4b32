import fc from 'fast-check';
import { initialsOf } from './initials';

test.each([
  ['Ana Ruiz', 'AR'],
  ['ana maría ruiz de la torre', 'AT'],
  ['Ana', 'A'],
  ['Åsa Öberg', 'ÅÖ'],
  ['E\u0301mile Zola', 'ÉZ'],
  ['李 小龙', '李小'],
  ['नेहा शर्मा', 'नेश'],
  ['ßen Xu', 'ßX'],
  ["O'Neil, Tess", 'OT'],
  ['(Ana) "Ruiz"', 'AR'],
  ['Ana 🙂', 'A'],
  ['42', '–'],
  ['  ', '–'],
  ['', '–'],
])('%p is shown as %p', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test('whatever the name, one or two letters are shown, or a dash', () => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const shown = initialsOf(name);
      expect(shown).toMatch(/^(–|\p{L}.*)$/su);
      expect([...segmenter.segment(shown)].length).toBeLessThanOrEqual(2);
    }),
  );
});
