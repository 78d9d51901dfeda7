import type { FunctionSize } from './function-sizes';
import { computeUnits, releaseDelaySeconds } from './prices';

/** MB in a GB of Function Compute. */
const gigabyte = 1024;
const freeDiskMb = 512;

/**
 * Compute units of one invocation that lasts so many seconds, and then leaves its instance for `delay` seconds, in which only
 * its memory counts.
 */
export function invocationUnits(
  { cpu, memory, disk }: FunctionSize,
  seconds: number,
  delay: number = releaseDelaySeconds,
): number {
  const { perInvocation, perCpuSecond, perMemoryGigabyteSecond, perDiskGigabyteSecond } = computeUnits;
  const memoryUnits = (memory / gigabyte) * perMemoryGigabyteSecond;
  const diskUnits = (Math.max(0, disk - freeDiskMb) / gigabyte) * perDiskGigabyteSecond;
  return perInvocation + seconds * (cpu * perCpuSecond + memoryUnits + diskUnits) + delay * memoryUnits;
}
