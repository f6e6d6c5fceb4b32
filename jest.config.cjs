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
