// @ts-check
// `npm start`: from a fresh clone to printed addresses. Installs, builds, starts, and ends everything in order.
import { createServer } from 'node:net';
import { build } from './steps/build.mjs';
import { checkNode, installPackages } from './steps/install.mjs';
import { ensurePkcs11 } from './steps/pkcs11.mjs';
import { Stop, home, runMain, say } from './steps/places.mjs';

const USUAL_PORT = 3000;
const SAME_KEY_MS = 500;

await runMain(import.meta.url, async () => {
  const startedAt = performance.now();
  const yes = process.argv.includes('--yes');
  checkNode();
  await installPackages();
  await build();
  if (process.env.VESTIBULE_KMS?.startsWith('pkcs11:')) await ensurePkcs11();
  // Only now: these need the installed packages.
  const { startWorkerJob } = await import('./steps/worker.mjs');
  const { startInstance } = await import('./steps/instance.mjs');
  const port = await choosePort();
  // A worker that is given, or a node elsewhere: nothing to make.
  const { VESTIBULE_SFU_WORKER: given, VESTIBULE_SFU_URL: elsewhere } = process.env;
  const job = given || elsewhere ? undefined : await startWorkerJob({ yes });

  const asked = untilAskedToEnd();
  const starting = startInstance({ home: home(), port });
  /** @type {import('./steps/instance.mjs').Instance} */
  let instance;
  try {
    instance = await starting;
  } catch (error) {
    await job?.stop();
    throw error;
  }
  greet(instance.ready, performance.now() - startedAt);

  const code = await Promise.race([instance.ended, asked.first.then(() => undefined)]);
  if (code === undefined) say('\nEnding: letting what is under way finish (again to force) …');
  else say(`\nThe api ended by itself (exit ${code}).`);
  void asked.second.then(() => Promise.all([instance.force(), job?.stop()])).then(() => process.exit(1));
  await Promise.all([instance.stop(), job?.stop()]);
  say('Ended.');
  asked.forget();
  return code === undefined ? 0 : code || 1;
});

/** @returns {Promise<number>} the port asked for, or a free one near the usual one @throws {Stop} */
async function choosePort() {
  const given = process.env.PORT;
  if (given) {
    if (await isFree(Number(given))) return Number(given);
    throw new Stop(`Port ${given} is taken. Set PORT to another one.`);
  }
  for (let port = USUAL_PORT; port < USUAL_PORT + 100; port += 1) {
    if (!(await isFree(port))) continue;
    if (port !== USUAL_PORT) say(`Port ${USUAL_PORT} is taken: using ${port}.`);
    return port;
  }
  throw new Stop(`Ports ${USUAL_PORT} to ${USUAL_PORT + 99} are all taken. Set PORT to a free one.`);
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: process.env.HOST || '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });
}

/** Ctrl-C, SIGTERM, or the terminal being closed: the first asks, the second insists. */
function untilAskedToEnd() {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  /** @type {(() => void)[]} */
  const waiting = [];
  const next = () => new Promise((resolve) => waiting.push(() => resolve(undefined)));
  const [first, second] = [next(), next()];
  let last = -Infinity;
  const heard = () => {
    // npm passes on the Ctrl-C that the terminal has sent us already: that is not a second one.
    if (performance.now() - last < SAME_KEY_MS) return;
    last = performance.now();
    waiting.shift()?.();
  };
  for (const signal of signals) process.on(signal, heard);
  return { first, second, forget: () => signals.forEach((signal) => process.off(signal, heard)) };
}

/** @param {import('./steps/instance.mjs').Ready} ready @param {number} tookMs */
function greet({ address, signIns = [] }, tookMs) {
  const lines = [
    '',
    `Vestibule is ready (${(tookMs / 1000).toFixed(1)} s)`,
    '',
    `  clients   ${address}/`,
    `  staff     ${address}/console`,
  ];
  if (signIns.length > 0)
    lines.push('', 'Sign-ins of the demo, made for this machine:', ...signInLines(signIns));
  lines.push('', `Data: ${home()}    End with Ctrl-C.`, '');
  process.stdout.write(`${lines.join('\n')}\n`);
}

/**
 * One line a person; what they all share is said once.
 * @param {Record<string, string>[]} signIns
 * @returns {string[]}
 */
function signInLines(signIns) {
  const names = [...new Set(signIns.flatMap((signIn) => Object.keys(signIn)))];
  const text = (/** @type {Record<string, string>} */ signIn, /** @type {string} */ name) =>
    signIn[name] ?? '';
  const [first = {}] = signIns;
  const isShared = (/** @type {string} */ name) =>
    signIns.every((one) => text(one, name) === text(first, name));
  const shared = signIns.length > 1 ? names.filter(isShared) : [];
  const own = names.filter((name) => !shared.includes(name));
  const width = (/** @type {string} */ name) =>
    Math.max(name.length, ...signIns.map((signIn) => text(signIn, name).length));
  return [
    `  ${own.map((name) => name.padEnd(width(name))).join('  ')}`.trimEnd(),
    ...signIns.map((signIn) =>
      `  ${own.map((name) => text(signIn, name).padEnd(width(name))).join('  ')}`.trimEnd(),
    ),
    ...(shared.length > 0 ? ['  all of them:'] : []),
    ...shared.map((name) => `    ${name}  ${text(first, name)}`),
    ...(shared.includes('totpSecret')
      ? ['    the six digits of this minute:  npm run -s demo:code -- SECRET']
      : []),
  ];
}
