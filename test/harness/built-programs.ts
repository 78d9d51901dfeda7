import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles entry points of the checkout into a temporary `dist`, laid out as build.mjs does. */
export function buildPrograms(...entries: string[]): string {
  const dist = mkdtempSync(join(tmpdir(), 'lifeboat-dist-'));
  const root = join(__dirname, '..', '..');
  for (const entry of entries) {
    const name = entry.replace(/\.ts$/, '');
    const outfile = entry.startsWith('functions/') ? join(dist, name, 'index.js') : join(dist, `${name}.js`);
    buildSync({
      entryPoints: [join(root, entry)],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
      external: ['proxy-agent'],
      loader: { '.yaml': 'text' },
    });
  }
  return dist;
}
