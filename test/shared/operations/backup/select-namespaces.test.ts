import { describe, expect, it } from '@jest/globals';
import {
  type KnownNamespace,
  NamespaceChoice,
  NamespaceFilter,
  specAsKept,
} from '../../../../shared/operations/backup/select-namespaces';
import type { BackupSpec, LabelSelector } from '../../../../shared/formats/manifests/velero';

function namespace(name: string, labels: Record<string, string> = {}, active = true): KnownNamespace {
  return { meta: { name, labels }, active };
}

const known = [
  namespace('default'),
  namespace('shop', { team: 'shop' }),
  namespace('shop-jobs', { team: 'shop' }),
  namespace('leaving', { team: 'shop' }, false),
];

function taken(includedNamespaces?: string[], excludedNamespaces?: string[], of = known): string[] {
  const filter = new NamespaceFilter({ includedNamespaces, excludedNamespaces }, of);
  return of.map(({ meta }) => meta.name).filter((name) => filter.takes(name));
}

function stored(
  selectors: LabelSelector[],
  includedNamespaces: string[],
  holding: string[] = [],
  excludedNamespaces?: string[],
) {
  const filter = new NamespaceFilter({ includedNamespaces, excludedNamespaces }, known);
  const choice = new NamespaceChoice(known, filter, selectors);
  for (const name of holding) choice.holds(name);
  return known.map(({ meta }) => meta.name).filter((name) => choice.notStored(name) === undefined);
}

describe('the namespace filter', () => {
  it('takes all with a star or without a list', () => {
    expect(taken(['*'])).toHaveLength(4);
    expect(taken()).toHaveLength(4);
  });

  it('expands patterns, in excludes too', () => {
    expect(taken(['shop*'])).toEqual(['shop', 'shop-jobs']);
    expect(taken(['*'], ['shop-*'])).toEqual(['default', 'shop', 'leaving']);
    expect(taken(['shop*'], ['shop-jobs'])).toEqual(['shop']);
  });

  it('takes nothing when a pattern matches no namespace', () => {
    expect(taken(['nothing-*'])).toEqual([]);
    const filter = new NamespaceFilter({ includedNamespaces: ['nothing-*'] }, known);
    expect(filter.takesEverything).toBe(false);
    expect(filter.reach).toMatchObject({ taken: [], few: true });
  });

  it('lists across the cluster when it takes everything by default, or many; else in each namespace', () => {
    const reach = (included: string[], excluded?: string[], of = known) =>
      new NamespaceFilter({ includedNamespaces: included, excludedNamespaces: excluded }, of).reach;
    expect(reach(['*'])).toMatchObject({ few: false, only: false, without: [] });
    expect(reach(['*'], ['shop'])).toMatchObject({ few: false, only: false, without: ['shop'] });
    expect(reach(['shop', 'default'], ['default'])).toMatchObject({ few: true, taken: ['shop'] });
    const many = [...known, ...Array.from({ length: 11 }, (_, i) => namespace(`n-${i}`))];
    expect(reach(['n-*'], [], many)).toMatchObject({ few: false, only: true, share: 11 / 15 });
    expect(reach(['n-*'], [], many).without).toEqual(known.map(({ meta }) => meta.name));
  });

  it('names no more than 50 namespaces that the API server is to leave out', () => {
    const many = Array.from({ length: 62 }, (_, i) => namespace(`n-${i}`));
    const { without, taken } = new NamespaceFilter({ excludedNamespaces: ['n-?', 'n-[1-5]?'] }, many).reach;
    expect(without).toEqual([]);
    expect(taken).toEqual(['n-60', 'n-61']);
  });

  it('leaves out namespaces labelled to be left out, and is then not of everything', () => {
    const of = [...known, namespace('scratch', { 'velero.io/exclude-from-backup': 'true' })];
    expect(taken(['*'], [], of)).not.toContain('scratch');
    expect(taken(['scratch'], [], of)).toEqual([]);
    expect(new NamespaceFilter({ includedNamespaces: ['*'] }, of).takesEverything).toBe(false);
  });

  it('remarks that a namespace is named and labelled to be left out, and only then', () => {
    const of = [...known, namespace('scratch', { 'velero.io/exclude-from-backup': 'true' })];
    const remarks = (...includedNamespaces: string[]) =>
      new NamespaceFilter({ includedNamespaces }, of).remarks;
    expect(remarks('shop', 'scratch')).toEqual([
      'namespace scratch is named in includedNamespaces and labelled velero.io/exclude-from-backup: nothing of it is in the backup; take the label off to have it',
    ]);
    expect([...remarks('shop'), ...remarks('*'), ...remarks('scr*')]).toEqual([]);
  });

  it('is kept with the backup as Velero keeps it: what the label leaves out is excluded', () => {
    const of = [...known, namespace('scratch', { 'velero.io/exclude-from-backup': 'true' })];
    const excluded = (spec: BackupSpec) => specAsKept(spec, of).excludedNamespaces;
    expect(excluded({ includedNamespaces: ['*'] })).toEqual(['scratch']);
    expect(excluded({ excludedNamespaces: ['shop'] })).toEqual(['shop', 'scratch']);
    expect(excluded({ excludedNamespaces: ['scr*'] })).toEqual(['scr*']);
    expect(excluded({ includedNamespaces: ['shop'] })).toBeUndefined();
    expect(specAsKept({ includedNamespaces: ['*'] }, known)).toEqual({ includedNamespaces: ['*'] });
  });

  it('knows the names and patterns that no namespace answers to, and what was likely meant', () => {
    const { unmatched } = new NamespaceFilter(
      { includedNamespaces: ['shop', 'shop-job', 'lost-*'], excludedNamespaces: ['nowhere', 'shop-*'] },
      known,
    );
    expect(unmatched).toEqual([
      'includedNamespaces names "shop-job", and the cluster has no such namespace (did you mean "shop-jobs"?)',
      'includedNamespaces names "lost-*", and the cluster has no such namespace',
      'excludedNamespaces names "nowhere", and the cluster has no such namespace',
    ]);
  });
});

describe('Namespace objects', () => {
  it('are stored for every active namespace that is taken', () => {
    expect(stored([], ['*'])).toEqual(['default', 'shop', 'shop-jobs']);
    expect(stored([], ['shop'])).toEqual(['shop']);
  });

  it('with a selector over all namespaces are those that match or hold something selected', () => {
    const selector = { matchLabels: { team: 'shop' } };
    expect(stored([selector], ['*'])).toEqual(['shop', 'shop-jobs']);
    expect(stored([{ matchLabels: { app: 'web' } }], ['*'], ['default'])).toEqual(['default']);
  });

  it('with a selector in named namespaces are those', () => {
    expect(stored([{ matchLabels: { app: 'web' } }], ['shop'])).toEqual(['shop']);
  });

  it('with a selector and an exclude are all that is not excluded, as in Velero', () => {
    expect(stored([{ matchLabels: { app: 'web' } }], ['*'], [], ['shop'])).toEqual(['default', 'shop-jobs']);
  });

  it('with several selectors need to match one', () => {
    expect(
      stored(
        [{ matchLabels: { app: 'web' } }, { matchExpressions: [{ key: 'team', operator: 'Exists' }] }],
        ['*'],
      ),
    ).toEqual(['shop', 'shop-jobs']);
  });
});

describe('namespaces that label selectors choose', () => {
  const labelled = [
    namespace('default'),
    namespace('a', { team: 'shop', env: 'prod' }),
    namespace('b', { team: 'shop', env: 'dev' }),
    namespace('c', { team: 'bank', env: 'prod' }),
    namespace('out', { team: 'shop', 'velero.io/exclude-from-backup': 'true' }),
  ];
  const policy = (includeExcludePolicy: object): BackupSpec => ({
    resourcePolicies: { version: 'v1', includeExcludePolicy },
  });
  const filterOf = (spec: BackupSpec, of = labelled) => new NamespaceFilter(spec, of);
  const chosen = (spec: BackupSpec) =>
    labelled.map(({ meta }) => meta.name).filter((name) => filterOf(spec).takes(name));

  it.each<[string, BackupSpec, string[]]>([
    ['one selector', { includedNamespacesByLabel: ['team=shop'] }, ['a', 'b']],
    ['any of several', { includedNamespacesByLabel: ['env=dev', 'team=bank'] }, ['b', 'c']],
    ['a selector of several labels', { includedNamespacesByLabel: ['team=shop,env!=dev'] }, ['a']],
    [
      'names beside them',
      { includedNamespacesByLabel: ['env=dev'], includedNamespaces: ['default'] },
      ['default', 'b'],
    ],
    ['excluded names', { includedNamespacesByLabel: ['team'], excludedNamespaces: ['b'] }, ['a', 'c']],
    ['the policy', policy({ includedNamespacesByLabel: ['team=bank'] }), ['c']],
    ['any of the policy', policy({ includedNamespacesByLabel: ['env=dev', 'env=prod'] }), ['a', 'b', 'c']],
    [
      'all of the policy',
      policy({ includedNamespacesByLabel: ['team=shop', 'env=prod'], labelSelectorLogic: 'AND' }),
      ['a'],
    ],
    ['labels that exclude alone', policy({ excludedNamespacesByLabel: ['env=prod'] }), ['default', 'b']],
    [
      'labels that exclude, beside others that include',
      { ...policy({ excludedNamespacesByLabel: ['env=dev'] }), includedNamespacesByLabel: ['team=shop'] },
      ['a'],
    ],
  ])('are those of %s', (_, spec, names) => {
    expect(chosen(spec)).toEqual(names);
  });

  it('are listed by name, and make no backup of everything', () => {
    const filter = filterOf({ includedNamespacesByLabel: ['!nothing'] });
    expect(filter.takesEverything).toBe(false);
    expect(filter.reach).toMatchObject({ only: true, few: true, taken: ['a', 'b', 'c', 'default'] });
    expect(filter.notes).toEqual(['label selectors include namespaces default, a, b, c, out']);
  });

  it('are none, and not all, where a selector matches nothing, which is said', () => {
    const spec = { includedNamespacesByLabel: ['team=gone'] };
    expect(chosen(spec)).toEqual([]);
    const filter = filterOf(spec);
    expect(filter.takesEverything).toBe(false);
    expect(filter.unmatched).toEqual([
      'includedNamespacesByLabel: no namespace of the cluster matches "team=gone"',
    ]);
    const and = { includedNamespacesByLabel: ['team=bank', 'env=dev'], labelSelectorLogic: 'AND' };
    expect(filterOf(policy(and)).unmatched).toEqual([
      'resourcePolicies.includeExcludePolicy.includedNamespacesByLabel: no namespace of the cluster matches "team=bank" and "env=dev"',
    ]);
  });

  it('may be unknown: a namespace whose labels may not be read is a fault, included or excluded', () => {
    const known = [...labelled, { meta: { name: 'dark' }, active: true, unread: true }];
    for (const spec of [
      { includedNamespacesByLabel: ['team'] },
      policy({ excludedNamespacesByLabel: ['team'] }),
    ]) {
      expect(filterOf(spec, known).unmatched).toEqual([
        'the credentials may not read namespace dark, so whether its labels select it is not known',
      ]);
    }
    expect(filterOf({ includedNamespaces: ['dark'] }, known).unmatched).toEqual([]);
  });

  it('are kept with the backup by name, and nothing is never kept as everything', () => {
    expect(
      specAsKept({ includedNamespacesByLabel: ['team=shop'], includedNamespaces: ['default'] }, labelled),
    ).toEqual({
      includedNamespacesByLabel: ['team=shop'],
      includedNamespaces: ['default', 'a', 'b', 'out'],
      excludedNamespaces: ['out'],
    });
    expect(specAsKept(policy({ excludedNamespacesByLabel: ['env=prod'] }), labelled)).toMatchObject({
      excludedNamespaces: ['a', 'c', 'out'],
    });
    expect(specAsKept({ includedNamespacesByLabel: ['team=gone'] }, labelled)).toMatchObject({
      excludedNamespaces: ['*'],
    });
  });
});
