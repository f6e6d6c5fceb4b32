import { execFile } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..', '..');

/** Plays one drill on an instance of its own, as `npm run drill` does. */
function play(name: string): Promise<{ code: number; result: unknown }> {
  return new Promise((resolve) => {
    const words = [join(ROOT, 'bench/drills/drill.mjs'), name];
    execFile(
      process.execPath,
      words,
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } },
      (error, stdout) =>
        resolve({
          code: Number(error?.code ?? 0),
          result: JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}'),
        }),
    );
  });
}

// The other two need as long again, and what notices them has tests of its own: `npm run drill` plays all five.
test.each([
  ['edit', 'an entry that was changed in the database', /^scrubber: log\.altered .*"index":2/],
  ['restore', 'an older copy of the database', /^signer: log\.rewound .*"set-back"/],
  [
    'message',
    'a message that was set back to an older ciphertext',
    /^scrubber: message\.altered .*"ciphertext"/,
  ],
])(
  'drill %s: the program itself notices %s, and says so in the log',
  async (name, _, by) => {
    const { code, result } = await play(name);
    expect(result).toMatchObject({ drills: [{ drill: name, noticed: true, by: expect.stringMatching(by) }] });
    expect(code).toBe(0);
  },
  180_000,
);
