import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.dirname(__dirname);
/** The rules themselves are the real ones. */
const RULES = [
  '.dependency-cruiser.cjs',
  '.oxlintrc.json',
  'tsconfig.json',
  'package.json',
  'infra/floors/resolve.cjs',
];

/** A small house in a temporary folder, with the real rules and packages, in which faults can be planted. */
export interface PlantedTree {
  /** Runs a program of node_modules and returns what it wrote to stdout, whatever its exit code. */
  run(script: string, ...words: string[]): Promise<string>;
  remove(): void;
}

/** @param files path to source */
export function plantTree(files: Readonly<Record<string, string>>): PlantedTree {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'vestibule-planted-')));
  for (const file of RULES) cpSync(path.join(ROOT, file), path.join(folder, file));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), source);
  }
  return {
    run: (script, ...words) =>
      new Promise((resolve, reject) => {
        const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
        const all = [path.join(ROOT, 'node_modules', script), ...words];
        // A tool that complains exits with 1 as well; one that broke has nothing to say on stdout.
        execFile(process.execPath, all, options, (_, stdout, stderr) =>
          stdout === '' ? reject(new Error(stderr)) : resolve(stdout),
        );
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
