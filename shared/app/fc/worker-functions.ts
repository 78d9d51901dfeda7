/** Names of the functions that carry runs out. */
export interface WorkerFunctions {
  backups: string;
  restores: string;
}

/**
 * The functions of one network: clusters name it (`spec.network`), and each network has workers of its own, since a function
 * is in one VPC. Without a network the names are as they are, `lifeboat-backup`; else the network follows: `lifeboat-backup-beijing`.
 */
export function workerFunctions(names: WorkerFunctions, network: string | undefined): WorkerFunctions {
  if (network === undefined) return names;
  return { backups: `${names.backups}-${network}`, restores: `${names.restores}-${network}` };
}
