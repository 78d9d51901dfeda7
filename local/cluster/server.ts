import type { Clock, Random } from '../../shared/platform/clock';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { Authentication } from './access/authentication';
import { Authorization } from './access/authorization';
import { bootstrap } from './bootstrap';
import { builtInVersion } from './kinds/built-in-kinds';
import { ControllerLoop } from './controllers/controllers';
import { definitionController } from './controllers/definition-controller';
import { DiscoveryDocuments } from './http/discovery';
import { ClusterFaults } from './http/faults';
import { garbageCollector } from './controllers/garbage-collector';
import { HttpsFront } from './http/https-front';
import { openIdentity } from './http/identity';
import { kindRules } from './kinds/kind-rules';
import { apiServiceController, deadGroupVersions } from './kinds/api-services';
import { endpointsController } from './kinds/endpoints';
import { volumeController } from './controllers/volume-controller';
import { workloadController } from './kinds/workloads';
import { kubeconfigText } from './http/kubeconfig-text';
import { applyManifests } from './folder/manifest-loading';
import { namespaceController, recheckTerminating } from './controllers/namespace-controller';
import { ObjectApi } from './objects/object-api';
import { pooledRandom } from './objects/pooled-random';
import { Router } from './http/router';
import { ServedResources } from './kinds/served-resources';
import { restoreState } from './folder/state-restoring';
import { Storage } from './objects/storage';
import { tokenSecretController } from './controllers/token-secrets';
import { YamlFolder } from './folder/yaml-folder';

export interface SandboxClusterOptions {
  /** Name of the cluster in the kubeconfig; default `sandbox`. */
  name?: string;
  /** Default: any free one. */
  port?: number;
  /** State is read from and written to this folder of YAML; made when missing. Default: none is kept. */
  directory?: string;
  /** Whether claims of a class that exists are given a volume; default true. */
  provisionClaims?: boolean;
  /** What `/version` says; default the release whose kinds are served, with `-sandbox`. */
  version?: string;
  clock?: Clock;
  random?: Random;
}

/**
 * A stand-in for a Kubernetes cluster, in memory, for a first run without one. It speaks the API as far as backup and
 * restore need it, held to real API servers by test/contract/cluster.ts, and plays the controllers whose work one
 * expects to see: namespaces, garbage collection, claims and volumes, Deployments, StatefulSets, endpoints, tokens of
 * service accounts, to which RBAC is applied.
 *
 * Not played: anything that runs in a pod (exec, logs, data in volumes), nodes and scheduling, Jobs and DaemonSets,
 * rollouts, quotas, aggregated roles and what may be granted to others (`escalate`, `bind`), webhooks and aggregated APIs that answer (their
 * backends are always dead), defaults and validation of built-in kinds beyond the names, ports and immutable fields
 * of kinds-*.ts, conversion between versions other than events, CEL rules, protobuf, tables, the OpenAPI document.
 * Past revisions are forgotten only when `faults.compact()` says so, or when there are too many.
 */
export interface SandboxCluster {
  /** YAML, with the CA and an administrator's bearer token inline. */
  kubeconfig: string;
  /** `https://127.0.0.1:PORT`. */
  server: string;
  token: string;
  /** PEM. */
  ca: string;
  faults: ClusterFaults;
  /** Applies manifests (YAML, any number of documents) without going over the network; throws StatusError. */
  load(yaml: string): Promise<void>;
  /** Resolves when the controllers have no work left. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a sandbox cluster on 127.0.0.1. */
export async function startSandboxCluster(options: SandboxClusterOptions = {}): Promise<SandboxCluster> {
  const clock = options.clock ?? systemClock;
  const random = pooledRandom(options.random ?? systemRandom);
  const name = options.name ?? 'sandbox';
  const { certificate, token } = await openIdentity(options.directory, { clock, random });
  const storage = new Storage();
  const served = new ServedResources();
  const folder = options.directory === undefined ? undefined : new YamlFolder(options.directory, served);
  const isNew = !restoreState(await (folder?.read() ?? []), storage, served);
  folder?.follow(storage);
  const faults = new ClusterFaults(
    () => storage.compact(),
    () => recheckTerminating(controllers.context, stale),
  );
  const stale = () => [...faults.stale(), ...deadGroupVersions(storage)];
  const api = new ObjectApi({ storage, rules: kindRules(random), clock, random });
  const controllers: ControllerLoop = new ControllerLoop(
    [
      definitionController,
      namespaceController(certificate.caCertificate, stale),
      garbageCollector,
      volumeController(options.provisionClaims ?? true),
      workloadController,
      endpointsController,
      tokenSecretController(certificate.caCertificate),
      apiServiceController,
    ],
    {
      api,
      storage,
      served,
      clock,
      random,
    },
  );
  if (isNew) bootstrap(api, served);
  const discovery = new DiscoveryDocuments(() => served.all(), stale);
  const gitVersion = options.version ?? `${builtInVersion}-sandbox`;
  const authentication = new Authentication(storage, token);
  const router = new Router({
    served,
    storage,
    api,
    discovery,
    stale,
    version: versionDocument(gitVersion),
    access: { authentication, authorization: new Authorization(storage) },
  });
  const front = new HttpsFront(certificate, { router, storage, faults, authentication, clock });
  const port = await front.listen(options.port ?? 0);
  const server = `https://127.0.0.1:${port}`;
  await controllers.settled();
  return {
    kubeconfig: kubeconfigText({ name, server, ca: certificate.caCertificate, token }),
    server,
    token,
    ca: certificate.caCertificate,
    faults,
    load: async (yaml) => {
      await applyManifests(yaml, { api, served, settled: () => controllers.settled() });
    },
    settled: () => controllers.settled(),
    close: async () => {
      controllers.close();
      await front.close();
      await folder?.close();
    },
  };
}

function versionDocument(gitVersion: string): Record<string, string> {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'sandbox',
    platform: `${process.platform}/${process.arch}`,
  };
}
