import { describe, expect, it } from '@jest/globals';
import type { Role } from '../../../shared/formats/manifests/token';
import { aFilledApi } from './a-filled-api';

/** `shop-1` as `createRestore`, `createPlan` and `createCopy` take it. */
const spec = { backupName: 'shop-1' };
const asked = { metadata: { name: 'new' }, cluster: 'b', vault: 'main', spec };
const rule = (groupResource: string) => ({
  conditions: { groupResource },
  mergePatches: [{ patchData: 'metadata: {labels: {a: b}}' }],
});
const modifying = (...groupResources: string[]) => ({
  transforms: { resourceModifiers: { version: 'v1', resourceModifierRules: groupResources.map(rule) } },
});

const unproved: [string, string, object][] = [
  ['a restore', '/restores', { ...asked, unproved: 'shop-1' }],
  ['a plan', '/plans', { ...asked, unproved: 'shop-1' }],
  ['a copy', '/copies', { backup: 'shop-1', from: 'main', to: 'away', unproved: 'shop-1' }],
];

const modified: [string, string, object][] = [
  ['a restore', '/restores', { ...asked, ...modifying('configmaps', 'roles.rbac.authorization.k8s.io') }],
  ['a restore by a pattern', '/restores', { ...asked, ...modifying('**') }],
  [
    'a restore by a label that aggregates roles',
    '/restores',
    { ...asked, transforms: { labels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' } } },
  ],
  [
    'a restore by a label that aggregates roles of OpenShift',
    '/restores',
    { ...asked, transforms: { labels: { 'authorization.openshift.io/aggregate-to-reader': 'true' } } },
  ],
  ['a plan', '/plans', { ...asked, ...modifying('*.rbac.authorization.k8s.io') }],
];

async function posted(role: Role, path: string, body: object) {
  const made = await aFilledApi();
  const token = await made.tokenFor(role);
  const before = new Map(made.bucket.objects);
  const answer = await made.call('POST', path, { body, token });
  // When a token was used last is noted with every call.
  const changed = made.bucket
    .keys()
    .filter((key) => before.get(key) !== made.bucket.objects.get(key) && !key.includes('/hints/'));
  return { ...made, answer, changed };
}

describe.each(unproved)('%s of a backup that is named as unproved', (_, path, body) => {
  it.each(['viewer', 'operator'] as const)('is denied to the role %s, and nothing changes', async (role) => {
    const { answer, changed } = await posted(role, path, body);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ detail: expect.stringContaining(role) });
    expect(changed).toEqual([]);
  });

  it('is taken of the role admin, and the audit log says so', async () => {
    const { answer, changed, bucket } = await posted('admin', path, body);
    expect(answer.status).toBe(202);
    const entries = changed
      .filter((key) => key.includes('/audit/'))
      .map((key) => JSON.parse(bucket.objects.get(key)!.body.toString()));
    expect(entries).toContainEqual(
      expect.objectContaining({
        action: 'take',
        what: expect.stringMatching(/^unproved backup for/),
        name: 'shop-1',
      }),
    );
  });
});

describe.each(modified)('%s whose transforms touch roles or their bindings', (_, path, body) => {
  it.each(['viewer', 'operator'] as const)('is denied to the role %s, and nothing changes', async (role) => {
    const { answer, changed } = await posted(role, path, body);
    expect(answer.status).toBe(403);
    expect(changed).toEqual([]);
  });

  it('is taken of the role admin', async () => {
    expect((await posted('admin', path, body)).answer.status).toBe(202);
  });
});

describe.each([
  ['a restore', '/restores'],
  ['a plan', '/plans'],
])('%s that names handles of snapshots', (_, path) => {
  const body = { ...asked, snapshotHandles: { 'shop/data': 'snap-1' } };

  it.each(['viewer', 'operator'] as const)('is denied to the role %s, and nothing changes', async (role) => {
    const { answer, changed } = await posted(role, path, body);
    expect(answer.status).toBe(403);
    expect(changed).toEqual([]);
  });

  it('is taken of the role admin, unless a handle or a claim is malformed', async () => {
    expect((await posted('admin', path, body)).answer.status).toBe(202);
    for (const snapshotHandles of [{ 'shop/data': 'two words' }, { data: 'snap-1' }]) {
      expect((await posted('admin', path, { ...asked, snapshotHandles })).answer.status).toBe(422);
    }
  });
});

describe('other requests', () => {
  it.each([
    ['a restore', '/restores', asked],
    [
      'a restore with modifiers of other resources',
      '/restores',
      { ...asked, ...modifying('configmaps', '*.apps') },
    ],
    ['a copy', '/copies', { backup: 'shop-1', from: 'main', to: 'away' }],
  ])('are taken of the role operator: %s', async (_, path, body) => {
    expect((await posted('operator', path, body)).answer.status).toBe(202);
  });

  it('are refused as invalid, whatever the role, where a modifier reads the values of Secrets', async () => {
    const resourceModifierRules = [
      {
        conditions: { groupResource: '*' },
        patches: [{ operation: 'copy', from: '/data/password', path: '/metadata/labels/x' }],
      },
    ];
    const transforms = { resourceModifiers: { version: 'v1', resourceModifierRules } };
    for (const path of ['/restores', '/plans']) {
      const { answer, changed } = await posted('admin', path, { ...asked, transforms });
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toContain('reads the values of Secrets');
      expect(changed).toEqual([]);
    }
  });
});

it('a restore by a plan needs the role that its modifiers need', async () => {
  const made = await aFilledApi();
  const key = made.bucket.keys().find((each) => each.endsWith('runs/plans/before/request.json'))!;
  const request = JSON.parse(made.bucket.objects.get(key)!.body.toString());
  await made.state.store.put(
    key.slice(key.indexOf('runs/')),
    Buffer.from(JSON.stringify({ ...request, ...modifying('**') })),
  );
  const body = { metadata: { name: 'new' }, plan: { run: 'before' } };
  const token = await made.tokenFor('operator');
  expect((await made.call('POST', '/restores', { body, token })).status).toBe(403);
});
