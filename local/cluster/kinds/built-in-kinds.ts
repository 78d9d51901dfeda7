/** The release whose kinds these are, as its `/version` says. */
export const builtInVersion = 'v1.37.2';

/**
 * Every kind of that release in the order in which its discovery names them, read from a running API server by
 * generate-built-in-kinds.mjs. Columns: group version, resource, kind, singular, Namespaced or Cluster, verbs, short
 * names, categories, then subresource=kind:verbs. Verbs are create, delete, Delete collection, get, list, patch,
 * update, watch by their first letter.
 */
export const builtInKinds = `
v1 bindings Binding binding N c - -
v1 componentstatuses ComponentStatus componentstatus C gl cs -
v1 configmaps ConfigMap configmap N cdDglpuw cm -
v1 endpoints Endpoints endpoints N cdDglpuw ep -
v1 events Event event N cdDglpuw ev -
v1 limitranges LimitRange limitrange N cdDglpuw limits -
v1 namespaces Namespace namespace C cdglpuw ns - finalize=Namespace:u status=Namespace:gpu
v1 nodes Node node C cdDglpuw no - proxy=NodeProxyOptions:cdgpu status=Node:gpu
v1 persistentvolumeclaims PersistentVolumeClaim persistentvolumeclaim N cdDglpuw pvc - status=PersistentVolumeClaim:gpu
v1 persistentvolumes PersistentVolume persistentvolume C cdDglpuw pv - status=PersistentVolume:gpu
v1 pods Pod pod N cdDglpuw po all attach=PodAttachOptions:cg binding=Binding:c ephemeralcontainers=Pod:gpu eviction=policy/v1/Eviction:c exec=PodExecOptions:cg log=Pod:g portforward=PodPortForwardOptions:cg proxy=PodProxyOptions:cdgpu resize=Pod:gpu status=Pod:gpu
v1 podtemplates PodTemplate podtemplate N cdDglpuw - -
v1 replicationcontrollers ReplicationController replicationcontroller N cdDglpuw rc all scale=autoscaling/v1/Scale:gpu status=ReplicationController:gpu
v1 resourcequotas ResourceQuota resourcequota N cdDglpuw quota - status=ResourceQuota:gpu
v1 secrets Secret secret N cdDglpuw - -
v1 serviceaccounts ServiceAccount serviceaccount N cdDglpuw sa - token=authentication.k8s.io/v1/TokenRequest:c
v1 services Service service N cdDglpuw svc all proxy=ServiceProxyOptions:cdgpu status=Service:gpu
apiregistration.k8s.io/v1 apiservices APIService apiservice C cdDglpuw - api-extensions status=APIService:gpu
apps/v1 controllerrevisions ControllerRevision controllerrevision N cdDglpuw - -
apps/v1 daemonsets DaemonSet daemonset N cdDglpuw ds all status=DaemonSet:gpu
apps/v1 deployments Deployment deployment N cdDglpuw deploy all scale=autoscaling/v1/Scale:gpu status=Deployment:gpu
apps/v1 replicasets ReplicaSet replicaset N cdDglpuw rs all scale=autoscaling/v1/Scale:gpu status=ReplicaSet:gpu
apps/v1 statefulsets StatefulSet statefulset N cdDglpuw sts all scale=autoscaling/v1/Scale:gpu status=StatefulSet:gpu
events.k8s.io/v1 events Event event N cdDglpuw ev -
authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview selfsubjectreview C c - -
authentication.k8s.io/v1 tokenreviews TokenReview tokenreview C c - -
authorization.k8s.io/v1 localsubjectaccessreviews LocalSubjectAccessReview localsubjectaccessreview N c - -
authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview selfsubjectaccessreview C c - -
authorization.k8s.io/v1 selfsubjectrulesreviews SelfSubjectRulesReview selfsubjectrulesreview C c - -
authorization.k8s.io/v1 subjectaccessreviews SubjectAccessReview subjectaccessreview C c - -
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler horizontalpodautoscaler N cdDglpuw hpa all status=HorizontalPodAutoscaler:gpu
autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler horizontalpodautoscaler N cdDglpuw hpa all status=HorizontalPodAutoscaler:gpu
batch/v1 cronjobs CronJob cronjob N cdDglpuw cj all status=CronJob:gpu
batch/v1 jobs Job job N cdDglpuw - all status=Job:gpu
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest certificatesigningrequest C cdDglpuw csr - approval=CertificateSigningRequest:gpu status=CertificateSigningRequest:gpu
certificates.k8s.io/v1 clustertrustbundles ClusterTrustBundle clustertrustbundle C cdDglpuw - -
certificates.k8s.io/v1 podcertificaterequests PodCertificateRequest podcertificaterequest N cdDglpuw - - status=PodCertificateRequest:gpu
networking.k8s.io/v1 ingressclasses IngressClass ingressclass C cdDglpuw - -
networking.k8s.io/v1 ingresses Ingress ingress N cdDglpuw ing - status=Ingress:gpu
networking.k8s.io/v1 ipaddresses IPAddress ipaddress C cdDglpuw ip -
networking.k8s.io/v1 networkpolicies NetworkPolicy networkpolicy N cdDglpuw netpol -
networking.k8s.io/v1 servicecidrs ServiceCIDR servicecidr C cdDglpuw - - status=ServiceCIDR:gpu
policy/v1 poddisruptionbudgets PodDisruptionBudget poddisruptionbudget N cdDglpuw pdb - status=PodDisruptionBudget:gpu
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding clusterrolebinding C cdDglpuw - -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole clusterrole C cdDglpuw - -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding rolebinding N cdDglpuw - -
rbac.authorization.k8s.io/v1 roles Role role N cdDglpuw - -
storage.k8s.io/v1 csidrivers CSIDriver csidriver C cdDglpuw - -
storage.k8s.io/v1 csinodes CSINode csinode C cdDglpuw - - status=CSINode:gpu
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity csistoragecapacity N cdDglpuw - -
storage.k8s.io/v1 storageclasses StorageClass storageclass C cdDglpuw sc -
storage.k8s.io/v1 volumeattachments VolumeAttachment volumeattachment C cdDglpuw - - status=VolumeAttachment:gpu
storage.k8s.io/v1 volumeattributesclasses VolumeAttributesClass volumeattributesclass C cdDglpuw vac -
admissionregistration.k8s.io/v1 mutatingadmissionpolicies MutatingAdmissionPolicy mutatingadmissionpolicy C cdDglpuw - api-extensions
admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding mutatingadmissionpolicybinding C cdDglpuw - api-extensions
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration mutatingwebhookconfiguration C cdDglpuw - api-extensions
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy validatingadmissionpolicy C cdDglpuw - api-extensions status=ValidatingAdmissionPolicy:gpu
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding validatingadmissionpolicybinding C cdDglpuw - api-extensions
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration validatingwebhookconfiguration C cdDglpuw - api-extensions
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition customresourcedefinition C cdDglpuw crd,crds api-extensions status=CustomResourceDefinition:gpu
scheduling.k8s.io/v1 priorityclasses PriorityClass priorityclass C cdDglpuw pc -
coordination.k8s.io/v1 leases Lease lease N cdDglpuw - -
node.k8s.io/v1 runtimeclasses RuntimeClass runtimeclass C cdDglpuw - -
discovery.k8s.io/v1 endpointslices EndpointSlice endpointslice N cdDglpuw - -
resource.k8s.io/v1 deviceclasses DeviceClass deviceclass C cdDglpuw - -
resource.k8s.io/v1 devicetaintrules DeviceTaintRule devicetaintrule C cdDglpuw - - status=DeviceTaintRule:gpu
resource.k8s.io/v1 resourceclaims ResourceClaim resourceclaim N cdDglpuw - - status=ResourceClaim:gpu
resource.k8s.io/v1 resourceclaimtemplates ResourceClaimTemplate resourceclaimtemplate N cdDglpuw - -
resource.k8s.io/v1 resourceslices ResourceSlice resourceslice C cdDglpuw - -
flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema flowschema C cdDglpuw - - status=FlowSchema:gpu
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration prioritylevelconfiguration C cdDglpuw - - status=PriorityLevelConfiguration:gpu
storagemigration.k8s.io/v1 storageversionmigrations StorageVersionMigration storageversionmigration C cdDglpuw - - status=StorageVersionMigration:gpu
`;
