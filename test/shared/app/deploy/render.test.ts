import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import Ajv from 'ajv';
import { policies } from '../../../../shared/app/deploy/policies';
import { renderDeployment } from '../../../../shared/app/deploy/render';
import { vaultTrigger } from '../../../../shared/app/vaults/vault-trigger';
import { preview, type Props, type Resources, schema, unknownFields } from '../../../harness/fc-properties';

const template = readFileSync(join(__dirname, '../../../../s.yaml'), 'utf8');
const network = (n: number) => ({ vpcId: `vpc-${n}`, vSwitchIds: [`vsw-${n}`], securityGroupId: `sg-${n}` });
const vault = (name: string, bucket: string, subdirectory: string) =>
  vaultTrigger(
    {
      kind: 'Vault',
      metadata: { name },
      spec: { region: 'cn-beijing', bucket, subdirectory, networkType: 'internal' },
    },
    { region: 'cn-beijing', accountId: '1234567890123456' },
  );
const triggers = [vault('main', 'vault-a', 'team'), vault('other', 'lifeboat-backup', '')].flatMap((told) =>
  'trigger' in told ? [told.trigger] : [],
);

/** What Serverless Devs makes of a rendered file. */
function rendered(options: Parameters<typeof renderDeployment>[1]): Resources {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-render-'));
  try {
    writeFileSync(join(folder, 's.yaml'), renderDeployment(template, options));
    return preview(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const code = ({ props }: { props: Props }) => props.code.replace(/^.*dist\/functions\//, '');

describe('a rendered deployment', () => {
  let plain: Resources;
  let whole: Resources;
  beforeAll(() => {
    plain = rendered({});
    whole = rendered({
      region: 'cn-beijing',
      accountId: '1234567890123456',
      state: 'oss://state-b/lb',
      prefix: 'dr',
      triggers,
      vpc: network(1),
      networks: { blue: network(2) },
      log: { project: 'p', logstore: 'l' },
    });
  }, 60_000);

  it('without anything given is s.yaml', () => {
    const own = preview();
    expect(Object.keys(plain)).toEqual(Object.keys(own));
    for (const [name, { props }] of Object.entries(own)) {
      expect({ ...plain[name]!.props, code: code(plain[name]!) }).toEqual({ ...props, code: name });
    }
  });

  it('has workers of their own for each network, in its VPC, and nothing else there', () => {
    const places = Object.values(whole).map(({ props }) => [
      props.functionName,
      (props as { vpcConfig?: { vpcId: string } }).vpcConfig?.vpcId,
    ]);
    expect(places).toEqual([
      ['dr-backup', 'vpc-1'],
      ['dr-restore', 'vpc-1'],
      ['dr-scheduled-backup', undefined],
      ['dr-cross-cluster-restore', undefined],
      ['dr-retention-expiry', undefined],
      ['dr-notify', undefined],
      ['dr-api', undefined],
      ['dr-backup-blue', 'vpc-2'],
      ['dr-restore-blue', 'vpc-2'],
    ]);
    expect(code(whole['backup-blue']!)).toBe('backup');
  });

  it('gives each function a role of its name, for which there is a policy', () => {
    const known = Object.keys(
      policies({ state: { bucket: 'state-b' }, vaults: [], prefix: 'dr', networks: ['blue'] }),
    );
    const roles = Object.values(whole).map(({ props }) => props.role);
    expect(roles).toEqual(known.map((name) => `acs:ram::1234567890123456:role/${name}`).sort(byFirst(roles)));
  });

  it('knows state, names and region everywhere, and asks the environment for every secret', () => {
    for (const { props } of Object.values(whole)) {
      expect(props.environmentVariables).toMatchObject({
        LIFEBOAT_STATE: 'oss://state-b/lb',
        LIFEBOAT_REGION: 'cn-beijing',
        LIFEBOAT_BACKUP_FUNCTION: 'dr-backup',
      });
    }
    const text = renderDeployment(template, { state: 'oss://state-b/lb' });
    for (const name of ['SEAL_KEY', 'SIGNING_KEY', 'NOTIFICATION_KEY', 'VAULT_KEY'])
      expect(text).toContain(`LIFEBOAT_${name}: \${env('LIFEBOAT_${name}', '')}`);
  });

  it.each([
    ['a region that is none', { region: 'xx yy' }, 'is not a region'],
    ['an account that is none', { accountId: 'mine' }, 'is not the id of an account'],
    ['a name that is none', { prefix: 'DR' }, 'is not a name'],
    [
      'two vaults of one name',
      { triggers: [{ triggerName: 'landed-a' }, { triggerName: 'landed-a' }] },
      'two vaults would have the trigger landed-a',
    ],
  ])('is not written for %s', (_, options, reason) => {
    expect(() => renderDeployment(template, options)).toThrow(reason);
  });

  it('has one trigger a vault, whose bucket keeps its name', () => {
    expect(whole['cross-cluster-restore']!.props.triggers).toMatchObject([
      {
        triggerName: 'landed-main',
        sourceArn: 'acs:oss:cn-beijing:1234567890123456:vault-a',
        triggerConfig: { filter: { key: { prefix: 'team/backups/', suffix: '/velero-backup.json' } } },
      },
      {
        triggerName: 'landed-other',
        sourceArn: 'acs:oss:cn-beijing:1234567890123456:lifeboat-backup',
        triggerConfig: { filter: { key: { prefix: 'backups/' } } },
      },
    ]);
    expect(renderDeployment(template, { triggers: [] })).not.toContain('triggerType: oss');
  });

  (schema ? it : it.skip)(
    `passes the schema of fc3, which knows every field of it${schema ? '' : ' (skipped: it is not beside the checkout)'}`,
    () => {
      const validate = new Ajv({ strict: false, allErrors: true }).compile(schema!);
      for (const [name, { props }] of Object.entries(whole)) {
        expect([name, validate(props), validate.errors]).toEqual([name, true, null]);
        expect(unknownFields(props, schema!)).toEqual([]);
      }
    },
  );
});

/** In the order of other texts. */
function byFirst(order: readonly string[]) {
  return (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
}
