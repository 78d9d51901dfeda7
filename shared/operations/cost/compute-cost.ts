import type { FunctionSize } from './function-sizes';
import { COMPUTE_UNITS, RELEASE_DELAY_SECONDS } from './prices';

/** MB in a GB of Function Compute. */
const GIGABYTE = 1024;
const FREE_DISK_MB = 512;

/**
 * Compute units of one invocation that lasts so many seconds, and then leaves its instance for `delay` seconds, in which only
 * its memory counts.
 */
export function invocationUnits(
  { cpu, memory, disk }: FunctionSize,
  seconds: number,
  delay: number = RELEASE_DELAY_SECONDS,
): number {
  const { perInvocation, perCpuSecond, perMemoryGigabyteSecond, perDiskGigabyteSecond } = COMPUTE_UNITS;
  const memoryUnits = (memory / GIGABYTE) * perMemoryGigabyteSecond;
  const diskUnits = (Math.max(0, disk - FREE_DISK_MB) / GIGABYTE) * perDiskGigabyteSecond;
  return perInvocation + seconds * (cpu * perCpuSecond + memoryUnits + diskUnits) + delay * memoryUnits;
}
