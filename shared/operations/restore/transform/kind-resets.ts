import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { dropHelperSource } from './claim-source';
import { isMap } from '../../../platform/input/is-map';
import { tokenAccountUidAnnotation, tokenSecretType } from '../../../formats/manifests/token-secret';
import { snapshotSourceFinalizer } from '../../volumes/snapshots/source-finalizer';
import { canonicalAddresses } from './addresses';
import { objectAt, objectsOf } from '../convert/conversion';
import { timeZoneToField } from './cron-time-zone';
import { seccompToFields } from './seccomp';
import { structuralSchema } from '../convert/structural-schema';
import { automaticTokenOf } from './automatic-token';
import { resetEndpointSlice } from './endpoint-slice';
import { resetPod } from './pod';
import { resetService, type ServiceContext } from './service';

/** What a reset may depend on. */
export interface ResetContext extends ServiceContext {
  /** Where objects of a namespace go. */
  mapped(namespace: string): string;
  /** Whether a claim keeps the name of its volume. */
  keepVolumeName: boolean;
  /** Whether the status is a field like any other and stays. */
  keepsStatus?: boolean;
  /** Whether an account keeps the entries of its automatic tokens: those of the cluster's copy are of this very account. */
  keepTokens?: boolean;
  /** Whether the target's CronJobs have a time zone (1.25). */
  cronTimeZones?: boolean;
}

type Reset = (object: KubeObject, context: ResetContext) => void;

/** What Velero's restore actions change, by group-resource (pkg/restore/actions). */
const resets: Record<string, Reset> = {
  services: resetService,
  pods: resetPod,
  'jobs.batch': resetJob,
  serviceaccounts: resetServiceAccount,
  secrets: resetSecret,
  persistentvolumes: resetVolume,
  persistentvolumeclaims: resetClaim,
  namespaces: resetNamespace,
  'horizontalpodautoscalers.autoscaling': resetAutoscaler,
  'endpointslices.discovery.k8s.io': resetEndpointSlice,
  'customresourcedefinitions.apiextensions.k8s.io': resetDefinition,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': resetWebhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': resetWebhooks,
};

export function resetKind(groupResource: string, object: KubeObject, context: ResetContext): void {
  // Both sides of a comparison come by here: what was converted is no difference later.
  seccompToFields(groupResource, object);
  canonicalAddresses(groupResource, object);
  if (groupResource === 'cronjobs.batch' && context.cronTimeZones) timeZoneToField(object);
  if (Object.hasOwn(resets, groupResource)) resets[groupResource]!(object, context);
}

const jobNameLabel = 'batch.kubernetes.io/job-name';
const jobLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid'];

/**
 * job_action.go: the labels that tie the pods to the old Job's uid. With `manualSelector` a person chose selector and labels,
 * also where they are called as the generated ones are, and the API server generates none in their place.
 */
function resetJob(job: KubeObject): void {
  const { spec } = job;
  if (!spec || spec.manualSelector === true) return;
  const selector = isMap(spec.selector) ? spec.selector : undefined;
  const template = isMap(spec.template) && isMap(spec.template.metadata) ? spec.template.metadata : undefined;
  for (const labels of [selector?.matchLabels, template?.labels, job.metadata.labels]) {
    if (isMap(labels)) for (const label of jobLabels) delete labels[label];
  }
  // Newer API servers fill both in.
  if (spec.manualSelector === false) delete spec.manualSelector;
  if (isMap(template?.labels) && template.labels[jobNameLabel] === job.metadata.name) {
    delete template.labels[jobNameLabel];
  }
  // An empty selector selects every pod of the namespace.
  if (selector && isEmpty(selector.matchLabels) && isEmpty(selector.matchExpressions)) delete spec.selector;
}

/** service_account_action.go: the entry of the automatic token Secret. */
function resetServiceAccount(account: KubeObject, { keepTokens }: ResetContext): void {
  if (keepTokens || !Array.isArray(account.secrets)) return;
  const automatic = automaticTokenOf(account.metadata.name);
  account.secrets = account.secrets.filter((one) => !(isMap(one) && automatic.test(String(one.name))));
  if ((account.secrets as unknown[]).length === 0) delete account.secrets;
}

/** secret_action.go: a token Secret made by hand is filled anew for the new account. */
function resetSecret(secret: KubeObject, context: ResetContext): void {
  if (secret.type !== tokenSecretType) return;
  const { annotations, namespace } = secret.metadata;
  if (annotations) delete annotations[tokenAccountUidAnnotation];
  if (!isMap(secret.data)) return;
  delete secret.data.token;
  delete secret.data['ca.crt'];
  if (namespace && context.mapped(namespace) !== namespace) delete secret.data.namespace;
}

/** The claim will have a new uid; PV annotations as pvc_action.go has them. */
function resetVolume(volume: KubeObject, context: ResetContext): void {
  dropAnnotations(volume, ['pv.kubernetes.io/bind-completed', 'pv.kubernetes.io/bound-by-controller']);
  const claim = volume.spec?.claimRef;
  if (!isMap(claim)) return;
  delete claim.uid;
  delete claim.resourceVersion;
  if (typeof claim.namespace === 'string') claim.namespace = context.mapped(claim.namespace);
}

function resetClaim(claim: KubeObject, context: ResetContext): void {
  dropAnnotations(claim, [
    'pv.kubernetes.io/bind-completed',
    'pv.kubernetes.io/bound-by-controller',
    'volume.kubernetes.io/storage-provisioner',
    'volume.beta.kubernetes.io/storage-provisioner',
    'volume.kubernetes.io/selected-node',
    'velero.io/volume-snapshot-name',
    'velero.io/data-upload-name',
  ]);
  dropHelperSource(claim);
  const { finalizers } = claim.metadata;
  if (finalizers) claim.metadata.finalizers = finalizers.filter((one) => one !== snapshotSourceFinalizer);
  if (claim.spec && !context.keepVolumeName) delete claim.spec.volumeName;
}

function resetNamespace(namespace: KubeObject, context: ResetContext): void {
  const name = context.mapped(namespace.metadata.name);
  namespace.metadata.name = name;
  const { labels } = namespace.metadata;
  if (labels && 'kubernetes.io/metadata.name' in labels) labels['kubernetes.io/metadata.name'] = name;
}

/**
 * Versions before v2 keep in annotations what is status in v2 (pkg/apis/autoscaling, annotations.go). And an average of
 * an object comes back from them with a value of 0 beside it, which no API server takes.
 */
function resetAutoscaler(autoscaler: KubeObject): void {
  dropAnnotations(autoscaler, [
    'autoscaling.alpha.kubernetes.io/conditions',
    'autoscaling.alpha.kubernetes.io/current-metrics',
  ]);
  for (const metric of objectsOf(autoscaler.spec?.metrics)) {
    const target = objectAt(objectAt(metric, 'object'), 'target');
    if (target?.type === 'AverageValue' && target.value === '0') delete target.value;
  }
}

/**
 * crd_v1_preserve_unknown_fields_action.go: v1 refuses the field that v1beta1 left behind. Velero says at the root alone
 * that unknown fields stay, and v1 then prunes below each field that the schema names: every level has to say it.
 */
function resetDefinition(definition: KubeObject): void {
  const { spec } = definition;
  if (!definition.apiVersion?.endsWith('/v1') || spec?.preserveUnknownFields !== true) return;
  // False is what it means to leave it out, and how an API server gives it back.
  delete spec.preserveUnknownFields;
  for (const version of Array.isArray(spec.versions) ? spec.versions : []) {
    if (!isMap(version)) continue;
    const schema = isMap(version.schema) ? version.schema : {};
    version.schema = { ...schema, openAPIV3Schema: structuralSchema(schema.openAPIV3Schema) };
  }
}

/** admissionwebhook_config_action.go: v1 knows None and NoneOnDryRun only. */
function resetWebhooks(configuration: KubeObject): void {
  if (!configuration.apiVersion?.endsWith('/v1')) return;
  for (const webhook of Array.isArray(configuration.webhooks) ? configuration.webhooks : []) {
    if (isMap(webhook) && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun') {
      webhook.sideEffects = 'None';
    }
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || Object.keys(value).length === 0;
}

function dropAnnotations(object: KubeObject, names: string[]): void {
  const { annotations } = object.metadata;
  if (annotations) for (const name of names) delete annotations[name];
}
