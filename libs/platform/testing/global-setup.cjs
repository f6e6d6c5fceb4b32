// One PostgreSQL for the whole run, unless VESTIBULE_TEST_DATABASE_URL names one. It ends and its folder goes
// away however jest ends: the teardown does it, or else the watch of infra/postgres when jest is interrupted.
const { mkdtempSync, chmodSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

module.exports = async function globalSetup() {
  if (process.env.VESTIBULE_TEST_DATABASE_URL) return;
  const { startPostgres } = await import('../../../infra/postgres/embedded.mjs');
  const home = mkdtempSync(path.join(os.tmpdir(), 'vestibule-test-'));
  chmodSync(home, 0o711); // as root, PostgreSQL runs as another account, which has to pass
  const server = await startPostgres({ home, durable: false, temporary: true });
  process.env.VESTIBULE_TEST_DATABASE_URL = server.url;
  globalThis.vestibuleTestPostgres = server;
};
