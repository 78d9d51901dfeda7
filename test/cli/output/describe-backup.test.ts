import { describe, expect, it } from '@jest/globals';
import { describeBackupText } from '../../../cli/output/describe-backup';

type Description = Parameters<typeof describeBackupText>[0];

function textOf(more: Partial<Description>, annotations: Record<string, string> = {}): string {
  const backup = {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { name: 'shop-1', annotations },
    spec: {},
    status: { phase: 'Completed' },
  };
  const description = { backup, writer: 'lifeboat', problems: [], sizes: {}, standing: {}, ...more };
  return describeBackupText(description as unknown as Description, 'main');
}

describe('backup describe', () => {
  it('says of each volume how it was saved, how much and how long, or why not', () => {
    const base = { snapshotDataMoved: false, preserveLocalSnapshot: false };
    const text = textOf({
      volumeInfo: [
        {
          ...base,
          pvcNamespace: 'shop',
          pvcName: 'data-db-0',
          skipped: false,
          backupMethod: 'CSISnapshot',
          result: 'succeeded',
          startTimestamp: '2026-12-02T10:00:00Z',
          completionTimestamp: '2026-12-02T10:00:07Z',
          csiSnapshotInfo: { snapshotHandle: 's-1', size: 21_474_836_480 },
        },
        {
          ...base,
          pvcNamespace: 'shop',
          pvcName: 'logs',
          skipped: true,
          skippedReason: 'volume policy 1 says skip',
        },
        {
          ...base,
          skipped: true,
          skippedReason: 'files are not copied',
          pvbInfo: { volumeName: 'cache', podName: 'web-0', podNamespace: 'shop' },
        },
      ],
    });
    expect(text).toContain('shop/data-db-0: CSISnapshot, succeeded, snapshot s-1, 20.0 GiB, in 7 s\n');
    expect(text).toContain('shop/logs: data not in the backup: volume policy 1 says skip');
    expect(text).toContain('volume cache of pod shop/web-0: data not in the backup: files are not copied');
  });

  it("shows what was asked for that is Lifeboat's and not Velero's", () => {
    const text = textOf(
      {},
      {
        'lifeboat/included-namespaces-by-label': '["team=shop"]',
        'lifeboat/resource-policies': '{"version":"v1"}',
      },
    );
    expect(text).toContain('includedNamespacesByLabel: ["team=shop"]');
    expect(text).toContain('resourcePolicies: {"version":"v1"}');
  });
});
