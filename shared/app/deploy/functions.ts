/** Lifeboat's functions, as the folder of their bundle and the end of their name call them. */
export const functionNames = [
  'backup',
  'restore',
  'scheduled-backup',
  'cross-cluster-restore',
  'retention-expiry',
  'notify',
  'api',
] as const;

export type FunctionName = (typeof functionNames)[number];

/** Those that work on a cluster: one of each for every network (`spec.network` of a cluster). */
export const workers = ['backup', 'restore'] as const satisfies readonly FunctionName[];

export function isWorker(name: FunctionName): name is (typeof workers)[number] {
  return (workers as readonly FunctionName[]).includes(name);
}

/** `lifeboat-backup`; with a network `lifeboat-backup-blue`. A role is called as its function. */
export function deployedName(prefix: string, name: FunctionName, network?: string): string {
  return network === undefined || !isWorker(name) ? `${prefix}-${name}` : `${prefix}-${name}-${network}`;
}
