import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kubeconfigOf, writeCredentials } from './credentials';
import { freePorts } from './free-ports';
import { GuardedProcess } from './guarded-process';
import { runProgram } from './run-program';

/** A running control plane: etcd, kube-apiserver and kube-controller-manager; no nodes, so pods stay Pending. */
export interface RealCluster {
  /** YAML with everything inline; its user is in system:masters. */
  kubeconfig: string;
  /** `gitVersion` of /version, for example `v1.37.2`. */
  version: string;
  /** `https://127.0.0.1:<port>` */
  server: string;
  token: string;
  /** PEM */
  caCertificate: string;
  /** Where its logs are. */
  folder: string;
  /** Runs kubectl as the administrator; resolves to its standard output, rejects with its standard error. */
  kubectl(...parameters: string[]): Promise<string>;
  /** `kubectl create -f -` of a YAML or JSON text; a field that the API server does not know is lost. */
  create(manifests: string): Promise<string>;
  /** The same with `kubectl apply -f -`. */
  apply(manifests: string): Promise<string>;
  /** Kills the API server, and starts it again after some milliseconds. Resolves when it answers. */
  killApiServer(awayFor: number): Promise<void>;
  /** Ends the processes and removes the folder. */
  stop(): Promise<void>;
}

export interface RealClusterOptions {
  /** Folder with etcd, kube-apiserver, kube-controller-manager and kubectl; default: what KUBEBUILDER_ASSETS names. */
  assets?: string;
  extraApiServerFlags?: string[];
}

/** Starts a control plane on free loopback ports, as envtest does. About five seconds. */
export async function startRealCluster(options: RealClusterOptions = {}): Promise<RealCluster> {
  const assets = options.assets ?? process.env.KUBEBUILDER_ASSETS;
  if (!assets) throw new Error('KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver');
  for (const program of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']) {
    if (!existsSync(join(assets, program))) throw new Error(`${assets} holds no ${program}`);
  }
  // A port that was free may be taken by the time the program binds it.
  try {
    return await start(assets, options.extraApiServerFlags ?? []);
  } catch (error) {
    if (!String(error).includes('address already in use')) throw error;
    return start(assets, options.extraApiServerFlags ?? []);
  }
}

async function start(assets: string, extraApiServerFlags: string[]): Promise<RealCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-real-cluster-'));
  const processes: GuardedProcess[] = [];
  const run = (program: string, flags: Record<string, string>, more: string[] = []) => {
    const parameters = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const started = new GuardedProcess(
      program,
      join(assets, program),
      [...parameters, ...more],
      join(folder, `${program}.log`),
    );
    processes.push(started);
    return started;
  };
  const stop = async () => {
    for (const each of processes.reverse()) await each.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    const [client, peer, api, manager] = await freePorts(4);
    const pki = await writeCredentials(join(folder, 'pki'));
    const etcd = `http://127.0.0.1:${client}`;
    run('etcd', {
      'data-dir': join(folder, 'etcd'),
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
      'listen-client-urls': etcd,
      'advertise-client-urls': etcd,
      'listen-peer-urls': `http://127.0.0.1:${peer}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peer}`,
      'initial-cluster': `default=http://127.0.0.1:${peer}`,
    });
    const server = `https://127.0.0.1:${api}`;
    const apiServerFlags = {
      'etcd-servers': etcd,
      'secure-port': String(api),
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'endpoint-reconciler-type': 'none',
      'tls-cert-file': pki.certificate,
      'tls-private-key-file': pki.key,
      'token-auth-file': pki.tokens,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': pki.serviceAccountPublicKey,
      'service-account-signing-key-file': pki.serviceAccountKey,
      'authorization-mode': 'Node,RBAC',
      'allow-privileged': 'true',
      'service-cluster-ip-range': '10.96.0.0/16',
      profiling: 'false',
    };
    const runApiServer = () => run('kube-apiserver', apiServerFlags, extraApiServerFlags);
    let apiServer = runApiServer();

    const ask = (path: string) => get(`${server}${path}`, pki.caPem, pki.token);
    const apiServerAnswers = () =>
      waitFor('kube-apiserver', processes, async () => (await ask('/readyz')).status === 200);
    await apiServerAnswers();
    const kubeconfig = kubeconfigOf(server, pki.caPem, pki.token);
    const kubeconfigFile = join(folder, 'kubeconfig');
    await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 });
    const version = JSON.parse((await ask('/version')).body).gitVersion as string;
    const managerFlags: Record<string, string> = {
      kubeconfig: kubeconfigFile,
      'leader-elect': 'false',
      'secure-port': String(manager),
      'bind-address': '127.0.0.1',
      'service-account-private-key-file': pki.serviceAccountKey,
      'root-ca-file': pki.ca,
      'use-service-account-credentials': 'false',
      'cluster-signing-cert-file': pki.ca,
      'cluster-signing-key-file': pki.caKey,
      profiling: 'false',
      // Claims and volumes are looked at again every 15 seconds otherwise: a claim that comes after its volume waits for that.
      'pvclaimbinder-sync-period': '1s',
      // Its client waits between requests otherwise: a namespace of many kinds takes seconds longer to end.
      'kube-api-qps': '500',
      'kube-api-burst': '1000',
    };
    // Up to 1.22 it listens on the fixed port 10252 as well, so that only one could run on a machine.
    if (Number(/^v1\.(\d+)/.exec(version)?.[1]) <= 22) managerFlags.port = '0';
    run('kube-controller-manager', managerFlags);
    await waitFor('the default service account', processes, async () => {
      return (await ask('/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
    });
    const kubectl = (parameters: string[], input?: string) =>
      runProgram(join(assets, 'kubectl'), ['--kubeconfig', kubeconfigFile, ...parameters], input);
    return {
      kubeconfig,
      version,
      server,
      token: pki.token,
      caCertificate: pki.caPem,
      folder,
      kubectl: (...parameters) => kubectl(parameters),
      create: (manifests) => kubectl(['create', ...unvalidated, '-f', '-'], manifests),
      apply: (manifests) => kubectl(['apply', ...unvalidated, '--openapi-patch=false', '-f', '-'], manifests),
      async killApiServer(awayFor) {
        await apiServer.stop();
        processes.splice(processes.indexOf(apiServer), 1);
        await delay(awayFor);
        apiServer = runApiServer();
        await apiServerAnswers();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * kubectl validates against the OpenAPI document otherwise. The API server makes it anew after each new definition: several
 * seconds of both processors for one small manifest.
 */
const unvalidated = ['--validate=false'];

const longestStart = 180_000;

/** Waits up to some minutes, as a machine may be busy; fails at once, with the end of its log, when one of the programs has ended. */
async function waitFor(what: string, processes: GuardedProcess[], done: () => Promise<boolean>) {
  const deadline = Date.now() + longestStart;
  for (;;) {
    if (await done().catch(() => false)) return;
    const dead = processes.find((each) => each.ended);
    if (dead || Date.now() > deadline) {
      const log = dead ? (await readFile(dead.logFile, 'utf8')).slice(-2000) : '';
      throw new Error(dead ? `${dead.name} ended: ${log}` : `${what} did not come up within three minutes`);
    }
    await delay(100);
  }
}

async function get(url: string, ca: string, token: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, headers: { authorization: `Bearer ${token}` }, agent: false });
    sent.setTimeout(5000, () => sent.destroy(new Error('no answer within 5 s')));
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.end();
  });
}
