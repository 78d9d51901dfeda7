import { describe, expect, it } from '@jest/globals';
import { storedClaim } from '../../../../shared/operations/backup/claim-edits';

const big = '9007199254740993';

function stored(spec: Record<string, unknown>, labels: Record<string, string> = {}, phase = 'Bound') {
  const claim = { metadata: { name: 'data', namespace: 'shop', labels }, spec, status: { phase } };
  // An integer that JSON.parse would round must come through as it is.
  const body = Buffer.from(JSON.stringify(claim).replace('"status"', `"exact":${big},"status"`));
  const text = storedClaim(claim, body, 'nightly').toString('utf8');
  expect(text).toContain(`"exact":${big}`);
  return JSON.parse(text) as { metadata: { labels?: object }; spec: object };
}

describe('a stored claim', () => {
  it('that is bound loses where its data came from and its selector', () => {
    const { spec } = stored({
      volumeName: 'pv-1',
      storageClassName: 'disk',
      dataSource: { name: 'snap' },
      dataSourceRef: { name: 'snap' },
      selector: { matchLabels: { a: 'b' } },
    });
    expect(spec).toEqual({ volumeName: 'pv-1', storageClassName: 'disk' });
  });

  it('keeps a selector when it asks for no storage class, without the labels of Velero', () => {
    const { spec } = stored({
      volumeName: 'pv-1',
      storageClassName: '',
      selector: { matchLabels: { a: 'b', 'velero.io/dynamic-pv-restore': 'x' } },
    });
    expect(spec).toEqual({ volumeName: 'pv-1', storageClassName: '', selector: { matchLabels: { a: 'b' } } });
  });

  it('loses the labels that earlier restores and other backups left', () => {
    const { metadata } = stored(
      { volumeName: 'pv-1' },
      {
        app: 'db',
        'velero.io/restore-name': 'r',
        'velero.io/backup-name': 'other',
        'velero.io/volume-snapshot-name': 's',
        'backup.velero.io/must-include-additional-items': 'true',
      },
    );
    expect(metadata.labels).toEqual({ app: 'db' });
    expect(stored({ volumeName: 'pv-1' }, { 'velero.io/backup-name': 'nightly' }).metadata.labels).toEqual({
      'velero.io/backup-name': 'nightly',
    });
  });

  it('loses the finalizer of a snapshot that is under way, and no other', () => {
    const claim = {
      metadata: {
        name: 'data',
        finalizers: [
          'kubernetes.io/pvc-protection',
          'snapshot.storage.kubernetes.io/pvc-as-source-protection',
          'example.com/hold',
        ],
      },
      spec: { volumeName: 'pv-1' },
      status: { phase: 'Bound' },
    };
    const body = storedClaim(claim, Buffer.from(JSON.stringify(claim)), 'nightly');
    expect(JSON.parse(body.toString('utf8')).metadata.finalizers).toEqual([
      'kubernetes.io/pvc-protection',
      'example.com/hold',
    ]);
  });

  it('that is not bound stays as it is', () => {
    const spec = { dataSource: { name: 'snap' }, selector: { matchLabels: { a: 'b' } } };
    expect(stored(spec, {}, 'Pending').spec).toEqual(spec);
    expect(stored({ ...spec, volumeName: '' }).spec).toEqual({ ...spec, volumeName: '' });
  });
});
