import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { type SelectionFlags, selectionSpec, withSelection } from '../../../cli/options/selection';

const policies = 'version: v1\nvolumePolicies:\n- conditions: {nfs: {}}\n  action: {type: skip}\n';

function specOf(args: string[], text = policies) {
  const command = withSelection(new Command().exitOverride());
  command.parse(args, { from: 'user' });
  return selectionSpec(command.opts<SelectionFlags>(), async () => text);
}

describe('the flags of volumes and of namespaces by label', () => {
  it('are the fields of the spec', async () => {
    const flags =
      '--included-namespaces-by-label|team=shop,env=prod|--included-namespaces-by-label|team=bank|--snapshot-volumes|false|--default-volumes-to-fs-backup|--csi-snapshot-timeout|20m|--item-operation-timeout|8h';
    expect(await specOf(flags.split('|'))).toEqual({
      includedNamespacesByLabel: ['team=shop,env=prod', 'team=bank'],
      snapshotVolumes: false,
      defaultVolumesToFsBackup: true,
      csiSnapshotTimeout: '20m',
      itemOperationTimeout: '8h',
    });
  });

  it("read Velero's resource policies, with the ConfigMap around them or without", async () => {
    const read = { version: 'v1', volumePolicies: [{ conditions: { nfs: {} }, action: { type: 'skip' } }] };
    const map = JSON.stringify({ kind: 'ConfigMap', data: { 'policies.yaml': policies } });
    for (const text of [policies, map]) {
      expect(await specOf(['--resource-policies-file', 'p.yaml'], text)).toEqual({ resourcePolicies: read });
    }
    await expect(specOf(['--resource-policies-file', 'p.yaml'], '- a')).rejects.toThrow(
      'p.yaml is not a map in YAML',
    );
  });

  it('are absent where they are not given', async () => {
    expect(await specOf([])).toEqual({});
  });
});
