import { describe, expect, it } from '@jest/globals';
import {
  matchesSelector,
  selectorQuery,
} from '../../../../../shared/formats/manifests/selection/label-match';

describe('a label selector', () => {
  it('is written as a list request wants it', () => {
    expect(selectorQuery(undefined)).toBeUndefined();
    expect(selectorQuery({})).toBeUndefined();
    expect(
      selectorQuery({
        matchLabels: { app: 'web', tier: 'front' },
        matchExpressions: [
          { key: 'env', operator: 'In', values: ['prod', 'dev'] },
          { key: 'old', operator: 'NotIn', values: ['yes'] },
          { key: 'team', operator: 'Exists' },
          { key: 'temp', operator: 'DoesNotExist' },
        ],
      }),
    ).toBe('!temp,app=web,env in (dev,prod),old notin (yes),team,tier=front');
  });

  it.each([
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'db' } }, false],
    [{ matchLabels: { toString: 'x' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In' as const, values: ['db', 'web'] }] }, true],
    [{ matchExpressions: [{ key: 'none', operator: 'In' as const, values: ['x'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn' as const, values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'NotIn' as const, values: ['x'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' as const }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' as const }] }, false],
    [
      { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'none', operator: 'Exists' as const }] },
      false,
    ],
    [{}, true],
  ])('%j matches app=web: %s', (selector, expected) => {
    expect(matchesSelector(selector, { app: 'web' })).toBe(expected);
  });
});
