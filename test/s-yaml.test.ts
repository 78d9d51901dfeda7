import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import Ajv, { type AnySchemaObject } from 'ajv';
import { oneMachineFunctions, workerMemory } from '../local/one-machine-functions';
import { readSettings } from '../shared/installation/settings';

interface Props {
  functionName: string;
  code: string;
  role: string;
  timeout: number;
  diskSize: number;
  environmentVariables: Record<string, string>;
  asyncInvokeConfig?: {
    asyncTask?: boolean;
    maxAsyncRetryAttempts?: number;
    destinationConfig?: { onFailure?: { destination?: string } };
  };
  triggers?: { triggerName: string; triggerType: string; triggerConfig: Record<string, unknown> }[];
}
type Resources = Record<string, { component: string; props: Props }>;

const root = join(__dirname, '..');
const schemaFile = join(root, '..', 'shared', 'reference', 'fc3.schema.json');
const schema: AnySchemaObject | undefined = existsSync(schemaFile)
  ? JSON.parse(readFileSync(schemaFile, 'utf8'))
  : undefined;
const withSchema = schema ? it : it.skip;
const whySkipped = schema ? '' : ' (skipped: the schema of fc3 is not beside the checkout)';

/** What Serverless Devs makes of s.yaml, without a network or a home of its own. */
function preview(): Resources {
  const home = mkdtempSync(join(tmpdir(), 'lifeboat-s-'));
  try {
    const output = execFileSync(join(root, 'node_modules', '.bin', 's'), ['preview', '-o', 'json'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        // No telemetry.
        NODE_ENV: 'test',
        ALIYUN_ACCOUNT_ID: '1234567890123456',
        LIFEBOAT_STATE: 'oss://state-bucket/lifeboat',
        LIFEBOAT_SEAL_KEY: Buffer.alloc(32, 1).toString('base64'),
        LIFEBOAT_NOTIFICATION_KEY: Buffer.alloc(32, 2).toString('base64'),
        LIFEBOAT_DEAD_MAN_URL: 'https://alive.example.com/lifeboat',
        LIFEBOAT_VAULT_BUCKET: 'vault-bucket',
        LIFEBOAT_VAULT_PREFIX: 'team/',
      },
    });
    return JSON.parse(output.slice(output.indexOf('{'))).resources;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Fields that the schema does not know: it lets them pass, and a misspelt one would have no effect. */
function unknownFields(value: unknown, rule: AnySchemaObject, path = ''): string[] {
  const whole = resolve(rule);
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => unknownFields(item, whole.items ?? {}, `${path}[${i}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const alternatives: AnySchemaObject[] = whole.anyOf ?? whole.oneOf ?? [];
  if (alternatives.length > 0) {
    const found = alternatives.map((each) => unknownFields(value, each, path));
    return found.sort((a, b) => a.length - b.length)[0]!;
  }
  if (!whole.properties) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const property = whole.properties[name] as AnySchemaObject | undefined;
    return property ? unknownFields(inner, property, `${path}.${name}`) : [`${path}.${name}`];
  });
}

function resolve(rule: AnySchemaObject): AnySchemaObject {
  const [, name] = /^#\/definitions\/(.+)$/.exec(rule.$ref ?? '') ?? [];
  return name ? resolve(schema!.definitions[name]) : rule;
}

/** Every field that our s.yaml uses; one that is not here is new or misspelt. */
const knownFields = new Set(
  `functionName description region runtime handler code role cpu memorySize diskSize timeout internetAccess logConfig
   environmentVariables asyncInvokeConfig triggers`.split(/\s+/),
);

describe('s.yaml', () => {
  let resources: Resources;
  beforeAll(() => {
    resources = preview();
  }, 60_000);

  it('deploys every function, from the folder of its bundle, with a role of its own', () => {
    const functions = readdirSync(join(root, 'functions')).map((file) => file.replace(/\.ts$/, ''));
    expect(Object.keys(resources).sort()).toEqual(functions.sort());
    for (const [name, { component, props }] of Object.entries(resources)) {
      expect(component).toBe('fc3');
      expect(props).toMatchObject({
        functionName: `lifeboat-${name}`,
        role: `acs:ram::1234567890123456:role/lifeboat-${name}`,
        runtime: 'nodejs20',
        handler: 'index.handler',
      });
      expect(props.code).toMatch(new RegExp(`(^|/)dist/functions/${name}$`));
    }
  });

  it('has the functions, time limits and retries of the one-machine system', () => {
    const { functions } = oneMachineFunctions('dist', {});
    for (const { name, timeout } of functions) {
      const found = Object.values(resources).find(({ props }) => props.functionName === name);
      expect([name, found?.props.timeout]).toEqual([name, timeout]);
    }
    expect(functions).toHaveLength(Object.keys(resources).length);
  });

  it('keeps the memory of the workers small as the one-machine system does', () => {
    for (const name of ['backup', 'restore']) {
      const props = resources[name]!.props;
      expect(props.environmentVariables).toMatchObject(workerMemory);
    }
  });

  it('gives every function an environment that it can read, and the sealing key to two of them', () => {
    for (const [name, { props }] of Object.entries(resources)) {
      const settings = readSettings(props.environmentVariables);
      expect(settings).toMatchObject({
        state: { bucket: 'state-bucket', prefix: 'lifeboat' },
        functions: { backups: 'lifeboat-backup', restores: 'lifeboat-restore' },
        local: false,
      });
      expect([name, settings.sealKey !== undefined]).toEqual([name, name === 'backup' || name === 'restore']);
    }
  });

  it('never lets anybody call over HTTP without a signature', () => {
    const http = Object.values(resources).flatMap(({ props }) =>
      (props.triggers ?? []).filter(({ triggerType }) => triggerType === 'http'),
    );
    expect(http.map(({ triggerConfig }) => triggerConfig.authType)).toEqual(['function']);
    expect(readFileSync(join(root, 's.yaml'), 'utf8')).not.toMatch(/authType:\s*['"]?anonymous/);
  });

  it('starts each worker as a task that Function Compute does not retry', () => {
    for (const name of ['backup', 'restore']) {
      expect(resources[name]!.props.asyncInvokeConfig).toMatchObject({
        asyncTask: true,
        maxAsyncRetryAttempts: 0,
      });
    }
  });

  it('tells people of every asynchronous invocation that fails, but for those of the function that tells', () => {
    for (const [name, { props }] of Object.entries(resources)) {
      const destination = props.asyncInvokeConfig?.destinationConfig?.onFailure?.destination;
      const asynchronous = props.asyncInvokeConfig !== undefined;
      const told = asynchronous && name !== 'notify';
      expect([name, asynchronous]).toEqual([name, name !== 'api']);
      expect([name, destination]).toEqual([
        name,
        told ? 'acs:fc:cn-hangzhou:1234567890123456:functions/lifeboat-notify' : undefined,
      ]);
    }
  });

  it('lets those who tell people open where to, and nobody with that key a kubeconfig', () => {
    const keys = Object.entries(resources).map(([name, { props }]) => {
      const { notificationKey, sealKey, deadManUrl } = readSettings(props.environmentVariables);
      return [name, notificationKey !== undefined, sealKey !== undefined, deadManUrl !== undefined];
    });
    expect(keys.filter(([, notify]) => notify).sort()).toEqual([
      ['notify', true, false, false],
      ['retention-expiry', true, false, false],
      ['scheduled-backup', true, false, true],
    ]);
  });

  it('gives restore the large disk', () => {
    expect(resources.restore!.props.diskSize).toBe(10_240);
  });

  it('fires ticks every minute, retention every hour, and replication on manifests in the vault only', () => {
    const triggers = Object.values(resources).flatMap(({ props }) => props.triggers ?? []);
    const configOf = (name: string) =>
      triggers.find(({ triggerName }) => triggerName === name)?.triggerConfig;
    expect(configOf('every-minute')).toMatchObject({ cronExpression: '0 * * * * *', enable: true });
    expect(configOf('every-hour')).toMatchObject({ cronExpression: '0 7 * * * *', enable: true });
    expect(configOf('landed-backup')).toEqual({
      events: ['oss:ObjectCreated:PutObject', 'oss:ObjectCreated:CompleteMultipartUpload'],
      filter: { key: { prefix: 'team/backups/', suffix: '/velero-backup.json' } },
    });
  });

  it('has no field that is not known', () => {
    for (const { props } of Object.values(resources)) {
      expect(Object.keys(props).filter((field) => !knownFields.has(field))).toEqual([]);
    }
  });

  withSchema(`passes the schema of fc3, which knows every field of it${whySkipped}`, () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema!);
    for (const [name, { props }] of Object.entries(resources)) {
      expect([name, validate(props), validate.errors]).toEqual([name, true, null]);
      expect(unknownFields(props, schema!)).toEqual([]);
    }
    expect(validate({ ...resources.api!.props, memorySize: 100 })).toBe(false);
    expect(unknownFields({ ...resources.api!.props, timeuot: 1 }, schema!)).toEqual(['.timeuot']);
  });
});
