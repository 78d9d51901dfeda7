import type { RealClusterChoice } from '../../harness/describe-with-real-cluster';

const pod = '{restartPolicy: Never, containers: [{name: c, image: none}]}';
const always = '{containers: [{name: c, image: none}]}';

/** Objects of every kind that a restore treats in a way of its own, in the order in which they can be created. */
export function objectsOfEveryKind(choice: RealClusterChoice): string[] {
  const old = choice === 'old';
  return [
    `
apiVersion: v1
kind: Namespace
metadata: {name: kinds}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gadgets, kind: Gadget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: kinds}
`,
    `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: kinds}
data: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: kinds}
stringData: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: fixed, namespace: kinds}
immutable: true
stringData: {a: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: kinds}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: kinds}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: ${always}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: kinds}
spec:
  replicas: 2
  podManagementPolicy: Parallel
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: ${always}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: each, namespace: kinds}
spec:
  selector: {matchLabels: {app: each}}
  template: {metadata: {labels: {app: each}}, spec: ${always}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: kinds}
spec: {template: {spec: ${pod}}}
---
apiVersion: batch/${old ? 'v1beta1' : 'v1'}
kind: CronJob
metadata: {name: nightly, namespace: kinds}
spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: ${pod}}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: kinds}
spec: ${pod}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk, namespace: kinds}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: kinds-volume}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  persistentVolumeReclaimPolicy: Retain
  storageClassName: none
  csi: {driver: none.example.com, volumeHandle: one}
---
apiVersion: policy/${old ? 'v1beta1' : 'v1'}
kind: PodDisruptionBudget
metadata: {name: web, namespace: kinds}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: kinds}
spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: kinds}
spec: {podSelector: {}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: kinds}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: kinds}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: kinds}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: robot, namespace: kinds}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: kinds-reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: kinds-reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kinds-reader}
subjects: [{kind: ServiceAccount, name: robot, namespace: kinds}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: kinds-class}
provisioner: none.example.com
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: kinds-high}
value: 10
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: kinds-check}
webhooks: []
---
apiVersion: example.com/v1
kind: Gadget
metadata: {name: plain, namespace: kinds}
spec: {a: 1}
---
apiVersion: example.com/v1
kind: Gadget
metadata: {name: held, namespace: kinds, finalizers: [example.com/hold]}
spec: {a: 1}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: kinds}
spec: {limits: [{type: Pod, max: {cpu: "100"}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: kinds}
spec: {hard: {pods: "100"}}
`,
  ];
}
