// What all files of one run of jest share; each worker inherits the environment.
const bundleClientNode = require('./bundle-client-node.cjs');
const sharedBundles = require('./shared-bundles.cjs');

module.exports = async function setUp() {
  sharedBundles.make();
  await bundleClientNode();
};
