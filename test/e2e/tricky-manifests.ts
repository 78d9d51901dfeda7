/** A namespace of what goes wrong in restores, in versions that Kubernetes 1.20 and 1.37 both serve. */
export const trickyManifests = `
apiVersion: v1
kind: Namespace
metadata: {name: tricky, labels: {admission: asked}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: exacts.numbers.example.com}
spec:
  group: numbers.example.com
  scope: Namespaced
  names: {plural: exacts, singular: exact, kind: Exact, listKind: ExactList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                port: {x-kubernetes-int-or-string: true}
                serial: {type: integer, format: int64}
                ratio: {type: number}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
---
apiVersion: numbers.example.com/v1
kind: Exact
metadata: {name: text, namespace: tricky}
spec: {port: http, serial: 9223372036854775807}
---
apiVersion: numbers.example.com/v1
kind: Exact
metadata: {name: number, namespace: tricky}
spec: {port: 8080, serial: 9007199254740993, ratio: 0.1, free: {big: 9007199254740993, deep: [{x: -9007199254740995}]}}
---
apiVersion: numbers.example.com/v1
kind: Exact
metadata: {name: held, namespace: tricky, finalizers: [example.com/hold]}
spec: {port: 1}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: held, namespace: tricky, finalizers: [example.com/hold]}
data: {a: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: frozen, namespace: tricky, annotations: {example.com/note: "行 ✕ \\"quoted\\" <b>"}}
immutable: true
data: {empty: "", lines: "a\\nb\\n", "odd.key_name-1": x}
---
apiVersion: v1
kind: Secret
metadata: {name: registry, namespace: tricky}
type: kubernetes.io/dockerconfigjson
data: {.dockerconfigjson: eyJhdXRocyI6e319}
---
apiVersion: v1
kind: Secret
metadata: {name: robot-key, namespace: tricky, annotations: {kubernetes.io/service-account.name: robot}}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: tricky}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: tricky, annotations: {example.com/team: shop}}
imagePullSecrets: [{name: registry}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: "team:shop reader@example.com (读)", namespace: tricky}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: "team:shop reader@example.com (读)", namespace: tricky}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "team:shop reader@example.com (读)"}
subjects: [{kind: ServiceAccount, name: robot, namespace: tricky}, {kind: User, name: "a b", apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: v1
kind: Service
metadata: {name: chosen, namespace: tricky}
spec: {type: NodePort, selector: {app: x}, ports: [{name: http, port: 80, nodePort: 30181}, {name: sql, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: tricky}
spec: {clusterIP: None, selector: {app: x}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: tricky}
spec: {ports: [{name: sql, port: 5432}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: outside, namespace: tricky}
subsets: [{addresses: [{ip: 192.0.2.20}], ports: [{name: sql, port: 5432}]}]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk-kept}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  persistentVolumeReclaimPolicy: Retain
  hostPath: {path: /tmp/disk-kept}
  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: tricky, name: kept}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: kept, namespace: tricky}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", volumeName: disk-kept, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: tricky}
spec: {limits: [{type: Container, default: {cpu: 100m}, defaultRequest: {cpu: 50m}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: tricky, labels: {app: bare}}
spec: {containers: [{name: main, image: registry.example.com/bare:1, env: [{name: A, value: "1"}]}]}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.dead.example.com}
spec:
  group: dead.example.com
  version: v1
  groupPriorityMinimum: 100
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: tricky, name: gone}
`;

/** A webhook that nothing gets past without its backend, and the Service in the namespace that it guards. */
export function webhookManifest(port: number, caCertificate: string): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: tricky}
spec: {type: ExternalName, externalName: localhost, ports: [{port: ${port}}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
  - name: guard.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    timeoutSeconds: 2
    clientConfig:
      service: {namespace: tricky, name: hook, path: /, port: ${port}}
      caBundle: ${Buffer.from(caCertificate).toString('base64')}
    namespaceSelector: {matchLabels: {admission: asked}}
    rules: [{apiGroups: [""], apiVersions: ["*"], operations: [CREATE], resources: [configmaps]}]
`;
}
