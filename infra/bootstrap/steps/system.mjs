// @ts-check
// Programs and libraries of the operating system that npm does not have.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { say } from './places.mjs';

/** Something we need, why, and the Debian packages that bring it. @typedef {{ why: string, packages: string[] }} Need */

/** @type {Record<'browser' | 'gnupg' | 'openssl' | 'pdf' | 'hsm' | 'go' | 'postgresql', Need & { programs: string[], files?: string[] }>} */
export const PROGRAMS = {
  browser: { why: 'the tests that use a browser', packages: ['chromium'], programs: ['chromium'] },
  gnupg: { why: 'the tests that check a bundle with GnuPG', packages: ['gnupg'], programs: ['gpg'] },
  openssl: { why: 'the tests of time stamps', packages: ['openssl'], programs: ['openssl'] },
  pdf: {
    why: 'the tests that read a transcript as a PDF',
    packages: ['qpdf', 'poppler-utils'],
    programs: ['qpdf', 'pdftotext'],
  },
  hsm: {
    why: 'the tests that keep keys in a token (PKCS#11), and its add-on',
    packages: ['softhsm2', 'g++'],
    programs: ['softhsm2-util', 'c++'],
  },
  go: {
    why: "the test that reads our log with code of others (Go's checksum database)",
    packages: ['golang-go', 'golang-golang-x-mod-dev'],
    programs: ['go'],
    files: ['/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog'],
  },
  // Its own service is not used and need not run: the tests make a server for themselves.
  postgresql: {
    why: 'the tests that dump and put back a database of yours',
    packages: ['postgresql'],
    programs: ['pg_dump', 'pg_ctlcluster'],
  },
};

/** @param {keyof typeof PROGRAMS} name @returns {Need | undefined} the need, when it is not met */
export function missingProgram(name) {
  const { programs, files = [], ...need } = PROGRAMS[name];
  const found = (/** @type {string} */ program) =>
    spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
  return programs.every(found) && files.every((file) => existsSync(file)) ? undefined : need;
}

/** @param {string[]} packages @returns {string} what a person types */
export function installCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Whether we may install: root on a Debian, and the person at the terminal (when there is one) says yes.
 * Says what and why in any case.
 * @param {Need[]} needs
 * @param {{ yes: boolean }} options  `yes`: do not ask
 */
export async function mayInstall(needs, { yes }) {
  const packages = needs.flatMap((need) => need.packages);
  const reasons = needs.map((need) => `  ${need.packages.join(' ')}\n    for ${need.why}`).join('\n');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(`\nNot installed on this machine:\n${reasons}\nInstall them with:\n  ${installCommand(packages)}\n`);
    return false;
  }
  say(`\nThese system packages are to be installed:\n${reasons}`);
  if (yes || !process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Install them now with apt-get? [Y/n] ');
  terminal.close();
  if (/^(y|yes|)$/i.test(answer.trim())) return true;
  say(`Later:\n  ${installCommand(packages)}\n`);
  return false;
}

/**
 * Installs Debian packages. Not stopped half-way when we are: dpkg would be left in pieces.
 * @param {string[]} packages
 * @returns {Promise<void>}
 * @throws {Error} with the end of what apt-get said.
 */
export async function installSystemPackages(packages) {
  // A list that is a little old still installs; one that cannot be had at all makes the second command fail.
  await aptGet(['update']).catch(() => {});
  await aptGet(['install', '-y', '--no-install-recommends', ...packages]);
}

/** @param {string[]} words @returns {Promise<void>} */
function aptGet(words) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...words], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    const keep = (/** @type {Buffer} */ text) => (said = (said + text).slice(-2000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`apt-get ${words[0]} failed (exit ${code}):\n${said.trim()}`));
    });
  });
}
