#!/usr/bin/env node
// @ts-check
// A witness: node witness.mjs [vkey] [--config witness.json]
//
// It follows logs and cosigns their checkpoints, each only if it continues the last one (https://c2sp.org/tlog-witness).
// Whoever runs it should not be whoever runs the log. This folder, Node.js 20 or newer, and nothing else.
//
// `vkey` prints the witness's own public key, which the log's owner is given, and ends.
import { createPublicKey } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readConfig } from './config.mjs';
import { cosignerVkey, Malformed } from './note.mjs';
import { witnessServer } from './server.mjs';
import { Store } from './store.mjs';

/** @returns {Promise<void>} */
async function main() {
  const { values, positionals } = parseArgs({
    options: { config: { type: 'string', default: 'witness.json' } },
    allowPositionals: true,
  });
  if (positionals.length > 1 || (positionals.length === 1 && positionals[0] !== 'vkey'))
    throw new Malformed('usage: witness.mjs [vkey] [--config witness.json]');
  const config = readConfig(values.config);
  const store = new Store(config.state);
  const isServing = positionals.length === 0;
  const lock = isServing ? await store.lock() : undefined;
  const vkey = cosignerVkey({ name: config.name, publicKey: createPublicKey(store.key()) });
  if (!isServing) {
    process.stdout.write(`${vkey}\n`);
    return;
  }
  // A file that cannot be read is found now, and not when its log asks.
  for (const origin of config.logs.keys()) store.latest(origin);
  const say = (/** @type {object} */ line) =>
    process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  const server = witnessServer(config, store, say);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => resolve(undefined));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  say({ vkey, listening: `http://${config.host}:${port}${config.prefix}/`, logs: [...config.logs.keys()] });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => {
      lock?.close();
      server.close();
      server.closeAllConnections();
    });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exitCode = 2;
}
