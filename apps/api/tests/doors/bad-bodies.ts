import type { Schema } from './routes';

/** What JSON can be that is not the thing asked for, by name. */
const OTHERS: readonly (readonly [type: string, value: unknown])[] = [
  ['null', null],
  ['boolean', true],
  ['number', -1.5],
  ['string', ' '],
  ['array', []],
  ['object', { toString: 'x', length: -1 }],
];

/** Returns bodies that a door must refuse, made from one that it takes: each differs in one thing, which names it. */
export function wrongBodies(
  good: Readonly<Record<string, unknown>>,
  schema: Schema,
): [name: string, body: string][] {
  const wrong: [string, unknown][] = OTHERS.flatMap(([type, value]) =>
    type === 'object' ? [] : [[type, value] as [string, unknown]],
  );
  wrong.push(['an array of it', [good]], ['an unknown field', { ...good, unknown: 1 }]);
  wrong.push(['a field of Object', { ...good, constructor: { prototype: { isAdmin: true } } }]);
  for (const name of schema.required ?? []) {
    const { [name]: _, ...rest } = good;
    wrong.push([`no ${name}`, rest]);
  }
  for (const [name, { type, enum: words, pattern, format }] of Object.entries(schema.properties ?? {}))
    for (const [other, value] of OTHERS)
      if (other !== type || words !== undefined || pattern !== undefined || format !== undefined)
        wrong.push([`${name}: ${other}`, { ...good, [name]: value }]);
  const bodies = wrong.map(([name, body]): [string, string] => [name, JSON.stringify(body)]);
  const open = JSON.stringify(good).slice(0, -1) + (Object.keys(good).length > 0 ? ',' : '');
  bodies.push(['__proto__', `${open}"__proto__":{"isAdmin":true}}`]);
  bodies.push(['ten thousand levels', `${open}"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`]);
  bodies.push(['levels that never end', `${open}"deep":${'{"a":'.repeat(10_000)}`]);
  bodies.push(['not JSON', 'intake=1&text=2'], ['half of it', open], ['nothing but a quote', '"']);
  return bodies;
}

/** Texts that break careless programs: control characters, half of a pair, marks, SQL, paths, a format. */
export const HARD_TEXTS: readonly string[] = [
  '\0',
  'a\0b',
  '\ud800',
  'a\udfff',
  '\u202etxt.exe',
  '\ufeff',
  `'; DROP TABLE intake; --`,
  `" OR 1=1 --`,
  '$1',
  '%00%0a',
  '../../../etc/passwd',
  '${7*7}{{7*7}}<%= 7*7 %>',
  '<script>alert(1)</script>',
  '%s%n%x',
  '\r\nSet-Cookie: a=b',
  '__proto__',
];
