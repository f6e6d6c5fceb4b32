module.exports = async function globalTeardown() {
  await globalThis.vestibuleTestPostgres?.stop();
};
