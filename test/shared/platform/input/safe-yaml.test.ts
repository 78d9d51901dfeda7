import { describe, expect, it } from '@jest/globals';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import { resourceModifiersSchema } from '../../../../shared/formats/manifests/modifiers/resource-modifiers';
import { parse } from '../../../../shared/platform/input/parse';
import { loadAllYaml, loadYaml } from '../../../../shared/platform/input/safe-yaml';

/** 350 bytes that become 200 MB. */
const laughs = ['a: &a [x,x,x,x,x,x,x,x,x]']
  .concat([...'bcdefgh'].map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]`))
  .join('\n');

describe('a text in YAML', () => {
  it('with an alias is refused by name, and an anchor alone is not', () => {
    expect(() => loadYaml('rules.yaml', laughs)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        message: expect.stringContaining('rules.yaml has an alias'),
      }),
    );
    expect(() => loadAllYaml('rules.yaml', `a: 1\n---\n${laughs}`)).toThrow('rules.yaml has an alias');
    expect(loadYaml('rules.yaml', 'a: &x 1')).toEqual({ a: 1 });
  });

  it('is refused where it is too long to be a manifest', () => {
    expect(() => loadYaml('rules.yaml', 'a'.repeat(3 << 20))).toThrow('3145728 characters');
  });

  it('is refused as a kubeconfig and as a patch, too', () => {
    expect(() => sanitiseKubeconfig(laughs, {})).toThrow('kubeconfig has an alias');
    const rule = { conditions: { groupResource: 'pods' }, mergePatches: [{ patchData: laughs }] };
    expect(() =>
      parse(resourceModifiersSchema, { version: 'v1', resourceModifierRules: [rule] }, 'restore "r"'),
    ).toThrow('is not a patch in YAML');
  });
});
