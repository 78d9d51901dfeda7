import { isMap } from '../../../../platform/input/is-map';

/**
 * The fields by which the lists of built-in kinds are merged (`x-kubernetes-list-map-keys` of the API), by the name of
 * the list. Lists that are not here are replaced as a whole.
 */
const keysOf: Record<string, string[][]> = {
  containers: [['name']],
  initContainers: [['name']],
  ephemeralContainers: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  env: [['name']],
  imagePullSecrets: [['name']],
  schedulingGates: [['name']],
  resourceClaims: [['name']],
  matchConditions: [['name']],
  secrets: [['name']],
  hostAliases: [['ip']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  conditions: [['type']],
  ownerReferences: [['uid']],
  // Container ports, service ports.
  ports: [
    ['containerPort', 'protocol'],
    ['port', 'protocol'],
  ],
  webhooks: [['name']],
};

/** The merge keys of a list, or undefined when it is atomic. */
export function listKeys(field: string, items: unknown[]): string[] | undefined {
  if (!items.every(isMap)) return undefined;
  return keysOf[field]?.find((keys) => items.every((item) => item[keys[0]!] !== undefined));
}
