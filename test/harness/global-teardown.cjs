module.exports = require('./shared-bundles.cjs').remove;
