import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const shop = readFileSync(join(__dirname, '../../local/demo/shop.yaml'), 'utf8');

/** The demo shop, and what a backup may hold that a reader could stumble over. */
export const application = `${shop}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: odd
  namespace: shop
  labels: {long: ${'v'.repeat(63)}}
  annotations: {example.com/html: "<a href='?a&b'>\\u2028é</a>"}
data: {text: "<&>\\u2028\\u2029", big: "${'0123456789'.repeat(20_000)}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: n${'a'.repeat(220)}, namespace: shop}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: shop-kept, labels: {disk: kept}}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: by-hand
  hostPath: {path: /tmp/lifeboat-no-such-disk}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: kept, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: by-hand, volumeName: shop-kept, resources: {requests: {storage: 1Gi}}}
`;
