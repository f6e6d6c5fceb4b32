// @ts-check
// Where things are, and how this program talks. No import but Node's: it runs before anything is installed.
import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
/** The Node that everything runs on, from the npm registry; the machine's own only starts this. */
export const NODE = path.join(ROOT, 'node_modules', 'node', 'bin', 'node');
export const API = path.join(ROOT, 'dist', 'server', 'apps', 'api', 'src', 'main.js');

/** @returns {string} the folder of all data; absolute */
export function home() {
  return path.resolve(ROOT, process.env.VESTIBULE_HOME || '.vestibule');
}

/** @returns {string} what may be thrown away and takes minutes to make again; shared by all checkouts of an account */
export function cache() {
  const given = process.env.VESTIBULE_CACHE || process.env.XDG_CACHE_HOME;
  if (given) return path.resolve(given, 'vestibule');
  const mine = os.homedir();
  return mine && mine !== '/' ? path.join(mine, '.cache', 'vestibule') : path.join(ROOT, '.vestibule-cache');
}

/** @param {string} line to the terminal, not to a pipe that reads the program's answer */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** A reason to stop that a person can do something about: printed without a stack. */
export class Stop extends Error {}

/**
 * Runs a file as a program when it was started as one (and was not imported), and says in one message why it could not
 * go on.
 * @param {string} url  of the file: `import.meta.url`
 * @param {() => Promise<number>} main  returns the exit code
 */
export async function runMain(url, main) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  try {
    process.exitCode = await main();
  } catch (error) {
    say(error instanceof Stop ? `\n${error.message}` : String(error instanceof Error ? error.stack : error));
    process.exitCode = 1;
  }
}
