import { describe, expect, it } from '@jest/globals';
import {
  byFirstName,
  refuseLoop,
  returningNamespaces,
} from '../../../../shared/formats/manifests/replication-loop';
import { type Replication, replicationSchema } from '../../../../shared/formats/manifests/replication';
import { parse } from '../../../../shared/platform/input/parse';

type Source = { namespaces?: string[]; clusterUid?: string };

/** A mirror rule; its name is `from-to` unless it is given. */
function rule(
  from: string,
  to: string | string[],
  namespaces?: string[] | Source,
  spec: Partial<Replication['spec']> = {},
): Replication {
  const source: Source = Array.isArray(namespaces) ? { namespaces } : (namespaces ?? {});
  const targets = [to].flat();
  return parse(
    replicationSchema,
    {
      kind: 'Replication',
      metadata: { name: `${from}-${targets.join('-')}` },
      spec: { source: { vault: 'main', cluster: from, ...source }, targets, policy: 'mirror', ...spec },
    },
    'the rule',
  );
}

const map = (namespaceMapping: Record<string, string>) => ({ namespaceMapping });

describe('two rules between the same clusters', () => {
  it.each<[string, Replication, Replication, string]>([
    ['both name the namespace', rule('a', 'b', ['shop']), rule('b', 'a', ['shop']), 'namespace shop'],
    ['they share one of several', rule('a', 'b', ['x', 'shop']), rule('b', 'a', ['shop', 'y']), 'shop'],
    ['a glob takes the name', rule('a', 'b', ['shop']), rule('b', 'a', ['sh*']), 'shop'],
    ['a name is in a glob', rule('a', 'b', ['sho[a-p]']), rule('b', 'a', ['shop']), 'shop'],
    ['two globs have a name in common', rule('a', 'b', ['shop-*']), rule('b', 'a', ['*-prod']), 'namespace'],
    ['one takes every namespace', rule('a', 'b'), rule('b', 'a', ['shop']), 'shop'],
    ['the other takes every namespace', rule('a', 'b', ['shop']), rule('b', 'a', ['*']), 'shop'],
    [
      'a mapping leads into the namespace of the other',
      rule('a', 'b', ['shop'], map({ shop: 'copy' })),
      rule('b', 'a', ['copy']),
      'copy',
    ],
    [
      'a mapping out of a glob leads into the namespace of the other',
      rule('a', 'b', ['web-*'], map({ 'web-1': 'copy' })),
      rule('b', 'a', ['copy']),
      'copy',
    ],
    [
      'the mapping of the other leads back',
      rule('a', 'b', ['shop'], map({ shop: 'copy' })),
      rule('b', 'a', ['copy'], map({ copy: 'shop' })),
      'namespace',
    ],
    [
      'only a way round that begins at the other cluster exists',
      rule('a', 'b', ['back']),
      rule('b', 'a', ['shop'], map({ shop: 'back' })),
      'back',
    ],
    ['one has further targets', rule('a', ['c', 'b'], ['shop']), rule('b', ['d', 'a'], ['shop']), 'shop'],
    [
      'one of them is paused',
      rule('a', 'b', ['shop'], { paused: true }),
      rule('b', 'a', ['shop']),
      'namespace shop',
    ],
  ])('close a loop where %s, whichever is made first', (_, one, other, namespace) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(() => refuseLoop(second, [first])).toThrow(`"${second.metadata.name}" closes a loop`);
      expect(() => refuseLoop(second, [first])).toThrow(namespace);
    }
  });

  it.each<[string, Replication, Replication]>([
    ['different namespaces', rule('a', 'b', ['shop']), rule('b', 'a', ['bank'])],
    ['globs without a common name', rule('a', 'b', ['shop-*']), rule('b', 'a', ['web-*'])],
    ['globs that only look alike', rule('a', 'b', ['shop-?']), rule('b', 'a', ['shop-??'])],
    [
      'a mapping away from the namespace of the other',
      rule('a', 'b', ['shop'], map({ shop: 'copy' })),
      rule('b', 'a', ['shop'], map({ shop: 'second' })),
    ],
    [
      'a mapping out of the glob that the other takes',
      rule('a', 'b', ['shop'], map({ shop: 'copy' })),
      rule('b', 'a', ['sh*'], map({ shop: 'x' })),
    ],
    ['the same direction', rule('a', 'b', ['shop']), rule('a', 'c', ['shop'])],
  ])('may have %s', (_, one, other) => {
    refuseLoop(one, [other]);
    refuseLoop(other, [one]);
  });
});

describe('a loop through further clusters', () => {
  const shop = (from: string, to: string) => rule(from, to, ['shop']);

  it('is refused, and the answer names its rules', () => {
    const others = [shop('a', 'b'), shop('b', 'c'), shop('c', 'd'), rule('d', 'a', ['bank'])];
    refuseLoop(others[3]!, others.slice(0, 3));
    expect(() => refuseLoop(shop('d', 'a'), others.slice(0, 3))).toThrow(/d-a.*a-b|a-b.*d-a/);
  });

  it('is refused where each rule maps the namespace on', () => {
    const others = [
      rule('a', 'b', ['shop'], map({ shop: 'one' })),
      rule('b', 'c', ['o?e'], map({ one: 'two' })),
    ];
    expect(() => refuseLoop(rule('c', 'a', ['two']), others)).toThrow('closes a loop');
    refuseLoop(rule('c', 'a', ['one']), others);
  });

  it('is not there where a rule between takes another namespace', () => {
    refuseLoop(shop('c', 'a'), [shop('a', 'b'), rule('b', 'c', ['bank'])]);
  });

  it('among other rules does not refuse a rule that has no part in it', () => {
    const others = [shop('a', 'b'), shop('b', 'a')];
    refuseLoop(shop('a', 'c'), others);
    refuseLoop(shop('c', 'd'), others);
    refuseLoop(shop('x', 'y'), others);
    expect(() => refuseLoop(others[1]!, [others[0]!])).toThrow('closes a loop');
  });

  it('is refused where a cluster is named by its uid alone', () => {
    const uids = new Map([
      ['a', 'uid-a'],
      ['b', 'uid-b'],
    ]);
    const back = rule('far', 'a', { namespaces: ['shop'], clusterUid: 'uid-b' });
    expect(() => refuseLoop(byFirstName(back, uids), [byFirstName(shop('a', 'b'), uids)])).toThrow(
      'closes a loop',
    );
  });
});

describe('the namespaces of a rule that came from its target', () => {
  it('are those that it takes, by name or pattern', () => {
    const there = rule('a', 'b', ['shop', 'web-*', 'bank'], map({ bank: 'copy' }));
    expect(returningNamespaces([there], rule('b', 'a'), 'a')).toEqual(['copy', 'shop', 'web-*']);
    expect(returningNamespaces([there], rule('b', 'a', ['web-1', 'bank']), 'a')).toEqual(['web-1']);
    expect(returningNamespaces([there], rule('b', 'a', ['other-*']), 'a')).toEqual([]);
    expect(returningNamespaces([rule('a', 'b')], rule('b', 'a'), 'a')).toBe('all');
  });
});
