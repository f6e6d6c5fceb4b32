// @ts-check
// PostgreSQL's initdb asks for the name of the account that runs it and stops when there is none. A container may run
// us under a uid without one (OpenShift does). The server itself does not ask.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const NOBODY = '65534';
const ANSWER = `
#include <pwd.h>
struct passwd *getpwuid(uid_t uid) {
  static struct passwd me = {"vestibule", "", 0, 0, "", "/", "/bin/false"};
  me.pw_uid = uid;
  return &me;
}
`;

/**
 * What to put before a command, and into its environment, so that it finds a name for this account: a user namespace
 * in which we are called nobody, or else a library that answers in the place of the passwd database.
 * @param {string} folder  where the library may be built
 * @returns {{ before: string[], env: Record<string, string> }}
 * @throws {Error} when neither is possible here.
 */
export function nameFor(folder) {
  const before = ['unshare', '--user', `--map-user=${NOBODY}`];
  const [program, ...flags] = /** @type {[string, ...string[]]} */ (before);
  if (spawnSync(program, [...flags, 'id', '-un'], { stdio: 'ignore' }).status === 0)
    return { before, env: {} };

  const source = path.join(folder, 'name.c');
  const library = path.join(folder, 'name.so');
  writeFileSync(source, ANSWER);
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source], { stdio: 'ignore' });
  rmSync(source);
  if (built.status === 0) return { before: [], env: { LD_PRELOAD: library } };

  throw new Error(
    `PostgreSQL's initdb needs a name for the account it runs as, and uid ${process.getuid?.()} has none here. ` +
      'Add a line for it to /etc/passwd, or allow user namespaces, or install a C compiler, or set DATABASE_URL.',
  );
}
