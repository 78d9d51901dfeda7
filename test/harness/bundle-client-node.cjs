// Bundles the configuration part of @kubernetes/client-node once: whole, where build.mjs leaves out what is not used, which
// the tests of the functions and of the command line run. As several hundred ES modules, each turned to CommonJS and loaded
// apart, it costs every test file that opens a connection some seconds.
const { existsSync, renameSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const source = join(root, 'node_modules', '@kubernetes', 'client-node');
const bundle = join(root, 'node_modules', '.cache', 'lifeboat', 'client-node-config.cjs');

module.exports = async function bundleClientNode() {
  const installed = statSync(join(source, 'package.json')).ctimeMs;
  if (existsSync(bundle) && statSync(bundle).mtimeMs > installed) return;
  // Another run of jest may be doing the same.
  const part = `${bundle}.${process.pid}`;
  await require('esbuild').build({
    entryPoints: [join(source, 'dist', 'config.js')],
    outfile: part,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  renameSync(part, bundle);
};
