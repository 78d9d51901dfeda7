/** What a function is given (`s.yaml`). */
export interface FunctionSize {
  /** vCPU. */
  cpu: number;
  /** MB. */
  memory: number;
  /** MB. */
  disk: number;
}

/** As `s.yaml` deploys them. */
export const functionSizes: Readonly<Record<string, FunctionSize>> = {
  backup: { cpu: 1, memory: 1024, disk: 512 },
  'scheduled-backup': { cpu: 0.35, memory: 512, disk: 512 },
  'retention-expiry': { cpu: 0.35, memory: 512, disk: 512 },
};
