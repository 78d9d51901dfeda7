import { type Around, type Rule, rule } from './rule';
import { newerRules } from './may-differ-when-newer';
import { type FixtureObject, type OwnerReference, placeOf } from './fixture-backup';

const gone = (_was: unknown, is: unknown) => is === undefined;
const anotherText = (was: unknown, is: unknown) => typeof is === 'string' && is !== '' && is !== was;
const isByNumbers = (is: unknown) => typeof is === 'number' && is >= 30_000 && is <= 32_767;

/** What Velero's restore actions change, and what an API server or a controller puts in the place of what was taken away. */
const rules: Rule[] = [
  rule('*', /^metadata\.uid$/, 'it is another object', anotherText),
  rule('*', /^metadata\.resourceVersion$/, 'the API server counts its own writes', (_was, is) =>
    /^\d+$/.test(String(is)),
  ),
  rule(
    '*',
    /^metadata\.creationTimestamp$/,
    'it was made by the restore, or with the cluster',
    (_was, is, { created, startedAt }) => !created || Date.parse(String(is)) >= startedAt - 1_000,
  ),
  rule(
    '*',
    /^metadata\.generation$/,
    'the API server counts from one',
    (_was, is) => is === undefined || Number(is) >= 1,
  ),
  rule('*', /^metadata\.selfLink$/, 'API servers up to 1.19 wrote it, and no longer', gone),
  rule(
    '*',
    /^metadata\.managedFields$/,
    'who owns which field: those of the archive stay, the restore comes to them',
    (_was, is) => is === undefined || Array.isArray(is),
  ),
  rule('*', /^metadata\.ownerReferences$/, 'an owner that came back has another uid', ownersAreTheSame),
  rule(
    '*',
    /^metadata\.labels\["velero\.io\/backup-name"\]$/,
    'the label of what a restore makes',
    (_was, is, { created, backup }) => (created ? is === backup : is === undefined),
  ),
  rule(
    '*',
    /^metadata\.labels\["velero\.io\/restore-name"\]$/,
    'the label of what a restore makes',
    (_was, is, { created, restore }) => (created ? is === restore : is === undefined),
  ),
  rule('*', /^status$/, 'controllers write it anew: status is restored only where asked for', () => true),
  rule(
    'Service',
    /^spec\.(clusterIP|clusterIPs\[\d\])$/,
    'the address is allocated anew, unless there was to be none',
    (was, is) => (was === 'None' ? is === 'None' : /^10\.96\.\d+\.\d+$/.test(String(is))),
  ),
  rule(
    'Service',
    /^spec\.ports\[\d\]\.nodePort$/,
    'a port that nobody chose is allocated anew',
    (was, is, { archived }) => (isChosen(archived, was) ? is === was : isByNumbers(is)),
  ),
  rule(
    'PersistentVolumeClaim',
    /^spec\.volumeName$/,
    'its volume is not restored: a new one is provisioned',
    gone,
  ),
  rule(
    'PersistentVolumeClaim',
    /^metadata\.annotations(\["(pv\.kubernetes\.io\/(bind-completed|bound-by-controller)|volume\.(beta\.)?kubernetes\.io\/(storage-provisioner|selected-node))"\])?$/,
    'what binding left behind',
    (_was, is) => is === undefined || typeof is !== 'object' || Object.keys(is as object).length === 0,
  ),
  rule(
    'PersistentVolumeClaim',
    /^metadata\.annotations\["velero\.io\/volume-snapshot-name"\]$/,
    "Velero's own note where the data is",
    gone,
  ),
  rule(
    'CustomResourceDefinition',
    /^spec\.preserveUnknownFields$/,
    'v1 has no such field: the schema says it',
    (was, is) => was === true && (is === undefined || is === false),
  ),
  rule(
    'CustomResourceDefinition',
    /^spec\.versions\[\d\]\.schema\.openAPIV3Schema(\..*)?(\.type|\["x-kubernetes-preserve-unknown-fields"\])$/,
    'what preserveUnknownFields said of the whole is said of each level, which v1 wants typed',
    (was, is, { archived }) =>
      archived.spec.preserveUnknownFields === true && was === undefined && (is === 'object' || is === true),
  ),
  rule('Secret', /^data\.token$/, 'a token belongs to the new account', tokenIsNew),
  rule('Secret', /^data\["ca\.crt"\]$/, "the cluster's own certificate", tokenIsNew),
  rule(
    'Secret',
    /^metadata\.annotations\["kubernetes\.io\/service-account\.uid"\]$/,
    'the uid of the new account',
    (was, is, around) => isToken(around.archived) && anotherText(was, is),
  ),
  rule(
    'ServiceAccount',
    /^secrets(\[\d\]\.name)?$/,
    'Kubernetes before 1.24 makes a token Secret, with another name',
    (was, is) => was === undefined || is === undefined || String(JSON.stringify(is)).includes('-token-'),
  ),
  rule(
    'Deployment',
    /^metadata\.annotations(\["deployment\.kubernetes\.io\/revision"\])?$/,
    'its controller counts revisions anew',
    (was, is) => isRevision(was) && isRevision(is),
  ),
  rule(
    'HorizontalPodAutoscaler',
    /^metadata\.annotations(\["autoscaling\.alpha\.kubernetes\.io\/(conditions|current-metrics)"\])?$/,
    'status that autoscaling/v1 keeps in annotations',
    () => true,
  ),
  rule(
    'MutatingWebhookConfiguration',
    /^webhooks\[\d\]\.sideEffects$/,
    'v1 knows None and NoneOnDryRun only',
    (was, is) => was === 'Unknown' && is === 'None',
  ),
];

/** Undefined where no rule speaks of a field; else whether it is what the rule wants. */
export function ruleFor(
  path: string,
  was: unknown,
  is: unknown,
  around: Around,
): { reason: string; holds: boolean } | undefined {
  const inForce = around.newer ? [...newerRules, ...rules] : rules;
  const found = inForce.find(
    (one) => (one.kind === '*' || one.kind === around.archived.kind) && one.path.test(path),
  );
  return found && { reason: found.reason, holds: found.holds(was, is, around) };
}

/** Who keeps the reference to an owner must name the owner that is there now. */
function ownersAreTheSame(was: unknown, is: unknown, { archived, uidOf }: Around): boolean {
  const before = (was ?? []) as OwnerReference[];
  return ((is ?? []) as OwnerReference[]).every(({ kind, name, uid }) => {
    const place = placeOf({ ...archived, metadata: { ...archived.metadata, name } });
    return (
      before.some((one) => one.kind === kind && one.name === name) &&
      [uidOf(kind, place), uidOf(kind, name)].includes(uid)
    );
  });
}

/** Somebody chose a port when the manifest that was applied, or the fields that a manager owns, name it. */
function isChosen({ metadata, spec }: FixtureObject, port: unknown): boolean {
  const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
  if (applied.includes(`"nodePort":${port}`)) return true;
  const { port: number, protocol } = spec.ports.find(
    ({ nodePort }: { nodePort?: number }) => nodePort === port,
  );
  const key = `k:{"port":${number},"protocol":"${protocol}"}`;
  return ((metadata.managedFields ?? []) as ManagedFields[]).some(
    ({ fieldsV1 }) => fieldsV1['f:spec']?.['f:ports']?.[key]?.['f:nodePort'] !== undefined,
  );
}

interface ManagedFields {
  fieldsV1: { 'f:spec'?: { 'f:ports'?: Record<string, Record<string, unknown>> } };
}

function isToken({ type }: FixtureObject): boolean {
  return type === 'kubernetes.io/service-account-token';
}

function tokenIsNew(was: unknown, is: unknown, { archived }: Around): boolean {
  return isToken(archived) ? is === undefined || is !== was : is === was;
}

function isRevision(value: unknown): boolean {
  const text =
    typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)['deployment.kubernetes.io/revision']
      : value;
  return text === undefined || /^\d+$/.test(String(text));
}
