import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

/** Bundles entry points of the checkout into a temporary `dist`, laid out as build.mjs does. */
export function buildPrograms(...entries: string[]): string {
  const dist = mkdtempSync(join(tmpdir(), 'lifeboat-dist-'));
  const root = join(__dirname, '..', '..');
  for (const entry of entries) {
    const name = entry.replace(/\.ts$/, '');
    const settings: BuildOptions = {
      entryPoints: [join(root, entry)],
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
      external: ['proxy-agent'],
      loader: { '.yaml': 'text' },
    };
    if (entry === 'cli/lifeboat.ts') {
      const split = JSON.parse(readFileSync(join(root, 'cli', 'bundle.json'), 'utf8')) as BuildOptions;
      buildSync({ ...settings, ...split, outdir: join(dist, 'cli') });
      writeFileSync(join(dist, 'cli', 'lifeboat.js'), "#!/usr/bin/env node\nimport('./lifeboat.mjs');\n");
      continue;
    }
    const outfile = entry.startsWith('functions/') ? join(dist, name, 'index.js') : join(dist, `${name}.js`);
    buildSync({ ...settings, outfile });
  }
  return dist;
}
