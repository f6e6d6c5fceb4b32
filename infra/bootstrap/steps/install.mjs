// @ts-check
// The packages of package-lock.json, in node_modules. Nothing happens when they are there already.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NODE, ROOT, Stop, say } from './places.mjs';

const OLDEST_NODE = 20;
const LOCK = path.join(ROOT, 'package-lock.json');
const STAMP = path.join(ROOT, 'node_modules', '.vestibule-installed');

/** @throws {Stop} */
export function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return;
  throw new Stop(`Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.versions.node}.`);
}

/**
 * Installs the locked packages. Their install scripts do not run: one would build mediasoup's worker from sources that
 * it downloads (infra/sfu-worker makes ours), others report home. `node`'s own does, because it fetches the program.
 * `npm install` and not `npm ci`: that refuses a lock that names platform packages which the registry does not have.
 * @throws {Stop}
 */
export async function installPackages() {
  if (existsSync(STAMP) && existsSync(NODE) && readFileSync(STAMP, 'utf8') === locked()) return;
  say('Installing the packages (about a minute, once) …');
  const lock = readFileSync(LOCK);
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  await npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  if (!existsSync(NODE))
    throw new Stop('npm did not install Node 24 (package "node"): see its messages above.');
  writeFileSync(LOCK, lock); // npm 10 writes the same lock with other fields; a start must not change the checkout
  writeFileSync(STAMP, locked());
}

function locked() {
  const lock = readFileSync(LOCK);
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

/** @param {string[]} words @returns {Promise<void>} */
function npm(words) {
  // The npm that started us, when one did: there may be none on PATH.
  const script = process.env.npm_execpath;
  const [program, first] = script ? [process.execPath, [script]] : ['npm', []];
  return new Promise((resolve, reject) => {
    // mediasoup's install script, should an npm run it all the same, does nothing when this is set.
    const env = { ...process.env, MEDIASOUP_WORKER_BIN: 'made-by-infra-sfu-worker' };
    const child = spawn(program, [...first, ...words], { cwd: ROOT, env, stdio: ['ignore', 2, 2] });
    child.once('error', (error) => reject(new Stop(`npm could not be run: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Stop(`npm ${words[0]} failed (exit ${code}): see its messages above.`));
    });
  });
}
