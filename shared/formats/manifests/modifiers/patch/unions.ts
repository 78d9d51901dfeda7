import { isMap } from '../../../../platform/input/is-map';

type Fields = Record<string, unknown>;

const probe = [['exec', 'httpGet', 'tcpSocket', 'grpc']];
const handler = [['exec', 'httpGet', 'tcpSocket', 'sleep']];

/** By the field that holds them: fields of built-in kinds of which an object has one at most (`oneOf` in the API's validation). */
const unions: Record<string, readonly (readonly string[])[]> = {
  env: [['value', 'valueFrom']],
  valueFrom: [['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']],
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  postStart: handler,
  preStop: handler,
  defaultBackend: [['service', 'resource']],
  port: [['name', 'number']],
  clientConfig: [['url', 'service']],
  paramRef: [['name', 'selector']],
  // PodDisruptionBudget.
  spec: [['minAvailable', 'maxUnavailable']],
};

/** Fields whose other fields go with their discriminator: strategies, profiles, the conversion of a definition. */
const discriminators: Record<string, string> = {
  strategy: 'type',
  updateStrategy: 'type',
  seccompProfile: 'type',
  appArmorProfile: 'type',
  limitResponse: 'type',
  conversion: 'strategy',
};

/**
 * Takes away what a map may not keep beside the fields that a merge brings: the other members of a union (a volume has one
 * source, a variable has a value or a source of it), and what another type of strategy left behind (patch strategy
 * retainKeys of the API). The API server's own strategic merge does not: clients send it directives. Gives a new map where
 * something goes.
 *
 * @param field the name of the field, or of the list, that holds the map; empty for the object itself
 */
export function withoutOtherMembers(field: string, target: Fields, brought: Fields): Fields {
  const others = otherMembers(field, target, brought);
  if (others.size === 0) return target;
  return Object.fromEntries(Object.entries(target).filter(([name]) => !others.has(name)));
}

function otherMembers(field: string, target: Fields, brought: Fields): Set<string> {
  const others = new Set<string>();
  const drop = (names: readonly string[]) => {
    for (const name of names) if (!Object.hasOwn(brought, name)) others.add(name);
  };
  const discriminator = discriminators[field];
  if (discriminator && isAnother(brought[discriminator], target[discriminator])) drop(Object.keys(target));
  // All but the name of a volume is its source.
  if (field === 'volumes' && Object.keys(brought).some((name) => name !== 'name')) drop(Object.keys(target));
  for (const union of unions[field] ?? []) {
    if (union.some((name) => Object.hasOwn(brought, name))) drop(union);
  }
  if (field === 'spec' && brought.sessionAffinity === 'None') drop(['sessionAffinityConfig']);
  return others;
}

function isAnother(brought: unknown, present: unknown): boolean {
  return brought !== undefined && brought !== present;
}

/**
 * Takes the keys away that a merge brings to the other half of a ConfigMap: one that is in `data` and in `binaryData` is
 * refused. Gives a new object where something goes.
 */
export function withoutKeysOfBoth(target: Fields, brought: Fields): Fields {
  const result = { ...target };
  for (const [half, other] of [
    ['data', 'binaryData'],
    ['binaryData', 'data'],
  ] as const) {
    const keys = brought[half];
    const held = target[other];
    if (!isMap(keys) || !isMap(held)) continue;
    result[other] = Object.fromEntries(Object.entries(held).filter(([key]) => !Object.hasOwn(keys, key)));
  }
  return result;
}
