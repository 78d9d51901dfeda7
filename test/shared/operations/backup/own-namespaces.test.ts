import { describe, expect, it } from '@jest/globals';
import { resolveOwnNamespaces } from '../../../../shared/operations/backup/own-namespaces';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';

const knownAs = (unlisted: boolean, ...names: string[]) => ({
  unlisted,
  namespaces: names.map((name) => ({ meta: { name }, active: true })),
});

/** A cluster that is registered for shop, web and gone, of which it still has the first two. */
function resolve(asked: BackupSpec, { unlisted = true, own = ['shop', 'web', 'gone'] } = {}) {
  const spec = asked.includedNamespaces?.length ? asked : { ...asked, includedNamespaces: own };
  const known = knownAs(unlisted, 'shop', 'web', ...(unlisted ? [] : ['billing']));
  const { spec: resolved, warning } = resolveOwnNamespaces(asked, spec, { own, known });
  return { included: resolved.includedNamespaces, excluded: resolved.excludedNamespaces, warning };
}

describe('the namespaces of a backup on a cluster that is registered for some', () => {
  it.each<[string, BackupSpec, boolean, string[]]>([
    ['that names none are those that are there', {}, true, ['shop', 'web']],
    ['that names none are the same where the credentials list all', {}, false, ['shop', 'web']],
    ['without those that it excludes', { excludedNamespaces: ['s*'] }, true, ['web']],
    [
      'of "*" are those, where namespaces may not be listed',
      { includedNamespaces: ['*'] },
      true,
      ['shop', 'web'],
    ],
    ['of "*" are all, where they may be listed', { includedNamespaces: ['*'] }, false, ['*']],
    ['of a pattern are those that it matches', { includedNamespaces: ['w*'] }, true, ['web']],
    ['of a pattern beside a name', { includedNamespaces: ['w*', 'billing'] }, true, ['web', 'billing']],
    [
      'of a pattern that matches none stay, to be reported',
      { includedNamespaces: ['team-*'] },
      true,
      ['team-*'],
    ],
    ['that are named stay', { includedNamespaces: ['billing'] }, true, ['billing']],
  ])('%s', (_, asked, unlisted, included) => {
    expect(resolve(asked, { unlisted }).included).toEqual(included);
  });

  it('are told in one warning, with those that the cluster no longer has', () => {
    expect(resolve({}).warning).toBe(
      'the backup names no namespaces, so it matches only the namespaces that the cluster is registered for: shop, web; the cluster has no namespace gone',
    );
    expect(resolve({ includedNamespaces: ['*'] }).warning).toContain(
      'may not list namespaces, so * matches only',
    );
    expect(resolve({ includedNamespaces: ['billing'] }).warning).toBeUndefined();
    expect(resolve({ includedNamespaces: ['*'] }, { unlisted: false }).warning).toBeUndefined();
  });

  it('that are all gone stay named, so that the backup says which the cluster does not have', () => {
    expect(resolve({ includedNamespaces: ['*'] }, { own: ['gone'] }).included).toEqual(['gone']);
  });

  it('lose an excluded pattern that matches nothing known: others may not be seen', () => {
    expect(resolve({ includedNamespaces: ['*'], excludedNamespaces: ['kube-*', 'web'] }).excluded).toEqual([
      'web',
    ]);
    expect(
      resolve({ includedNamespaces: ['*'], excludedNamespaces: ['kube-*'] }, { unlisted: false }).excluded,
    ).toEqual(['kube-*']);
  });
});

describe('label selectors on a cluster that is registered for some namespaces', () => {
  it('choose among these and the ones that are named', () => {
    const asked = { includedNamespacesByLabel: ['team=shop'], includedNamespaces: ['billing'] };
    const known = knownAs(false, 'shop', 'web', 'billing', 'others');
    const { spec, namespaces } = resolveOwnNamespaces(asked, asked, { own: ['shop', 'web'], known });
    expect(spec).toEqual(asked);
    expect(namespaces.map(({ meta }) => meta.name)).toEqual(['shop', 'web', 'billing']);
  });
});
