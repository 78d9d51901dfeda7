import { startOssServer } from '../local/oss/server';
import { benchVault } from './operation-message';

/** The embedded OSS server in a process of its own, as OSS is no part of what is measured. Takes its folder; says its endpoint. */
const { credentials, vaultBucket, stateBucket, region } = benchVault;
startOssServer({
  directory: process.argv[2]!,
  region,
  credentials: [credentials],
  buckets: [{ name: vaultBucket }, { name: stateBucket }],
}).then(({ endpoint }) => process.send!(endpoint));
// The bench ends with or without a word.
process.once('disconnect', () => process.exit(0));
