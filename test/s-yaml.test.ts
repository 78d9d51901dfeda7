import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import Ajv from 'ajv';
import { oneMachineFunctions, workerMemory } from '../local/one-machine-functions';
import { decide } from '../local/oss/policy/decide';
import { parsePolicy } from '../local/oss/policy/policy';
import { policies } from '../shared/app/deploy/policies';
import { readSettings } from '../shared/app/settings';
import { knownFields, preview, type Resources, schema, unknownFields } from './harness/fc-properties';

const root = join(__dirname, '..');
const withSchema = schema ? it : it.skip;
const whySkipped = schema ? '' : ' (skipped: the schema of fc3 is not beside the checkout)';

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

  it('lets each role do what its function is configured to do', () => {
    const all = policies({
      state: { bucket: 'state-bucket', prefix: 'lifeboat' },
      vaults: [{ bucket: 'vault-bucket', prefix: 'team' }],
    });
    for (const { props } of Object.values(resources)) {
      const policy = parsePolicy(all[props.role.split('/').pop()!]);
      const may = (action: string, resource: string) => decide([policy], { action, resource }) === 'allow';
      const { state } = readSettings(props.environmentVariables);
      expect(may('oss:GetObject', `acs:oss:r:1:${state.bucket}/${state.prefix}/installation.json`)).toBe(
        true,
      );
      const destination = props.asyncInvokeConfig?.destinationConfig?.onFailure?.destination;
      if (destination)
        expect([props.role, may('fc:InvokeFunction', destination)]).toEqual([props.role, true]);
    }
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
