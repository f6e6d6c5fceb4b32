const { rmSync } = require('node:fs');

module.exports = async function globalTeardown() {
  if (globalThis.vestibuleTestHsm) rmSync(globalThis.vestibuleTestHsm, { recursive: true, force: true });
  await globalThis.vestibuleTestPostgres?.stop();
};
