import { dump, load, YAML11_SCHEMA } from 'js-yaml';
import { LifeboatError } from '../../platform/errors';
import { checkDeployment } from './check-deployment';
import { deployedName, functionNames, workers } from './functions';

/** Where a function has an interface of its own, so that it reaches the API servers there. */
export interface Network {
  vpcId: string;
  vSwitchIds: string[];
  securityGroupId: string;
}

export interface RenderOptions {
  /** Without them the file asks the environment, as s.yaml does. */
  region?: string;
  accountId?: string;
  /** `oss://bucket/prefix`. */
  state?: string;
  /** How the functions reach the state. Default internal. */
  networkType?: 'public' | 'internal';
  /** Of functions and roles. Default `lifeboat`. */
  prefix?: string;
  /** One for each vault whose backups are replicated as they land. */
  triggers?: readonly { triggerName: string }[];
  /** Of the workers without a network of their own. */
  vpc?: Network;
  /** By name: each gets workers of its own. */
  networks?: Readonly<Record<string, Network>>;
  /** Default `auto`: Serverless Devs makes one. */
  log?: { project: string; logstore: string };
}

interface Document {
  vars: Record<string, unknown>;
  resources: Record<string, { component: string; props: Record<string, unknown> }>;
}

/** What the environment of Serverless Devs must hold for a rendered file: secrets are never written into one. */
const head = `# Written by \`lifeboat deploy render\`; change it there, or by hand. \`npm run build\`, then \`s deploy -y -t <this file>\`.
# Secrets come from the environment: LIFEBOAT_SEAL_KEY, and where they are used the keys that s.yaml names.
`;

/**
 * s.yaml for given vaults, networks and names: the same functions with the same limits and triggers. Throws `invalid` when the
 * template is none, naming what the deployment cannot be called or be in, and for two vaults of which the triggers would have
 * one name.
 * @param template text of s.yaml
 */
export function renderDeployment(template: string, options: RenderOptions = {}): string {
  const { region, accountId, prefix } = options;
  checkDeployment({ region, accountId, prefix, networks: Object.keys(options.networks ?? {}) });
  const document = load(template, { schema: YAML11_SCHEMA }) as Document;
  const { vars, resources } = document;
  if (!resources?.backup || !vars) throw new LifeboatError('invalid', 's.yaml is not that of Lifeboat');
  const { triggers, vpc, networks = {}, log } = options;
  for (const [name, { props }] of Object.entries(resources)) {
    if (log) props.logConfig = { ...log, enableRequestMetrics: true, enableInstanceMetrics: true };
    if (vpc && isWorkerName(name)) props.vpcConfig = vpc;
  }
  for (const [network, where] of Object.entries(networks)) {
    for (const name of workers) {
      const { component, props } = structuredClone(resources[name]!);
      const functionName = deployedName('lifeboat', name, network);
      const role = String(props.role).replace(/[^/]+$/, functionName);
      resources[`${name}-${network}`] = {
        component,
        props: { ...props, functionName, role, vpcConfig: where },
      };
    }
  }
  // The anchors of the template live here, and are written out where they are used.
  document.vars = { region: vars.region, account: vars.account };
  const text = JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'string' ? filled(value, options, vars) : value,
  );
  const whole = JSON.parse(text) as Document;
  // What is given is not ours to rename.
  if (triggers) withTriggers(whole.resources['cross-cluster-restore']!.props, triggers);
  return head + dump(whole, { lineWidth: -1, noRefs: true });
}

function isWorkerName(name: string): boolean {
  return (workers as readonly string[]).includes(name);
}

function withTriggers(props: Record<string, unknown>, triggers: readonly { triggerName: string }[]): void {
  const names = triggers.map(({ triggerName }) => triggerName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new LifeboatError('invalid', `two vaults would have the trigger ${twice}`, {
      hint: 'give each a name of its own: --vault name=oss://bucket/prefix',
    });
  }
  if (triggers.length > 0) props.triggers = triggers;
  // Then the timer alone tells what landed.
  else delete props.triggers;
}

const ownName = new RegExp(`\\blifeboat-(?=(${functionNames.join('|')})\\b)`, 'g');

/** Puts what is known in the place of the questions to the environment. */
function filled(text: string, options: RenderOptions, vars: Record<string, unknown>): string {
  const { state, region, accountId, networkType, prefix = 'lifeboat' } = options;
  const known: Record<string, string | undefined> = {
    LIFEBOAT_STATE: state,
    LIFEBOAT_REGION: region,
    ALIYUN_ACCOUNT_ID: accountId,
  };
  if (networkType && text === 'internal') return networkType;
  return text
    .replace(ownName, `${prefix}-`)
    .replace(/\$\{env\('([A-Z_]+)'(?:, '[^']*')?\)\}/g, (whole, name: string) => known[name] ?? whole)
    .replace(/\$\{vars\.(vaultBucket|vaultPrefix)\}/g, (_, name: string) => String(vars[name]));
}
