// What all files of one run of jest share; each worker inherits the environment.
const { bundlePackages } = require('./bundle-packages.cjs');
const sharedBundles = require('./shared-bundles.cjs');

module.exports = async function setUp() {
  sharedBundles.make();
  await bundlePackages();
};
