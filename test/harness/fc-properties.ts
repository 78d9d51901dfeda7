import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnySchemaObject } from 'ajv';

/** Of a function, as component fc3 takes them. */
export interface Props {
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
export type Resources = Record<string, { component: string; props: Props }>;

const root = join(__dirname, '..', '..');
const schemaFile = join(root, '..', 'shared', 'reference', 'fc3.schema.json');
/** Of fc3, where it lies beside the checkout. */
export const schema: AnySchemaObject | undefined = existsSync(schemaFile)
  ? JSON.parse(readFileSync(schemaFile, 'utf8'))
  : undefined;

/** What Serverless Devs makes of the s.yaml of a folder, without a network or a home of its own. */
export function preview(folder = root): Resources {
  const home = mkdtempSync(join(tmpdir(), 'lifeboat-s-'));
  try {
    const output = execFileSync(join(root, 'node_modules', '.bin', 's'), ['preview', '-o', 'json'], {
      cwd: folder,
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
export function unknownFields(value: unknown, rule: AnySchemaObject, path = ''): string[] {
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
export const knownFields = new Set(
  `functionName description region runtime handler code role cpu memorySize diskSize timeout internetAccess logConfig
   environmentVariables asyncInvokeConfig triggers vpcConfig concurrencyConfig`.split(/\s+/),
);
