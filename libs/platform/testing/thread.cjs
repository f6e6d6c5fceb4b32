// Runs `src/keys/bulk/thread.ts` as it stands, with the transform and the names of jest.config.cjs: a thread begins outside jest.
const { transformSync } = require('@swc/core');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const config = require('../../../jest.config.cjs');

const [[, options]] = Object.values(config.transform);
Module._extensions['.ts'] = (module, file) =>
  module._compile(
    transformSync(readFileSync(file, 'utf8'), { ...options, filename: file }).code,
    file,
    'commonjs',
  );

const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => {
  for (const [pattern, to] of Object.entries(config.moduleNameMapper))
    if (name.startsWith('@app/') && new RegExp(pattern).test(name))
      return name.replace(new RegExp(pattern), to.replace('<rootDir>', path.resolve(__dirname, '../../..')));
  return resolve(name, ...rest);
};

require('../src/keys/bulk/thread.ts');
