import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import before from './cost-table/before.json';
import { measureBackups, measureDeletions } from './cost-table/measure-backups';
import {
  type MeasuredInstallation,
  measuredInMemory,
  measuredOverOss,
} from './cost-table/measured-installation';
import type { Measurement } from './cost-table/measurement';
import { measureTicks } from './cost-table/measure-ticks';
import { withTable } from './cost-table/table';
import { startOss } from './start-oss';

/**
 * Measures what ticks, lists and retention ask of OSS, through the real client and against the embedded OSS server, and
 * writes the table of docs/cost.md. `npm run cost:table`; `-- --schedules 1,100 --backups 100` measures less and writes to stdout only.
 */
const { values } = parseArgs({
  options: {
    schedules: { type: 'string' },
    backups: { type: 'string' },
    json: { type: 'boolean' },
    'over-oss': { type: 'string' },
  },
});
const page = 'docs/cost.md';
/** Of more than this the requests are counted in memory: through the client it takes long, and so do single ticks. */
const overOss = 100;
const say = (line: string) => process.stderr.write(`${line}\n`);

async function costTable(): Promise<void> {
  const found: Measurement[] = [];
  for (const size of sizes(values.schedules, [1, 100, 1_000, 5_000]))
    found.push(...(await on(measureTicks, size, overOss)));
  for (const size of sizes(values.backups, [100, 1_000, 10_000]))
    found.push(...(await on(measureBackups, size, overOss)));
  if (!values.backups) found.push(...(await on(measureDeletions, 100, overOss)));
  if (values.json) {
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return;
  }
  const text = withTable(readFileSync(page, 'utf8'), before, found);
  if (values.schedules ?? values.backups) process.stdout.write(text);
  else writeFileSync(page, text);
}

/** On a server that has nothing else, up to the size that takes minutes. */
async function on(
  measure: (on: MeasuredInstallation, size: number, say: (line: string) => void) => Promise<Measurement[]>,
  size: number,
  largestOverOss: number,
): Promise<Measurement[]> {
  if (size > largestOverOss) return measure(await measuredInMemory(), size, say);
  const oss = await startOss();
  try {
    return await measure(await measuredOverOss(oss), size, say);
  } finally {
    await oss.stop();
  }
}

function sizes(given: string | undefined, otherwise: number[]): number[] {
  const chosen = given === undefined ? otherwise : given.split(',').map(Number);
  if (chosen.every((size) => Number.isInteger(size) && size > 0)) return chosen;
  throw new Error('sizes are whole numbers: npm run cost:table -- --schedules 1,100 --backups 100');
}

costTable().catch((error) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
