import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { planSummary } from '../../../cli/output/restore-plan';
import type { PlannedObject } from '../../../shared/operations/restore/plan/planned-object';
import { planText, readPlan, type RestorePlan } from '../../../shared/operations/restore/plan/restore-plan';

const map = (name: string, more: Partial<PlannedObject>): PlannedObject => ({
  action: 'create',
  groupResource: 'configmaps',
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop-2',
  name,
  ...more,
});
const moved = { by: 'namespace' as const, path: 'metadata.namespace', from: 'shop', to: 'shop-2' };
const plan: RestorePlan = {
  head: {
    kind: 'RestorePlan',
    version: 1,
    madeAt: '2026-11-22T10:00:00Z',
    request: {
      kind: 'RestoreRequest',
      metadata: { name: 'shop-1-x' },
      cluster: 'standby',
      vault: 'main',
      spec: { backupName: 'shop-1', namespaceMapping: { shop: 'shop-2' } },
    },
    counts: { create: 2, update: 1, same: 1, skip: 1, conflict: 1, fail: 1 },
    problems: [
      {
        kind: 'storage-class-absent',
        message: 'the cluster has no storage class fast',
        hint: 'map it',
        count: 7,
        objects: ['persistentvolumeclaims shop/a'],
      },
    ],
    results: { errors: {}, warnings: {} },
  },
  objects: [
    map('a', { changes: [moved] }),
    map('b', { changes: [moved] }),
    map('c', {
      action: 'update',
      diff: [
        { path: 'data.x', from: '1', to: '2' },
        { path: 'data.y', to: 'new' },
      ],
    }),
    map('d', { action: 'same' }),
    map('e', { action: 'skip', reason: 'its controller makes it again' }),
    map('f', { action: 'conflict', diff: [{ path: 'data.z', from: 'mine' }], reason: 'data.z' }),
    map('g', { action: 'fail', reason: 'it is refused' }),
  ],
};

describe('planSummary', () => {
  it('says first what would become of everything and what would go wrong, then what would be done', () => {
    const text = planSummary(plan, { colors: pc.createColors(false), details: false });
    expect(text).toBe(
      [
        'Restore of backup shop-1 (vault main) into cluster standby',
        '',
        '  2 create   1 update   1 same   1 skip   1 conflict   1 fail',
        '',
        'Would go wrong:',
        '  ! the cluster has no storage class fast: persistentvolumeclaims shop/a and 6 more',
        '    map it',
        '',
        'Fail:',
        '  configmaps shop-2/g: it is refused',
        '',
        'Exists, differs and stays as it is:',
        '  configmaps shop-2/f',
        '      data.z: mine → (none)',
        '',
        'Update:',
        '  configmaps shop-2/c',
        '      data.x: 1 → 2',
        '      data.y: (none) → new',
        '',
        'Create:',
        '  configmaps (2): shop-2/a, shop-2/b',
        '',
        'Changed on the way:',
        '  namespace: configmaps metadata.namespace: shop → shop-2 (shop-2/a, shop-2/b)',
        '',
        'Left out:',
        '  its controller makes it again (1): configmaps shop-2/e',
        '',
        'The same already:',
        '  configmaps (1): shop-2/d',
      ].join('\n'),
    );
  });
});

describe('planText', () => {
  it('is JSON that is read back whole, one line an object', () => {
    const text = [...planText(plan)].join('');
    expect(JSON.parse(text)).toEqual({ ...plan.head, objects: plan.objects });
    expect(text.match(/^ {4}\{"action"/gm)).toHaveLength(plan.objects.length);
    expect(readPlan(Buffer.from(text), 'plan.json')).toEqual({
      request: plan.head.request,
      objects: plan.objects,
    });
    const empty = [...planText({ ...plan, objects: [] })].join('');
    expect(JSON.parse(empty)).toEqual({ ...plan.head, objects: [] });
  });

  it('refuses a file that is no plan', () => {
    expect(() => readPlan(Buffer.from('nonsense'), 'plan.json')).toThrow('plan.json is not a plan');
    expect(() => readPlan(Buffer.from('{"kind":"Other"}'), 'plan.json')).toThrow('plan.json');
  });
});
