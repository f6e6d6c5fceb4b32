// @ts-check
// The add-on of `pkcs11js`, for whoever keeps keys in an HSM. Its own install script does not run (decision 0011) and would
// fetch Node's headers; it needs only those of Node-API, which are a package. Built once, kept in the cache.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NODE, ROOT, Stop, cache, runMain, say } from './places.mjs';

const PACKAGE = path.join(ROOT, 'node_modules', 'pkcs11js');
const HEADERS = path.join(ROOT, 'node_modules', 'node-api-headers', 'include');

/**
 * Makes the add-on ready where the package looks for it.
 * @param {{ packageDir?: string, cacheDir?: string }} [places]
 * @returns {Promise<string>} the add-on's file
 * @throws {Stop} when it cannot be built; the message says what to do.
 */
export async function ensurePkcs11({ packageDir = PACKAGE, cacheDir = cache() } = {}) {
  const file = path.join(packageDir, 'build', 'Release', 'pkcs11.node');
  if (existsSync(file)) return file;
  const { version } = JSON.parse(readFileSync(path.join(packageDir, 'package.json'), 'utf8'));
  // Node-API is the same for all versions of Node, but not for all machines.
  const kept = path.join(cacheDir, `pkcs11js-${version}-${process.platform}-${process.arch}`, 'pkcs11.node');
  if (!existsSync(kept)) {
    say('Building the add-on for PKCS#11 (a few seconds, once) …');
    await build(packageDir, kept);
  }
  place(kept, file);
  return file;
}

/** Whole or not at all, also when two do it at once. @param {string} from @param {string} to */
function place(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  const fresh = `${to}.${process.pid}.new`;
  copyFileSync(from, fresh);
  renameSync(fresh, to);
}

/** @param {string} packageDir @param {string} to */
async function build(packageDir, to) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vestibule-pkcs11-'));
  try {
    const built = path.join(folder, 'pkcs11.node');
    const sources = ['dl.cpp', 'common.cpp', 'main.cpp'].map((name) => path.join(packageDir, 'src', name));
    const mac = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
    await run('c++', [
      ...['-shared', '-fPIC', '-O2', '-std=c++17', '-w', ...mac],
      ...['-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=pkcs11'],
      ...['-I', HEADERS, '-I', path.join(packageDir, 'includes')],
      ...[...sources, '-o', built],
    ]);
    // A file that does not load is not kept.
    await run(NODE, ['-e', 'process.dlopen({ exports: {} }, process.argv[1])', built]);
    place(built, to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} program @param {string[]} words @returns {Promise<void>} */
function run(program, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => (said = (said + text).slice(-2000)));
    child.once('error', () =>
      reject(new Stop(`There is no ${program} to build the PKCS#11 add-on with: install g++.`)),
    );
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Stop(
            `The PKCS#11 add-on could not be built (${path.basename(program)}, exit ${code}):\n${said}`,
          ),
        );
    });
  });
}

await runMain(import.meta.url, async () => {
  say(`PKCS#11: ${await ensurePkcs11()}`);
  return 0;
});
