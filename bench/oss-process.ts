import { startOssServer } from '../local/oss/server';
import { systemClock } from '../shared/platform/system';
import { benchVault } from './operation-message';

/**
 * The embedded OSS server in a process of its own, as OSS is no part of what is measured. Takes its folder; sends its endpoint.
 * Each later message sets how many milliseconds its clock is ahead, and is answered with the number of calls so far.
 */
const { credentials, vaultBucket, stateBucket, region } = benchVault;
let ahead = 0;
startOssServer({
  directory: process.argv[2]!,
  region,
  credentials: [credentials],
  buckets: [{ name: vaultBucket }, { name: stateBucket }],
  clock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
}).then(({ endpoint, requests }) => {
  process.on('message', (message: number) => {
    ahead = message;
    process.send!(Object.values(requests).reduce((sum, count) => sum + count, 0));
  });
  process.send!(endpoint);
});
// The bench ends with or without a word.
process.once('disconnect', () => process.exit(0));
