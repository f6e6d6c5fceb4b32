// @ts-check
// Ends the server when we are gone: a shell waits on a pipe that only this process holds. However we end, by
// SIGKILL too, the kernel closes the pipe.
import { spawn } from 'node:child_process';

/**
 * $1 pid, $2 data folder, then folders to remove. First a polite shutdown that lets a draining api finish its
 * work (20 s), then a fast one. `postmaster.pid` names the server, so another process with its number is left alone.
 */
const SCRIPT = `
read -r word && exit 0
pid=$1 data=$2; shift 2
ours() { [ "$(head -n 1 "$data/postmaster.pid" 2>/dev/null)" = "$pid" ] && kill -0 "$pid" 2>/dev/null; }
if [ $# -eq 0 ]; then
  ours && kill -TERM "$pid"
  i=0; while ours && [ $i -lt 100 ]; do sleep 0.2; i=$((i+1)); done
fi
ours && kill -INT "$pid"
i=0; while ours && [ $i -lt 150 ]; do sleep 0.2; i=$((i+1)); done
ours && kill -QUIT "$pid"
for gone in "$@"; do rm -rf -- "$gone"; done
`;

/**
 * @param {{ pid: number, data: string, remove: string[] }} what
 * @returns {{ end: () => void }} call `end` when the server has ended
 */
export function keepWatch({ pid, data, remove }) {
  // In a session of its own: Ctrl-C must not reach it before its work is done.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'vestibule-watch', String(pid), data, ...remove], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  const pipe = /** @type {import('node:net').Socket} */ (shell.stdin);
  pipe.unref();
  pipe.on('error', () => {});
  return { end: () => pipe.end('done\n') };
}
