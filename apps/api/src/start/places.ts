import { join } from 'node:path';

/** Folders of the checkout that the program reads: it is started from there. */
export function places(root: string) {
  return {
    access: join(root, 'policies', 'access'),
    governance: join(root, 'policies', 'governance'),
    portal: join(root, 'dist', 'portal'),
    console: join(root, 'dist', 'console'),
    verifier: join(root, 'audit', 'cli', 'verify.mjs'),
  };
}
