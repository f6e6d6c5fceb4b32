// Makes the SFU worker ready: from the cache, else mediasoup's own prebuilt one, else built with build.sh beside this
// file. Node only; it runs before anything is installed.
//
//   node infra/sfu-worker/worker.mjs MEDIASOUP_PACKAGE_DIR CACHE_DIR      prints the path when it is there
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { arch, platform, release } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { takeLock } from './lock.mjs';

/** What `build.sh` needs on Debian 12; on others, the packages of the same libraries. */
export const aptPackages = [
  'meson',
  'ninja-build',
  'g++',
  'pkg-config',
  'libuv1-dev',
  'libssl-dev',
  'libsrtp2-dev',
  'libabsl-dev',
  'flatbuffers-compiler',
  'libflatbuffers-dev',
];

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** How long the release host may take to answer at all, and to send everything. */
const PREBUILT_ANSWER_MS = 4_000;
const PREBUILT_TOTAL_MS = 60_000;

/**
 * Returns where the worker of this version, recipe and machine is kept, whether or not it is there yet. A change of the
 * recipe gives another name, so an old worker is never taken for a new one.
 *
 * @param {{version: string, recipeDir?: string, cacheDir: string}} place
 */
export function workerPath({ version, recipeDir = HERE, cacheDir }) {
  const hash = createHash('sha256');
  for (const file of ['build.sh', ...filesUnder(recipeDir, 'subprojects')]) {
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(recipeDir, file)))
      .update('\0');
  }
  const recipe = hash.digest('hex').slice(0, 16);
  return path.resolve(cacheDir, `mediasoup-worker-${version}-${recipe}-${platform()}-${arch()}`);
}

/**
 * Returns the path of a worker that runs here. Beside it, `<path>.status` holds
 * `{state: 'building' | 'ready' | 'failed', percent, startedAt, message}` as JSON while this works and after.
 * Callers at the same time, in any process, share one build. Throws with the reason when there is no way to a worker;
 * `missing` on the error names Debian packages to install, where that is the reason.
 *
 * @param {{mediasoupDir: string, cacheDir: string, recipeDir?: string, prebuilt?: boolean, signal?: AbortSignal,
 *   log?: (line: string) => void}} options `signal` ends a build; what it did so far is kept for the next one.
 */
export async function ensureWorker({
  mediasoupDir,
  cacheDir,
  recipeDir = HERE,
  prebuilt = true,
  signal,
  log = () => {},
}) {
  const pkg = JSON.parse(fs.readFileSync(path.join(mediasoupDir, 'package.json'), 'utf8'));
  const target = workerPath({ version: pkg.version, recipeDir, cacheDir });
  fs.mkdirSync(cacheDir, { recursive: true });
  const askedAt = Date.now();
  for (let waits = 0; ; waits++) {
    signal?.throwIfAborted();
    if (fs.existsSync(target)) {
      writeStatus(target, {
        state: 'ready',
        percent: 100,
        startedAt: new Date(askedAt).toISOString(),
        message: 'ready',
      });
      return target;
    }
    const lock = takeLock(`${target}.lock`);
    if (lock !== undefined) {
      try {
        return await make({ target, pkg, mediasoupDir, recipeDir, prebuilt, signal, log, lock });
      } finally {
        lock.release();
      }
    }
    if (waits === 0) log('another process is making the video worker; waiting for it');
    await sleep(500, undefined, { signal });
    const status = readStatus(target);
    // The one we waited for has failed: trying again at once would fail the same way.
    if (status?.state === 'failed' && Date.parse(status.endedAt) >= askedAt) throw new Error(status.message);
  }
}

async function make({ target, pkg, mediasoupDir, recipeDir, prebuilt, signal, log, lock }) {
  if (fs.existsSync(target)) return target;
  const startedAt = new Date().toISOString();
  const tell = (state, percent, message) => {
    const endedAt = state === 'building' ? {} : { endedAt: new Date().toISOString() };
    writeStatus(target, { state, percent, startedAt, message, ...endedAt });
  };
  try {
    tell('building', 0, 'looking for a prebuilt worker');
    if (prebuilt && (await fetchPrebuilt(pkg, target, signal, log))) {
      tell('ready', 100, 'prebuilt by mediasoup');
      return target;
    }
    let told = -5;
    await build({ recipeDir, mediasoupDir, target, signal, lock }, (done, all) => {
      const percent = Math.min(99, Math.floor((100 * done) / all));
      if (percent < told + 5) return;
      told = percent;
      tell('building', percent, `building, ${done} of ${all} files`);
      log(`building the video worker: ${percent} %`);
    });
    tell('ready', 100, 'built here');
    return target;
  } catch (error) {
    tell('failed', 0, error.message);
    throw error;
  }
}

/** Returns whether the worker was fetched and runs here. A host that cannot be reached is no error. */
async function fetchPrebuilt(pkg, target, signal, log) {
  const kernel = platform() === 'linux' ? `-kernel${release().split('.')[0]}` : '';
  const host = pkg.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  const name = `mediasoup-worker-${pkg.version}-${platform()}-${arch()}${kernel}.tgz`;
  const stop = new AbortController();
  const answer = setTimeout(() => stop.abort(), PREBUILT_ANSWER_MS);
  const total = setTimeout(() => stop.abort(), PREBUILT_TOTAL_MS);
  const temporary = `${target}.fetched.${process.pid}`;
  try {
    const response = await fetch(`${host}/releases/download/${pkg.version}/${name}`, {
      signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
    });
    clearTimeout(answer);
    if (!response.ok) return false;
    fs.writeFileSync(temporary, onlyFile(gunzipSync(Buffer.from(await response.arrayBuffer()))), {
      mode: 0o755,
    });
    // Run with nothing set, a worker that finds its libraries says that MEDIASOUP_VERSION is missing, and exits with 41.
    if (spawnSync(temporary, [], { env: {}, stdio: 'ignore' }).status !== 41) return false;
    fs.renameSync(temporary, target);
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    log(`no prebuilt video worker (${error.cause?.code ?? error.name}); building it`);
    return false;
  } finally {
    clearTimeout(answer);
    clearTimeout(total);
    fs.rmSync(temporary, { force: true });
  }
}

/** Returns the content of the one file of a tar archive (POSIX ustar: name at 0, size in octal at 124, content at 512). */
function onlyFile(tar) {
  const size = Number.parseInt(tar.toString('latin1', 124, 136), 8);
  if (!tar.toString('latin1', 0, 100).startsWith('mediasoup-worker') || !(size > 0))
    throw new Error('not a worker archive');
  return tar.subarray(512, 512 + size);
}

async function build({ recipeDir, mediasoupDir, target, signal, lock }, onProgress) {
  // A group of its own, so that it can be ended as a whole; and ended with us, whatever ends us in an orderly way.
  const child = spawn(path.join(recipeDir, 'build.sh'), [path.join(mediasoupDir, 'worker'), target], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', end);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const outcome = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (child.pid !== undefined) lock.owns(child.pid);
    // The compiler's own words, should a step fail; others still end after it.
    let said = '';
    let rest = '';
    const read = (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const step = /^\[(\d+)\/(\d+)\]/.exec(line);
        if (step !== null) onProgress(Number(step[1]), Number(step[2]));
        else said = `${said}${line}\n`.slice(-4_000);
      }
    };
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', (chunk) => (errors = (errors + chunk).slice(-2_000)));
    const code = await outcome;
    if (code === 0) return;
    signal?.throwIfAborted();
    const reason = errors.trim() || said.trim();
    const error = new Error(`the video worker could not be built (exit ${code}): ${reason}`);
    if (code === 3) error.missing = reason.replace(/^.*not installed: /s, '').split(' ');
    throw error;
  } finally {
    process.removeListener('exit', end);
    signal?.removeEventListener('abort', end);
  }
}

function filesUnder(root, folder) {
  return fs
    .readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(root, file) : [file];
    });
}

function readStatus(target) {
  try {
    return JSON.parse(fs.readFileSync(`${target}.status`, 'utf8'));
  } catch {
    return undefined;
  }
}

function writeStatus(target, status) {
  const temporary = `${target}.status.${process.pid}`;
  fs.writeFileSync(temporary, `${JSON.stringify(status)}\n`);
  fs.renameSync(temporary, `${target}.status`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [mediasoupDir, cacheDir] = process.argv.slice(2);
  if (cacheDir === undefined) {
    console.error('usage: worker.mjs MEDIASOUP_PACKAGE_DIR CACHE_DIR');
    process.exit(2);
  }
  ensureWorker({ mediasoupDir, cacheDir, log: (line) => console.error(line) }).then(
    (ready) => console.log(ready),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
