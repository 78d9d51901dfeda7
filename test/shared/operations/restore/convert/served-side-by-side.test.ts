import { writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  describeWithRealCluster,
  type RealClusterChoice,
} from '../../../../harness/describe-with-real-cluster';
import { connectTo } from '../restore-rig';
import { capture } from './capture';
import { captured, capturedFile, sources } from './captured';

const generations: { choice: RealClusterChoice; version: string; featureGates: string }[] = [
  { choice: 'old', version: 'v1.20.2', featureGates: 'CSIStorageCapacity=true' },
  { choice: 'bridge', version: 'v1.24.17', featureGates: 'HPAContainerMetrics=true,CronJobTimeZone=true' },
];

for (const { choice, version, featureGates } of generations) {
  describeWithRealCluster(
    `the captured conversions of ${version}`,
    (cluster) => {
      test('are what the API server answers', async () => {
        expect(cluster().version).toBe(version);
        const answered = await capture(await connectTo(cluster().kubeconfig), sources(version));
        // Only on request, after a change of the sources: the file is what the unit tests trust.
        if (process.env.LIFEBOAT_CAPTURE_CONVERSIONS) {
          writeFileSync(capturedFile(version), `${JSON.stringify(answered, null, 1)}\n`);
        }
        expect(answered).toEqual(captured(version));
      }, 120_000);
    },
    { choice, extraApiServerFlags: ['--runtime-config=api/all=true', `--feature-gates=${featureGates}`] },
  );
}
