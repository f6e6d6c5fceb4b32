// Runs a TypeScript file of the house in a process of its own, for tests that kill it:
//     node run-ts.cjs FILE.ts WORDS…
const { transformFileSync } = require('@swc/core');
const { readdirSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..', '..', '..');
const ROOMS = new Set(readdirSync(path.join(ROOT, 'libs')));

Module._extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    swcrc: false,
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
  });
  module._compile(code, file);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveOurs(request, ...rest) {
  const [, room, door] = /^@app\/([a-z]+)(?:\/(open|testing))?$/.exec(request) ?? [];
  if (room === undefined) return resolve.call(this, request, ...rest);
  const folder = path.join(ROOT, ROOMS.has(room) ? `libs/${room}` : room);
  const file = { open: 'src/open.ts', testing: 'testing/index.ts' }[door] ?? 'src/index.ts';
  return resolve.call(this, path.join(folder, file), ...rest);
};

require(path.resolve(process.argv[2]));
