// Runs the slowest test files first, so that no worker is left with a long one while the others have nothing to do. On a fresh
// checkout jest knows no times and goes by the size of files, which tells little: the longest ones would come in the middle or last.
const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that took more than half a minute in a whole run, the slowest first. */
const slowest = [
  'test/simulation/month.test.ts',
  'test/velero/real-velero.test.ts',
  'test/e2e/main-job.test.ts',
  'test/e2e/restore-fixtures.test.ts',
  'test/contract/cluster-real.test.ts',
  'test/cli/lifeboat.test.ts',
  'test/api-fuzz/fuzz.test.ts',
  'test/e2e/truncated-own-archive.test.ts',
  'test/node/velero-csi.test.ts',
  'test/node/restore-csi.test.ts',
  'test/e2e/restore-plan.test.ts',
  'test/functions/killed-worker.test.ts',
  'test/e2e/plans-change-nothing.test.ts',
  'test/e2e/existing-objects.test.ts',
  'test/shared/platform/kubernetes/real-api-server.test.ts',
  'test/e2e/restore-left-out.test.ts',
  'test/e2e/cluster-credentials.test.ts',
  'test/e2e/replication.test.ts',
  'test/e2e/restore-plan-transforms.test.ts',
  'test/e2e/disaster.test.ts',
  'test/shared/formats/vault/verify/verify-backup.test.ts',
  'test/shared/formats/vault/commit/two-installations.test.ts',
  'test/simulation/one-refusal.test.ts',
  'test/e2e/all-api-versions.test.ts',
  'test/e2e/across-versions.test.ts',
  'test/functions/functions.test.ts',
  'test/e2e/api-server-away.test.ts',
  'test/shared/formats/vault/commit/commit.test.ts',
  'test/e2e/velero-fixtures.test.ts',
  'test/e2e/least-privilege.test.ts',
  'test/e2e/restore-own-backup.test.ts',
  'test/simulation/tick-cost.test.ts',
  'test/local/control-plane/real-cluster.test.ts',
  'test/e2e/back-across-versions.test.ts',
  'test/e2e/aggregated-apis.test.ts',
  'test/e2e/restore-refusals.test.ts',
  'test/e2e/restore.test.ts',
  'test/e2e/restore-status.test.ts',
  'test/e2e/ack-policies.test.ts',
  'test/e2e/schedules.test.ts',
  'test/local/oss/foreign-clients.test.ts',
  'test/shared/app/vaults/claims.test.ts',
  'test/e2e/shared-vault.test.ts',
  'test/shared/operations/backup/many-namespaces.test.ts',
  'test/e2e/restore-in-trouble.test.ts',
  'test/e2e/newer-rules.test.ts',
];

class SlowestFirst extends Sequencer {
  sort(tests) {
    // Jest's own order decides among the others.
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ path }) {
  const rank = slowest.findIndex((file) => path.endsWith(`/${file}`));
  return rank === -1 ? slowest.length : rank;
}

module.exports = SlowestFirst;
module.exports.slowest = slowest;
