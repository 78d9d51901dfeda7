import { describe, expect, it } from '@jest/globals';
import {
  onlyField,
  refusedField,
  withoutFields,
} from '../../../../../../shared/formats/manifests/modifiers/patch/refused-fields';

const patch = { value: 1, spec: { serviceName: 'y', replicas: 2, clusterIPs: ['None'] } };

describe('the field of a patch that an API server refuses', () => {
  it.each([
    ['spec.serviceName', ['spec', 'serviceName']],
    ['spec.clusterIPs[0]', ['spec', 'clusterIPs']],
    ['spec', ['spec']],
    ['spec.persistentvolumesource', ['spec']],
    ['Value', ['value']],
    ['metadata.name', undefined],
    ['', undefined],
  ])('is found by %p', (cause, path) => {
    expect(refusedField(patch, cause)).toEqual(path);
  });

  it('goes alone, with the maps that are empty by that', () => {
    expect(withoutFields(patch, [['spec', 'serviceName'], ['value']])).toEqual({
      spec: { replicas: 2, clusterIPs: ['None'] },
    });
    expect(withoutFields({ spec: { a: { b: 1 } } }, [['spec', 'a', 'b']])).toEqual({});
    expect(onlyField(patch, ['spec', 'replicas'])).toEqual({ spec: { replicas: 2 } });
  });
});
