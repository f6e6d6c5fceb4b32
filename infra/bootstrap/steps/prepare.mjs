// @ts-check
// What has to be there before something of this house runs: packages, programs of the system, built parts, SFU worker.
import path from 'node:path';
import { build } from './build.mjs';
import { checkNode, installPackages } from './install.mjs';
import { ensurePkcs11 } from './pkcs11.mjs';
import { ROOT, Stop } from './places.mjs';
import { PROGRAMS, installCommand, installSystemPackages, mayInstall, missingProgram } from './system.mjs';

/** @typedef {'build' | 'sfu' | 'worker' | keyof typeof PROGRAMS} Needed */

/**
 * Makes ready what is named, and returns the environment to run in.
 * @param {string[]} needs  of `build`, `sfu`, `worker`, `browser`, `gnupg`, `openssl`, `hsm`, `go`, `postgresql`
 * @param {{ yes: boolean }} options
 * @returns {Promise<NodeJS.ProcessEnv>}
 * @throws {Stop} when something cannot be had; the message says what to do.
 */
export async function prepare(needs, { yes }) {
  checkNode();
  await installPackages();
  const programs = /** @type {(keyof typeof PROGRAMS)[]} */ (needs.filter((need) => need in PROGRAMS));
  const missing = programs.flatMap((name) => missingProgram(name) ?? []);
  if (missing.length > 0) {
    const packages = missing.flatMap((need) => need.packages);
    if (!(await mayInstall(missing, { yes }))) throw new Stop(`Missing: ${packages.join(' ')}.`);
    await installSystemPackages(packages).catch((error) => {
      throw new Stop(`${error.message}\nInstall them yourself with:\n  ${installCommand(packages)}`);
    });
  }
  const bin = path.join(ROOT, 'node_modules', '.bin');
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  const job = needs.includes('worker') && !env.VESTIBULE_SFU_WORKER ? await startJob(yes) : undefined;
  try {
    if (needs.includes('hsm')) await ensurePkcs11();
    await build(needs);
    if (job && !(await job.ready)) throw new Stop('The video worker could not be made ready: see above.');
  } catch (error) {
    await job?.stop();
    throw error;
  }
  if (job) env.VESTIBULE_SFU_WORKER = job.program;
  return env;
}

/** @param {boolean} yes */
async function startJob(yes) {
  const { startWorkerJob, workerProgram } = await import('./worker.mjs'); // reads installed packages
  return { program: workerProgram(), ...(await startWorkerJob({ yes })) };
}
