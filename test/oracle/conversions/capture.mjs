// Asks Kubernetes' own functions for every source object in every version that its kind has, and writes what they give:
// node test/oracle/conversions/capture.mjs
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';

const inGroup = (group, ...versions) => versions.map((version) => `${group}/${version}`);
const flowControl = inGroup('flowcontrol.apiserver.k8s.io', 'v1beta1', 'v1beta2', 'v1beta3', 'v1');
const rbac = inGroup('rbac.authorization.k8s.io', 'v1alpha1', 'v1beta1', 'v1');

const versionsOf = {
  Deployment: ['extensions/v1beta1', ...inGroup('apps', 'v1beta1', 'v1beta2', 'v1')],
  DaemonSet: ['extensions/v1beta1', ...inGroup('apps', 'v1beta2', 'v1')],
  StatefulSet: inGroup('apps', 'v1beta1', 'v1beta2', 'v1'),
  ReplicaSet: ['extensions/v1beta1', ...inGroup('apps', 'v1beta2', 'v1')],
  ControllerRevision: inGroup('apps', 'v1beta1', 'v1beta2', 'v1'),
  NetworkPolicy: ['extensions/v1beta1', 'networking.k8s.io/v1'],
  Ingress: ['extensions/v1beta1', ...inGroup('networking.k8s.io', 'v1beta1', 'v1')],
  PriorityLevelConfiguration: flowControl,
  FlowSchema: flowControl,
  CronJob: inGroup('batch', 'v1beta1', 'v1'),
  HorizontalPodAutoscaler: inGroup('autoscaling', 'v1', 'v2beta1', 'v2beta2', 'v2'),
  ClusterRole: rbac,
  Role: rbac,
  CSIStorageCapacity: inGroup('storage.k8s.io', 'v1alpha1', 'v1beta1', 'v1'),
  CertificateSigningRequest: inGroup('certificates.k8s.io', 'v1beta1', 'v1'),
};

const folder = join(import.meta.dirname, '../../fixtures/conversions/go-v1.31.14');
const tasks = loadAll(readFileSync(join(folder, 'sources.yaml'), 'utf8')).map((object) => ({
  name: `${object.apiVersion} ${object.kind} ${object.metadata.name}`,
  to: versionsOf[object.kind].filter((one) => one !== object.apiVersion),
  object,
}));
const program = process.env.CONVERSIONS_PROGRAM ? [process.env.CONVERSIONS_PROGRAM] : ['go', 'run', '.'];
const output = execFileSync(program[0], program.slice(1), {
  cwd: import.meta.dirname,
  input: JSON.stringify(tasks),
});
const captured = JSON.parse(output.toString('utf8')).map(({ name, versions }) => {
  for (const object of Object.values(versions)) {
    // That of autoscalers lies elsewhere in each version, and a restore may be asked for it.
    if (object.kind !== 'HorizontalPodAutoscaler') delete object.status;
    // Go's way to write an empty list.
    else if (object.status.conditions === null) delete object.status.conditions;
    delete object.metadata.creationTimestamp;
  }
  return { name, versions };
});
writeFileSync(join(folder, 'captured.json'), `${JSON.stringify(captured, null, 1)}\n`);
