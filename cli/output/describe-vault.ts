import { dump } from 'js-yaml';
import type { VaultFinding } from '../../shared/app/vaults/examine-vault';
import { timerLag, type VaultTrigger } from '../../shared/app/vaults/vault-trigger';
import { isReadOnly, type Vault } from '../../shared/formats/manifests/vault';
import { field, joined, pairs, section } from './sections';
import { credentialsText, findingText } from './vault';
import { placeText } from './vault-place';

/** A vault as text: where it is, how it is used, and what was found there. */
export function describeVaultText(
  vault: Vault,
  findings: readonly VaultFinding[],
  trigger: VaultTrigger,
): string {
  const { metadata, spec } = vault;
  return joined([
    field('Name', metadata.name),
    field('Labels', pairs(metadata.labels)),
    field('Place', placeText(vault)),
    field('Region', spec.region),
    field('Network', spec.endpoint ? `endpoint ${spec.endpoint}` : spec.networkType),
    field('Access', isReadOnly(vault) ? 'ReadOnly: nothing is written or deleted' : 'ReadWrite'),
    field('Shared', spec.share ? 'with other installations that share it' : undefined),
    field('Credentials', credentialsText(vault)),
    field('Trusted keys', spec.trustedKeys?.join(', ')),
    field(
      'Replication',
      'trigger' in trigger
        ? `by the trigger ${trigger.trigger.triggerName}, if it is in s.yaml; else by the hourly timer, ${timerLag} late`
        : `by the hourly timer, ${timerLag} late: ${trigger.servedByTimer}`,
    ),
    ...section('Found', findings.map(findingText)),
  ]);
}

/** What to add to `s.yaml`, as it must stand there, or why there is nothing to add. */
export function triggerText(name: string, trigger: VaultTrigger): string {
  if ('servedByTimer' in trigger)
    return `No OSS trigger for vault ${name}: ${trigger.servedByTimer}. Replication rules learn of its backups from the hourly timer, ${timerLag} late.`;
  const yaml = dump([trigger.trigger], { lineWidth: -1 }).trimEnd();
  return [
    `For replication rules on vault ${name}, add to resources.cross-cluster-restore.props.triggers in s.yaml and deploy:`,
    '',
    ...yaml.split('\n').map((line) => `        ${line}`),
    '',
    `Until then they learn of its backups from the hourly timer, ${timerLag} late.`,
  ].join('\n');
}
