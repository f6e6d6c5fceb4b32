// node --test infra/sfu-worker/worker.test.mjs
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureWorker, workerPath } from './worker.mjs';

const module = fileURLToPath(new URL('./worker.mjs', import.meta.url));
let root;
let mediasoupDir;
let recipeDir;
let cacheDir;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'sfu-worker-'));
  [mediasoupDir, recipeDir, cacheDir] = ['mediasoup', 'recipe', 'cache'].map((name) => path.join(root, name));
  fs.mkdirSync(path.join(mediasoupDir, 'worker'), { recursive: true });
  fs.mkdirSync(path.join(recipeDir, 'subprojects'), { recursive: true });
  fs.writeFileSync(path.join(mediasoupDir, 'package.json'), JSON.stringify({ version: '1.2.3' }));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const recipe = (body) =>
  fs.writeFileSync(path.join(recipeDir, 'build.sh'), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
const builds = () => fs.readFileSync(path.join(root, 'builds'), 'utf8').split('\n').length - 1;
const ensure = (more = {}) => ensureWorker({ mediasoupDir, recipeDir, cacheDir, prebuilt: false, ...more });
const status = () =>
  JSON.parse(fs.readFileSync(`${workerPath({ version: '1.2.3', recipeDir, cacheDir })}.status`, 'utf8'));
/** Whether a process runs; one that nobody has reaped yet does not. */
const runs = (pid) => {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
const elsewhere = () =>
  spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { ensureWorker } from ${JSON.stringify(module)};
     await ensureWorker(${JSON.stringify({ mediasoupDir, recipeDir, cacheDir, prebuilt: false })});`,
  ]);

test('a build is made once and found again in the cache', async () => {
  recipe(`echo x >> ${root}/builds; echo '[1/2] a'; echo worker > "$2"`);
  const made = await ensure();
  assert.equal(await ensure(), made);
  assert.equal(builds(), 1);
  assert.equal(status().state, 'ready');
});

test('a change of the recipe gives the worker another name', () => {
  recipe('true');
  const before = workerPath({ version: '1.2.3', recipeDir, cacheDir });
  fs.writeFileSync(path.join(recipeDir, 'subprojects', 'shim.h'), '// changed');
  assert.notEqual(workerPath({ version: '1.2.3', recipeDir, cacheDir }), before);
});

test('progress is told in percent while it builds', async () => {
  recipe(`echo '[30/60] a'; sleep 1; echo worker > "$2"`);
  const building = ensure();
  await sleep(500);
  assert.deepEqual([status().state, status().percent], ['building', 50]);
  await building;
});

test('callers in two processes share one build', async () => {
  recipe(`echo x >> ${root}/builds; sleep 1; echo worker > "$2"`);
  const other = elsewhere();
  const left = new Promise((resolve) => other.once('exit', resolve));
  await Promise.all([ensure(), ensure()]);
  assert.equal(await left, 0);
  assert.equal(builds(), 1);
});

test('a lock left by kill -9 is taken over, and the build left running is ended', async () => {
  recipe(
    `echo x >> ${root}/builds; echo $$ > ${root}/pid; [[ -e ${root}/quick ]] || sleep 60; echo worker > "$2"`,
  );
  const other = elsewhere();
  while (!fs.existsSync(path.join(root, 'pid'))) await sleep(50);
  await sleep(200);
  const orphan = Number(fs.readFileSync(path.join(root, 'pid'), 'utf8'));
  const gone = new Promise((resolve) => other.once('exit', resolve));
  other.kill('SIGKILL');
  await gone;
  fs.writeFileSync(path.join(root, 'quick'), '');
  await ensure();
  assert.equal(builds(), 2);
  await sleep(100);
  assert.equal(runs(orphan), false);
});

test('a failed build says why, and names the packages that are missing', async () => {
  recipe(`echo 'not installed: meson g++' >&2; exit 3`);
  await assert.rejects(ensure(), (error) => {
    assert.match(error.message, /not installed: meson g\+\+/);
    assert.deepEqual(error.missing, ['meson', 'g++']);
    return true;
  });
  assert.equal(status().state, 'failed');
});

test('an aborted build leaves no process and no lock', async () => {
  recipe(`echo $$ > ${root}/pid; sleep 60`);
  const stop = new AbortController();
  const building = ensure({ signal: stop.signal });
  while (!fs.existsSync(path.join(root, 'pid'))) await sleep(50);
  await sleep(100);
  stop.abort();
  await assert.rejects(building, { name: 'AbortError' });
  assert.equal(runs(Number(fs.readFileSync(path.join(root, 'pid'), 'utf8'))), false);
  assert.deepEqual(
    fs.readdirSync(cacheDir).filter((name) => name.endsWith('.lock')),
    [],
  );
});
