import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
/** Twice what it took on two cores that did other things as well. */
const LIMIT_MS = 6 * 60_000;

let out: string;
beforeAll(() => {
  out = mkdtempSync(path.join(os.tmpdir(), 'vestibule-story-test-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

it(
  'plays the whole job through the pages, from the first question to a record that verifies',
  async () => {
    const { code, told, answer } = await play();
    expect({ code, told }).toMatchObject({ code: 0 });
    expect(answer).toMatchObject({
      ok: true,
      assurance: 'V1',
      refusedBeforeV1: true,
      consult: {
        joinMs: expect.any(Number),
        clientFrames: expect.any(Number),
        staffFrames: expect.any(Number),
        srtp: expect.stringMatching(/AES/),
      },
      entries: expect.any(Number),
      verify: 0,
      verifyTampered: 1,
      bundle: expect.stringContaining(out),
    });
  },
  LIMIT_MS + 60_000,
);

/** Runs the story with the environment of the tests; `told` is how far it came, for who reads a failure. */
function play(): Promise<{ code: number | null; told: string; answer: unknown }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['bench/story/story.mjs', `--out=${out}`], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '' },
      timeout: LIMIT_MS,
    });
    let stdout = '';
    let told = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (told += text.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      resolve({ code, told, answer: last.startsWith('{') ? JSON.parse(last) : last });
    });
  });
}
