/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/audit', '<rootDir>/policies', '<rootDir>/guards'],
  testRegex: '\\.test\\.tsx?$',
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true, tsx: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    // A thread does not go through the transform above: it is given a file that does the same.
    '^\\./thread-file$': '<rootDir>/libs/platform/testing/thread-file.cjs',
    '^@app/(audit|policies)$': '<rootDir>/$1/src/index.ts',
    '^@app/crypto/open$': '<rootDir>/libs/crypto/src/open.ts',
    '^@app/([a-z]+)/testing$': '<rootDir>/libs/$1/testing/index.ts',
    '^@app/([a-z]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  globalSetup: '<rootDir>/libs/platform/testing/global-setup.cjs',
  globalTeardown: '<rootDir>/libs/platform/testing/global-teardown.cjs',
  testTimeout: 30_000,
  maxWorkers: 2,
};
