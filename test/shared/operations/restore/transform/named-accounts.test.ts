import { describe, expect, it } from '@jest/globals';
import { namedAccounts } from '../../../../../shared/operations/restore/transform/named-accounts';

const object = (content: object) => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, ...content });

describe('the service accounts that an object names', () => {
  it.each<[string, object, object[]]>([
    ['a pod', { spec: { serviceAccountName: 'a', serviceAccount: 'a' } }, [{ name: 'a' }]],
    ['a pod with the old field alone', { spec: { serviceAccount: 'a' } }, [{ name: 'a' }]],
    ['a pod without one', { spec: { automountServiceAccountToken: true, containers: [] } }, []],
    ['a template', { spec: { template: { spec: { serviceAccountName: 'a' } } } }, [{ name: 'a' }]],
    [
      'a template in a template',
      { spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'a' } } } } } },
      [{ name: 'a' }],
    ],
    ['a pod template', { template: { spec: { serviceAccountName: 'a' } } }, [{ name: 'a' }]],
    [
      'a custom resource that refers to them',
      { spec: { auth: { serviceAccountRef: { name: 'a', namespace: 'other' } } } },
      [{ name: 'a', namespace: 'other' }],
    ],
    [
      'a custom resource with several',
      { spec: { podServiceAccountNames: ['a', 'b'], tasks: [{ serviceAccountName: 'c' }] } },
      [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    ],
    ['one of a cloud', { spec: { serviceAccount: 'robot@project.iam.example.com' } }, []],
    ['an empty name', { spec: { serviceAccountName: '' } }, []],
    ['what it says of itself', { metadata: { name: 'x', annotations: { serviceAccountName: 'a' } } }, []],
  ])('are found in %s', (_, content, expected) => {
    expect(namedAccounts(object(content))).toEqual(expected);
  });
});
