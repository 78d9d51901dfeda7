import { describe, expect, it } from '@jest/globals';
import { parseLabelSelector } from '../../../../../shared/formats/manifests/selection/selector-text';

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

  it.each([
    'app=web,app=nginx',
    'app=web,app==nginx',
    'app in (a),app in (b)',
    'app=web,!app',
    'app,!app',
    'app=web,app!=web',
    'app in (a,b),app notin (a,b)',
  ])('refuses %j, which no object can match, and names the label', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/requires two things of label app /);
  });

  it('takes several requirements of one label that an object can meet', () => {
    expect(parseLabelSelector('app!=a,app!=b')).toEqual({
      matchExpressions: [
        { key: 'app', operator: 'NotIn', values: ['a'] },
        { key: 'app', operator: 'NotIn', values: ['b'] },
      ],
    });
    expect(parseLabelSelector('app in (a,b),app notin (b)').matchExpressions).toHaveLength(2);
    expect(parseLabelSelector('app in (a,b),app in (b,c)').matchExpressions).toHaveLength(2);
    expect(parseLabelSelector('app=web,app=web,app')).toEqual({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'app', operator: 'Exists' }],
    });
    expect(parseLabelSelector('!app,app!=a').matchExpressions).toHaveLength(2);
  });

  it.each(['', 'a b', 'env in a,b', 'app=web,', '=web'])('refuses %j and shows the form', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/is not a label selector/);
  });
});
