import type { ClusterExamination, ClusterFinding } from '../../shared/app/clusters/examine-cluster';
import type { ClusterManifest } from '../../shared/formats/manifests/cluster';
import { keyIdOf } from '../../shared/platform/seal/sealed';
import { rightsText } from './rights';
import { field, joined, pairs, section } from './sections';

/** How a cluster's credentials are kept, in one phrase. */
export function credentialsText({ spec }: ClusterManifest): string {
  if (spec.ack) {
    const { clusterId, region, private: inVpc, minutes } = spec.ack;
    return `ACK cluster ${clusterId} in ${region}${inVpc ? ', in its VPC' : ''}; kubeconfigs of ${minutes} minutes`;
  }
  return spec.sealedKubeconfig ? `kubeconfig, sealed under key ${keyIdOf(spec.sealedKubeconfig)}` : '';
}

/** A cluster as text: what is registered, and how it was found now. */
export function describeClusterText(
  cluster: ClusterManifest,
  examination: ClusterExamination | undefined,
  usedBy: readonly string[],
): string {
  const { metadata, spec } = cluster;
  return joined([
    field('Name', metadata.name),
    field('Server', spec.server),
    field('Kubernetes', examination?.version ?? spec.serverVersion),
    field('Identity', spec.uid ?? 'not known'),
    field('Credentials', credentialsText(cluster)),
    ...(spec.namespaces ? [field('Namespaces', spec.namespaces.join(', '))] : []),
    field('Network', spec.network ?? 'the default one'),
    field('Labels', pairs(metadata.labels)),
    field('Used by', usedBy.join(', ')),
    ...section('Now', (examination?.findings ?? []).map(findingLine)),
    ...(examination?.rights ? ['', rightsText(examination.rights)] : []),
  ]);
}

function findingLine({ level, message, remedy }: ClusterFinding): string {
  const mark = { ok: '✓', warning: '!', error: '✗' }[level];
  return `${mark} ${message}${remedy ? ` (${remedy})` : ''}`;
}
