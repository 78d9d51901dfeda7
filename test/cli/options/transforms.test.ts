import { describe, expect, it } from '@jest/globals';
import { transformsOf } from '../../../cli/options/transforms';

const rules =
  'version: v1\nresourceModifierRules:\n- conditions: {groupResource: pods}\n  mergePatches: [{patchData: "a: 1"}]\n';
const asRead = {
  version: 'v1',
  resourceModifierRules: [{ conditions: { groupResource: 'pods' }, mergePatches: [{ patchData: 'a: 1' }] }],
};
const reading = (text: string) => async () => text;

describe('transformsOf', () => {
  it('is undefined without flags', async () => {
    expect(await transformsOf({}, reading(''))).toBeUndefined();
  });

  it('joins a file with flags, which win', async () => {
    const flags = {
      transforms: 'f',
      passive: true,
      imageMappings: { a: 'b' },
      storageClassMappings: { old: 'new' },
    };
    expect(await transformsOf(flags, reading('images: {x: y}\nlabels: {team: shop}\n'))).toEqual({
      images: { a: 'b' },
      labels: { team: 'shop' },
      storageClasses: { old: { to: 'new' } },
      passive: true,
    });
  });

  it("reads Velero's resource modifiers, with the ConfigMap around them or without", async () => {
    const map = JSON.stringify({ kind: 'ConfigMap', data: { 'rules.yaml': rules } });
    for (const text of [rules, map]) {
      expect(await transformsOf({ resourceModifiers: 'f' }, reading(text))).toEqual({
        resourceModifiers: asRead,
      });
    }
    const two = JSON.stringify({ kind: 'ConfigMap', data: { a: rules, b: rules } });
    await expect(transformsOf({ resourceModifiers: 'f' }, reading(two))).rejects.toThrow('has 2 entries');
  });

  it('names the file that cannot be read, or is no map', async () => {
    await expect(transformsOf({ transforms: 'gone.yaml' })).rejects.toThrow('gone.yaml cannot be read');
    await expect(transformsOf({ transforms: 'f.yaml' }, reading('- a'))).rejects.toThrow(
      'f.yaml is not a map',
    );
  });
});
