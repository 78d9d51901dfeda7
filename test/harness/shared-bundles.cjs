// Room for the bundles of the programs under test, which several files of one run of jest ask for (built-programs.ts).
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

exports.make = () => {
  process.env.LIFEBOAT_TEST_BUNDLES = mkdtempSync(join(tmpdir(), 'lifeboat-bundles-'));
};

exports.remove = () => rmSync(process.env.LIFEBOAT_TEST_BUNDLES, { recursive: true, force: true });
