// @ts-check
// The SFU worker, made ready in a process of its own while the chat is already up. `infra/sfu-worker` knows how;
// this decides when, and whether the system packages for it may be installed.
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptPackages, ensureWorker, workerPath } from '../../sfu-worker/worker.mjs';
import { ROOT, cache, runMain, say } from './places.mjs';
import { installCommand, installSystemPackages, mayInstall } from './system.mjs';

const MEDIASOUP = path.join(ROOT, 'node_modules', 'mediasoup');

/** @returns {string} where the worker is, or will be */
export function workerProgram() {
  const { version } = JSON.parse(readFileSync(path.join(MEDIASOUP, 'package.json'), 'utf8'));
  return workerPath({ version: String(version), cacheDir: cache() });
}

/**
 * Makes the worker ready in the background.
 * @param {{ yes: boolean }} options
 * @returns {Promise<{ ready: Promise<boolean>, stop: () => Promise<void> }>} resolves when it is decided what will be
 *   done; `ready` says whether there is a worker in the end.
 */
export async function startWorkerJob({ yes }) {
  if (existsSync(workerProgram())) return { ready: Promise.resolve(true), stop: async () => {} };
  const needed = missingForBuild();
  const install = needed.length > 0 && (await mayInstall([{ why: WHY, packages: needed }], { yes }));
  say('Making the video worker ready (a few minutes, once) …');
  const child = fork(fileURLToPath(import.meta.url), install ? needed : [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  };
  return { ready: ended.then((code) => code === 0), stop };
}

const WHY = 'the video worker, which is built here when no prebuilt one can be had';

/** @returns {string[]} the Debian packages of `aptPackages` that are not installed; empty where there is no dpkg */
function missingForBuild() {
  if (!existsSync('/var/lib/dpkg/status')) return [];
  const installed = new Set(
    readFileSync('/var/lib/dpkg/status', 'utf8')
      .split('\n\n')
      .filter((entry) => /^Status: install ok installed$/m.test(entry))
      .map((entry) => /^Package: (.*)$/m.exec(entry)?.[1]),
  );
  return aptPackages.filter((name) => !installed.has(name));
}

/** The process in the background. @param {string[]} install  packages that may be installed when they are needed */
async function makeWorker(install) {
  const ending = new AbortController();
  process.once('SIGTERM', () => ending.abort());
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group; the parent says when to end
  process.once('disconnect', () => ending.abort()); // the parent is gone
  const log = (/** @type {string} */ line) => say(`  ${line}`);
  const ask = () => ensureWorker({ mediasoupDir: MEDIASOUP, cacheDir: cache(), signal: ending.signal, log });
  try {
    await ask().catch(async (error) => {
      if (!error.missing || install.length === 0) throw error;
      log(`installing ${install.join(' ')}`);
      await installSystemPackages(install);
      return ask();
    });
    say('The video worker is ready.');
    return 0;
  } catch (error) {
    if (ending.signal.aborted) return 1;
    const { missing, message } = /** @type {Error & { missing?: string[] }} */ (error);
    say(missing ? `No video until this has been run:\n  ${installCommand(missing)}` : `No video: ${message}`);
    return 1;
  }
}

await runMain(import.meta.url, async () => {
  const code = await makeWorker(process.argv.slice(2));
  if (process.connected) process.disconnect();
  return code;
});
