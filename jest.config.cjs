const { bundledPackages } = require('./test/harness/bundle-packages.cjs');

// Packages that ship ES modules only: jest runs CommonJS, so swc turns these too.
const esModules = [
  '@kubernetes/client-node',
  'openid-client',
  'oauth4webapi',
  'jose',
  'p-limit',
  'yocto-queue',
  'hono',
  'jsonpath-plus',
  'fast-xml-parser',
  'hpagent',
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.[mc]?[tj]s$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        isModule: 'unknown',
      },
    ],
  },
  testSequencer: '<rootDir>/test/harness/slowest-first.cjs',
  globalSetup: '<rootDir>/test/harness/global-setup.cjs',
  globalTeardown: '<rootDir>/test/harness/global-teardown.cjs',
  moduleNameMapper: bundledPackages,
  // Imports name no file ending; the first that fits is found without a look for the others.
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
  // Two cores: one worker starves the API servers that the tests talk to less than two do.
  // A third gained 4 % on six suites with API servers (245 s, 235 s), and one of their tests failed.
  maxWorkers: 2,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/harness/closing-line-reporter.cjs'],
};
