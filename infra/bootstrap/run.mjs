// @ts-check
// `node infra/bootstrap/run.mjs [--needs=build,sfu,worker,browser,gnupg,openssl] [PROGRAM [ARGUMENT…]]`: makes ready what a program of
// this house needs, then runs it on our Node. Its output is its own: ours goes to stderr.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { prepare } from './steps/prepare.mjs';
import { NODE, ROOT, runMain } from './steps/places.mjs';

await runMain(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const first = words.findIndex((word) => !word.startsWith('--'));
  const flags = words.splice(0, first < 0 ? words.length : first);
  const needs = flags.flatMap((flag) => (/^--needs=(.*)$/.exec(flag)?.[1] ?? '').split(',')).filter(Boolean);
  const env = await prepare(needs, { yes: flags.includes('--yes') });
  return words.length > 0 ? runProgram(words, env) : 0;
});

/**
 * Runs a program of this house on our Node, hands it the signals that we get, and returns its exit code.
 * @param {string[]} words  for Node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function runProgram(words, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, words, { cwd: ROOT, env, stdio: 'inherit' });
    // A Ctrl-C at the terminal reaches the child as well: it decides when to end, and we end after it.
    const pass = (/** @type {NodeJS.Signals} */ signal) => signal !== 'SIGINT' && child.kill(signal);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, pass);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
