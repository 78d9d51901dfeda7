import { describe, expect, it } from '@jest/globals';
import { accountGoal } from '../../../../../../shared/operations/restore/decide/existing/account-goal';
import { decideExisting } from '../../../../../../shared/operations/restore/decide/existing/decide-existing';

const metadata = { name: 'default' };
const wanted = {
  metadata: { name: 'default', labels: { app: 'a', own: '2' }, annotations: { role: 'reader' } },
  secrets: [{ name: 'mine' }],
  imagePullSecrets: [{ name: 'registry' }],
  automountServiceAccountToken: false,
};
const present = {
  metadata: { name: 'default', labels: { own: '1', live: 'yes' }, annotations: { role: 'admin' } },
  secrets: [{ name: 'default-token-2r24t' }],
  imagePullSecrets: [{ name: 'registry' }],
};
const both = [{ name: 'default-token-2r24t' }, { name: 'mine' }];

describe('accountGoal', () => {
  it('adds what is missing under skip, and takes nothing away, the automatic token of an old cluster least of all', () => {
    expect(accountGoal(wanted, present, 'skip')).toEqual({
      metadata: {
        name: 'default',
        labels: { app: 'a', own: '1', live: 'yes' },
        annotations: { role: 'admin' },
      },
      secrets: both,
      imagePullSecrets: [{ name: 'registry' }],
    });
  });

  it.each(['update', 'merge', 'replace', 'fail'] as const)(
    'takes values from the backup under %s, and keeps what only the cluster has',
    (policy) => {
      expect(accountGoal(wanted, present, policy)).toEqual({
        metadata: {
          name: 'default',
          labels: { app: 'a', own: '2', live: 'yes' },
          annotations: { role: 'reader' },
        },
        secrets: both,
        imagePullSecrets: [{ name: 'registry' }],
        automountServiceAccountToken: false,
      });
    },
  );

  it('keeps a value that only the cluster has under merge alone', () => {
    const hardened = { metadata, automountServiceAccountToken: false };
    expect(accountGoal({ metadata }, hardened, 'merge')).toEqual(hardened);
    expect(accountGoal({ metadata }, hardened, 'update')).toEqual({ metadata });
  });
});

describe('decideExisting of an account', () => {
  it('says under skip what was added, and by what the account differs still', () => {
    expect(decideExisting('serviceaccounts', wanted, present, 'skip')).toMatchObject({
      action: 'patch',
      patch: { metadata: { labels: { app: 'a' } }, secrets: both },
      remaining: [
        { path: 'metadata.labels.own' },
        { path: 'metadata.annotations.role' },
        { path: 'automountServiceAccountToken' },
      ],
    });
    const bare = { metadata };
    expect(
      decideExisting('serviceaccounts', { ...bare, automountServiceAccountToken: false }, bare, 'skip'),
    ).toMatchObject({ action: 'conflict', diff: [{ path: 'automountServiceAccountToken' }] });
  });

  it.each(['skip', 'update', 'merge', 'replace', 'fail'] as const)(
    'finds an account the same under %s that has more in its lists, labels and annotations',
    (policy) => {
      const labels = { 'velero.io/restore-name': 'r', 'velero.io/backup-name': 'b' };
      const more = { metadata: { ...metadata, labels: { live: 'yes' } }, secrets: [{ name: 'x' }] };
      expect(decideExisting('serviceaccounts', { metadata: { ...metadata, labels } }, more, policy)).toEqual({
        action: 'same',
      });
    },
  );
});
