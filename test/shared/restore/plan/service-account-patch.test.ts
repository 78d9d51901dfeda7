import { describe, expect, it } from '@jest/globals';
import { serviceAccountPatch } from '../../../../shared/restore/plan/service-account-patch';

describe('serviceAccountPatch', () => {
  const metadata = { name: 'default' };

  it('adds what is missing and takes nothing away, the automatic token of an old cluster least of all', () => {
    const wanted = {
      metadata: { name: 'default', labels: { app: 'a', own: '2' } },
      secrets: [{ name: 'mine' }],
      imagePullSecrets: [{ name: 'registry' }],
    };
    const present = {
      metadata: { name: 'default', labels: { own: '1' } },
      secrets: [{ name: 'default-token-2r24t' }],
      imagePullSecrets: [{ name: 'registry' }],
    };
    expect(serviceAccountPatch(wanted, present)).toEqual({
      metadata: { labels: { app: 'a' }, annotations: undefined },
      secrets: [{ name: 'default-token-2r24t' }, { name: 'mine' }],
    });
  });

  it('is nothing when nothing is missing, whatever more the cluster has', () => {
    const labels = { 'velero.io/restore-name': 'r', 'velero.io/backup-name': 'b' };
    expect(
      serviceAccountPatch({ metadata: { ...metadata, labels } }, { metadata, secrets: [{ name: 'x' }] }),
    ).toBeUndefined();
  });
});
