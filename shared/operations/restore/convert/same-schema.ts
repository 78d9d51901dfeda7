import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, renamed } from './conversion';

const storage = ['storage.k8s.io/v1', 'storage.k8s.io/v1beta1'];
const certificates = { kind: 'CertificateSigningRequest', resource: 'certificatesigningrequests' };

/** Kinds whose versions differ in name, or in what must be said, alone. */
export const sameSchemaConversions: Conversion[] = [
  ...renamed('PriorityClass', 'priorityclasses', [
    'scheduling.k8s.io/v1',
    'scheduling.k8s.io/v1beta1',
    'scheduling.k8s.io/v1alpha1',
  ]),
  ...renamed('Lease', 'leases', ['coordination.k8s.io/v1', 'coordination.k8s.io/v1beta1']),
  ...renamed('StorageClass', 'storageclasses', storage),
  ...renamed('CSIDriver', 'csidrivers', storage),
  ...renamed('CSINode', 'csinodes', storage),
  ...renamed('CSIStorageCapacity', 'csistoragecapacities', [...storage, 'storage.k8s.io/v1alpha1']),
  ...renamed('VolumeAttachment', 'volumeattachments', [...storage, 'storage.k8s.io/v1alpha1']),
  ...renamed('APIService', 'apiservices', ['apiregistration.k8s.io/v1', 'apiregistration.k8s.io/v1beta1']),
  {
    ...certificates,
    from: 'certificates.k8s.io/v1beta1',
    to: 'certificates.k8s.io/v1',
    convert: sayItsSigner,
  },
  { ...certificates, from: 'certificates.k8s.io/v1', to: 'certificates.k8s.io/v1beta1' },
];

/** v1beta1 before 1.18 has no signer; v1 requires one. */
function sayItsSigner({ spec }: KubeObject): void {
  if (spec) spec.signerName ??= 'kubernetes.io/legacy-unknown';
}
