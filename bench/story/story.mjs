// @ts-check
// `npm run story [-- --out=DIR] [-- --pictures=DIR]`: plays the whole job through the pages, in real browsers, against a
// fresh instance of its own: a client asks, is verified, is seen on video; an officer takes a record that verifies.
// Told on stderr; the last line of stdout is one JSON object. Ends with 0 only if everything held.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startInstance } from '../../infra/bootstrap/steps/instance.mjs';
import { ROOT, runMain, say } from '../../infra/bootstrap/steps/places.mjs';
import { confirmIdentity, dropNetwork, leaveQuickly, rate, startIntake, startSpanish } from './client.mjs';
import { consult } from './consult.mjs';
import { checkBundle, exportDay, figures, readLog, staffList } from './officer.mjs';
import {
  answer,
  claim,
  close,
  discloseOnceKnown,
  overhear,
  race,
  refusedBeforeV1,
  signIn,
  transfer,
} from './staff.mjs';
import { Failed, openStage } from './stage.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */

/** @param {Stage} stage */
async function play(stage) {
  stage.say('1. The client comes');
  const noor = await signIn(stage, 'clinician', 'clinician', { look: true });
  const told = overhear(noor);
  await stage.pictures.take(noor, 'console-calm');
  const maria = await startIntake(stage);
  const tomas = await startSpanish(stage);

  stage.say('2. Staff answer');
  await claim(stage, noor, told);
  await answer(stage, noor, maria);

  stage.say('3. Who is it?');
  const refused = await refusedBeforeV1(stage, noor, maria);
  await confirmIdentity(stage, maria);
  const assurance = await discloseOnceKnown(stage, noor, maria);
  await dropNetwork(stage, maria, noor);

  stage.say('4. Face to face');
  const call = await consult(stage, noor, maria);

  stage.say('5. The end of it');
  await close(stage, noor, maria);
  await rate(stage, maria);
  const rosa = await signIn(stage, 'receptionist', 'receptionist');
  const winner = await race(stage, noor, rosa);
  await transfer(stage, winner, tomas);
  await leaveQuickly(stage, tomas);
  await figures(stage, await signIn(stage, 'supervisor', 'supervisor'));
  await staffList(stage, await signIn(stage, 'administrator', 'administrator'));

  stage.say('6. The record');
  const ines = await signIn(stage, 'officer', 'compliance-officer');
  await readLog(stage, ines);
  const bundle = await exportDay(stage, ines);
  const checked = await checkBundle(stage, bundle);
  stage.say(`${stage.pictures.count()} pictures in ${path.join(stage.out, 'pictures')}`);
  return { ok: true, assurance, refusedBeforeV1: refused, consult: call, ...checked, bundle };
}

await runMain(import.meta.url, async () => {
  const option = (/** @type {string} */ name) =>
    process.argv.map((word) => new RegExp(`^--${name}=(.+)$`).exec(word)?.[1]).find(Boolean);
  const out = path.resolve(ROOT, option('out') ?? mkdtempSync(path.join(os.tmpdir(), 'vestibule-story-')));
  mkdirSync(out, { recursive: true });
  const readme = option('pictures');
  // Beside, not inside `out`: another account owns the database, and has to be let through to it.
  const home = mkdtempSync(path.join(os.tmpdir(), 'vestibule-story-home-'));
  const instance = await startInstance({
    home,
    port: await freePort(),
    temporary: true,
    // A database of its own, whatever the environment names: the story starts in an empty house.
    env: { DATABASE_URL: '', VESTIBULE_DEMO: 'on', VESTIBULE_MEDIA_PORT: '0', NODE_ENV: 'production' },
    log: () => undefined,
  });
  // An interrupt ends everything, too.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => void instance.force().finally(() => process.exit(1)));
  }
  /** @type {Stage | undefined} */
  let stage;
  /** @type {object} */
  let result;
  try {
    const signIns = /** @type {import('./stage.mjs').SignIn[]} */ (instance.ready.signIns ?? []);
    stage = await openStage({
      address: instance.address,
      signIns,
      out,
      say,
      ...(readme && { readme: path.resolve(ROOT, readme) }),
    });
    result = await play(stage);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    say(`\n${error.message}`);
    result = { ok: false, error: error.message };
  } finally {
    await stage?.close();
    await instance.stop();
    rmSync(home, { recursive: true, force: true });
  }
  // Last: the instance has something to say while it ends, too.
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return 'ok' in result && result.ok === true ? 0 : 1;
});

/** @returns {Promise<number>} a port that was free a moment ago */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
