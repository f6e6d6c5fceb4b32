// @ts-check
// The server and the pages, from their sources; each only when something that it is made of has changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NODE, ROOT, Stop, say } from './places.mjs';

const STAMPS = path.join(ROOT, 'dist', 'stamps');
const COMMON = ['package-lock.json', 'tsconfig.json'];

/** What is built, from which files and folders, with which command. */
const PARTS = [
  {
    name: 'server',
    need: 'build',
    from: [...COMMON, 'nest-cli.json', 'apps/api', 'libs', 'audit', 'policies'],
    without: ['libs/ui'],
    made: 'dist/server/apps/api/src/main.js',
    command: ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'api'],
  },
  // Its own folder: each build empties the one it writes to.
  {
    name: 'sfu',
    need: 'sfu',
    from: [...COMMON, 'nest-cli.json', 'apps/sfu', 'libs', 'audit', 'policies'],
    without: ['libs/ui'],
    made: 'dist/sfu/apps/sfu/src/main.js',
    command: ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'sfu'],
  },
  ...['portal', 'console'].map((page) => ({
    name: page,
    need: 'build',
    from: [...COMMON, `apps/${page}`, 'libs/ui'],
    without: [],
    made: `dist/${page}/index.html`,
    command: ['node_modules/vite/bin/vite.js', 'build', `apps/${page}`, '--logLevel', 'warn'],
  })),
];

/** @typedef {(typeof PARTS)[number]} Part */

/**
 * Builds what is out of date.
 * @param {string[]} needs  `build`: the api and the pages; `sfu`: the media node, which only an image and tests need
 * @returns {Promise<string[]>} the names of the parts that were built
 * @throws {Stop} with what the builder said.
 */
export async function build(needs = ['build']) {
  const stale = PARTS.filter(({ need }) => needs.includes(need))
    .map((part) => ({ part, digest: digestOf(part) }))
    .filter(({ part, digest }) => !existsSync(path.join(ROOT, part.made)) || readStamp(part) !== digest);
  if (stale.length > 0) say(`Building ${stale.map(({ part }) => part.name).join(', ')} …`);
  await Promise.all(stale.map(({ part, digest }) => make(part, digest)));
  return stale.map(({ part }) => part.name);
}

/** @param {Part} part @param {string} digest */
async function make(part, digest) {
  const { code, output } = await run(part.command);
  if (code !== 0 || !existsSync(path.join(ROOT, part.made))) {
    throw new Stop(
      `The ${part.name} could not be built (${part.command.slice(1).join(' ')}):\n${output.trim()}`,
    );
  }
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(path.join(STAMPS, part.name), digest);
}

/** @param {Part} part */
function readStamp(part) {
  const file = path.join(STAMPS, part.name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Of contents, not of times: a checkout of another branch and back changes only times. @param {Part} part */
function digestOf(part) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ name) => {
    if (part.without.includes(name) || /\.test\.tsx?$/.test(name)) return;
    const file = path.join(ROOT, name);
    const kind = statSync(file, { throwIfNoEntry: false });
    if (kind?.isDirectory()) {
      for (const inside of readdirSync(file).sort()) add(`${name}/${inside}`);
    } else if (kind) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
  };
  part.from.forEach(add);
  return hash.digest('hex');
}

/** @param {string[]} command @returns {Promise<{ code: number | null, output: string }>} */
function run(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
