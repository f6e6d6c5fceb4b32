import * as fs from 'node:fs';
import * as path from 'node:path';

/** A lock whose holder has not yet written its name is young, or its holder was killed in that instant. */
const NAMELESS_MS = 5_000;

/**
 * Takes a lock that is a directory, or returns undefined while another living process holds it. A lock left by a
 * killed holder is taken over, and the build that holder started is ended first: two builds must not share a folder.
 *
 * @param {string} directory
 * @returns {{owns(group: number): void, release(): void} | undefined} `owns` notes a process group of the holder's.
 */
export function takeLock(directory) {
  try {
    fs.mkdirSync(directory);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isStale(directory)) return undefined;
    endGroup(path.join(directory, 'group'));
    // Renaming is atomic: of several that found it stale, one gets it.
    const aside = `${directory}.stale.${process.pid}`;
    try {
      fs.renameSync(directory, aside);
    } catch {
      return undefined;
    }
    fs.rmSync(aside, { recursive: true, force: true });
    return takeLock(directory);
  }
  fs.writeFileSync(path.join(directory, 'holder'), nameOf(process.pid));
  return {
    owns: (group) => fs.writeFileSync(path.join(directory, 'group'), nameOf(group)),
    release: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
}

function isStale(directory) {
  const holder = read(path.join(directory, 'holder'));
  if (holder !== undefined && holder !== '') return !isAlive(holder);
  try {
    return Date.now() - fs.statSync(directory).mtimeMs > NAMELESS_MS;
  } catch {
    return false;
  }
}

function endGroup(file) {
  const group = read(file);
  if (group === undefined || group === '' || !isAlive(group)) return;
  try {
    process.kill(-Number.parseInt(group, 10), 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

/** A pid, and where the system tells it, when that process began: pids are given out again. */
function nameOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // proc(5): field 22 is the start time; the name in field 2 may hold spaces, and ends with the last ")".
  return `${pid} ${stat === undefined ? '' : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}

function isAlive(name) {
  const pid = Number.parseInt(name, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  // A zombie holds nothing any more; in a container nobody may ever reap it.
  return nameOf(pid) === name && !/\) Z /.test(read(`/proc/${pid}/stat`) ?? '');
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
