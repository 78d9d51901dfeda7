// Bundles packages of many modules into one file each, once. Jest loads every module of a package again for every test file, at
// about two milliseconds each. The bundles are whole: build.mjs leaves out what is not used, and the tests of the functions and of
// the command line run its bundles.
const { existsSync, renameSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'lifeboat');

/** By the import that test files and the product write: the package it is of, and the bundle. */
const bundles = {
  '@kubernetes/client-node/dist/config.js': {
    of: '@kubernetes/client-node',
    // The package does not export it under this name to bundlers.
    entry: join(root, 'node_modules', '@kubernetes', 'client-node', 'dist', 'config.js'),
    file: 'client-node-config.cjs',
  },
  '@peculiar/x509': { of: '@peculiar/x509', file: 'x509.cjs' },
  'ali-oss': { of: 'ali-oss', file: 'ali-oss.cjs' },
  'cron-parser': { of: 'cron-parser', file: 'cron-parser.cjs' },
};

/** For jest's moduleNameMapper. */
exports.bundledPackages = Object.fromEntries(
  Object.entries(bundles).map(([name, { file }]) => [`^${name.replaceAll('.', '\\.')}$`, join(cache, file)]),
);

exports.bundlePackages = async function bundlePackages() {
  for (const [name, { of, entry = name, file }] of Object.entries(bundles)) {
    const bundle = join(cache, file);
    const installed = statSync(join(root, 'node_modules', of, 'package.json')).ctimeMs;
    if (existsSync(bundle) && statSync(bundle).mtimeMs > installed) continue;
    // Another run of jest may be doing the same.
    const part = `${bundle}.${process.pid}`;
    await require('esbuild').build({
      entryPoints: [entry],
      absWorkingDir: root,
      outfile: part,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
      minifyWhitespace: true,
      // An optional package, which is not installed.
      external: ['proxy-agent'],
    });
    renameSync(part, bundle);
  }
};
