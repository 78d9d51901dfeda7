/**
 * The storage of the sandbox clusters: a default class that provisions, so that claims get volumes as in most clusters and a
 * restore has data to miss. A real control plane without nodes has no provisioner, so its claims stay without a volume.
 */
export const sandboxStorage = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations: { storageclass.kubernetes.io/is-default-class: 'true' }
provisioner: disk.example.com
reclaimPolicy: Delete
volumeBindingMode: Immediate
`;
