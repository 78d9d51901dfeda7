import { describe, expect, it } from '@jest/globals';
import { parseLabelSelector } from '../../../cli/options/label-selector';

describe('label selectors on the command line', () => {
  it('reads equality as matchLabels', () => {
    expect(parseLabelSelector('app=web,tier==front')).toEqual({ matchLabels: { app: 'web', tier: 'front' } });
  });

  it('reads sets, inequality and presence as matchExpressions', () => {
    expect(parseLabelSelector('env in (a, b),env notin (c),tier!=cache,gpu,!spot')).toEqual({
      matchExpressions: [
        { key: 'env', operator: 'In', values: ['a', 'b'] },
        { key: 'env', operator: 'NotIn', values: ['c'] },
        { key: 'tier', operator: 'NotIn', values: ['cache'] },
        { key: 'gpu', operator: 'Exists' },
        { key: 'spot', operator: 'DoesNotExist' },
      ],
    });
  });

  it('takes prefixed keys and empty values', () => {
    expect(parseLabelSelector('app.kubernetes.io/name=shop,canary=')).toEqual({
      matchLabels: { 'app.kubernetes.io/name': 'shop', canary: '' },
    });
  });

  it.each(['', 'a b', 'env in a,b', 'app=web,', '=web'])('refuses %j and shows the form', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/is not a label selector/);
  });
});
