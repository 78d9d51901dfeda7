import { describe, expect, it } from '@jest/globals';
import { PlanGuard } from '../../../../../shared/operations/restore/rehearsal/plan-guard';
import type { PlannedObject } from '../../../../../shared/operations/restore/plan/planned-object';

const place = { groupResource: 'configmaps', namespace: 'shop', name: 'a' };
const diff = [{ path: 'data.a', from: '1', to: '2' }];
const patch = { action: 'patch' as const, patch: {}, diff };

function guardOf(planned: Partial<PlannedObject>): PlanGuard {
  const guard = new PlanGuard();
  guard.add({ ...place, apiVersion: 'v1', kind: 'ConfigMap', action: 'create', ...planned });
  return guard;
}

describe('PlanGuard', () => {
  it('lets through what the plan creates, and what it feared would be refused', () => {
    for (const action of ['create', 'fail'] as const) {
      expect(guardOf({ action }).beforeCreate(place)).toEqual({ wasThere: false });
    }
  });

  it('holds back what the plan does not show, or leaves out', () => {
    expect(guardOf({}).beforeCreate({ ...place, name: 'b' }).drift).toBe('the plan does not show it');
    expect(guardOf({ action: 'skip' }).beforeCreate(place).drift).toBe('the plan leaves it out');
  });

  it('wants an object that existed to be there still', () => {
    const seen = { resourceVersion: '1' };
    expect(guardOf({ action: 'update', decided: 'patch', ...seen }).beforeCreate(place)).toEqual({
      wasThere: true,
    });
    expect(guardOf({ action: 'skip', decided: 'skip', ...seen }).beforeCreate(place)).toEqual({
      wasThere: true,
    });
  });

  it('takes what was only foreseen, such as the account of a new namespace, as it comes', () => {
    const guard = guardOf({ action: 'update', decided: 'patch', diff });
    expect(guard.beforeCreate(place)).toEqual({ wasThere: false });
    expect(guard.driftOfExisting(place, { action: 'same' }, { resourceVersion: '5' })).toBeUndefined();
  });

  it('finds no drift where the same would be done, though the object was written meanwhile', () => {
    const guard = guardOf({ action: 'update', decided: 'patch', resourceVersion: '1', diff });
    expect(guard.driftOfExisting(place, patch, { resourceVersion: '1' })).toBeUndefined();
    expect(guard.driftOfExisting(place, patch, { resourceVersion: '2', diff })).toBeUndefined();
  });

  it('finds drift in another decision, another diff, and an object that has appeared', () => {
    const guard = guardOf({ action: 'update', decided: 'patch', resourceVersion: '1', diff });
    const other = [{ path: 'data.a', from: '3', to: '2' }];
    expect(guard.driftOfExisting(place, patch, { resourceVersion: '2', diff: other })).toContain('changed');
    expect(guard.driftOfExisting(place, { action: 'same' }, {})).toContain('the plan decided patch');
    expect(guardOf({}).driftOfExisting(place, patch, { diff })).toContain('was not there');
  });
});
