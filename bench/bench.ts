import Table from 'cli-table3';
import { measureSize, type SizeResult } from './measure-size';

/**
 * Backup and restore against the floor: what the same API server takes for a bare paged list of everything, and for bare
 * creates. `npm run bench -- 1000 10000` chooses the sizes.
 */
const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(1_000, 10_000, 35_000);

const say = (line: string) => process.stderr.write(`${line}\n`);

async function bench(): Promise<void> {
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new Error('sizes are whole numbers of objects: npm run bench -- 1000 10000');
  }
  if (!process.env.KUBEBUILDER_ASSETS) {
    say('KUBEBUILDER_ASSETS is not set: measured against the sandbox, which is no real API server');
  }
  const results: SizeResult[] = [];
  for (const size of sizes) results.push(await measureSize(size, say));
  process.stdout.write(
    `${results[0]!.server}; floors: a bare paged list on four connections in a fresh process, as each backup is, and bare creates by 24 workers\n`,
  );
  process.stdout.write(`${tableOf(results)}\n`);
}

function tableOf(results: readonly SizeResult[]): string {
  const table = new Table({
    head: ['', 'objects', 'floor', 'Lifeboat', 'ratio', 'peak'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { listed, listFloor, backup } of results)
    table.push(['backup', count(listed), ...against(listFloor, backup)]);
  for (const { created, createFloor, restore } of results)
    table.push(['restore', count(created), ...against(createFloor, restore)]);
  return table.toString();
}

function against(floor: number, ours: { seconds: number; peakMegabytes: number }): string[] {
  return [
    `${floor.toFixed(2)} s`,
    `${ours.seconds.toFixed(2)} s`,
    `${(ours.seconds / floor).toFixed(2)} ×`,
    `${ours.peakMegabytes.toFixed(0)} MB`,
  ];
}

function count(objects: number): string {
  return objects.toLocaleString('en');
}

bench().catch((error) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
