// One PostgreSQL for the whole run, unless VESTIBULE_TEST_DATABASE_URL names one. It ends and its folder goes
// away however jest ends: the teardown does it, or else the watch of infra/postgres when jest is interrupted.
const { spawnSync } = require('node:child_process');
const { chmodSync, mkdirSync, mkdtempSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

module.exports = async function globalSetup() {
  softHsm();
  if (process.env.VESTIBULE_TEST_DATABASE_URL) return;
  const { startPostgres } = await import('../../../infra/postgres/embedded.mjs');
  const home = mkdtempSync(path.join(os.tmpdir(), 'vestibule-test-'));
  chmodSync(home, 0o711); // as root, PostgreSQL runs as another account, which has to pass
  const server = await startPostgres({ home, durable: false, temporary: true });
  process.env.VESTIBULE_TEST_DATABASE_URL = server.url;
  globalThis.vestibuleTestPostgres = server;
};

/** Tokens of the run, and of nobody else. The library reads the environment of the process itself, so it is set here. */
function softHsm() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'vestibule-hsm-'));
  mkdirSync(path.join(home, 'tokens'));
  const conf = path.join(home, 'softhsm2.conf');
  writeFileSync(
    conf,
    `directories.tokendir = ${home}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = conf;
  // All of them now: the library looks for tokens once in a process. Where SoftHSM is missing, its tests say so.
  for (const label of ['first', 'second', 'untouched'])
    spawnSync('softhsm2-util', [
      ...['--init-token', '--free', '--label', label],
      ...['--pin', '271828', '--so-pin', '31415926'],
    ]);
  globalThis.vestibuleTestHsm = home;
}
