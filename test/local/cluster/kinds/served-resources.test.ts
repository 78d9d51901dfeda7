import { describe, expect, it } from '@jest/globals';
import { compareVersions } from '../../../../local/cluster/kinds/served-resources';

describe('versions of a custom group', () => {
  // The example of the Kubernetes documentation on version priority.
  it('are ordered by stability, then number, then name', () => {
    const ordered = [
      'v10',
      'v2',
      'v1',
      'v11beta2',
      'v10beta3',
      'v3beta1',
      'v12alpha1',
      'v11alpha2',
      'foo1',
      'foo10',
    ];

    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  });
});
