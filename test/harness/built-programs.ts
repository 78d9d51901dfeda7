import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

const root = join(__dirname, '..', '..');

/**
 * Bundles entry points of the checkout into a temporary `dist`, laid out as build.mjs does; who asks removes it. Each entry
 * is bundled once in a run of jest, whose files share what test/harness/shared-bundles.cjs made room for.
 */
export function buildPrograms(...entries: string[]): string {
  const dist = mkdtempSync(join(tmpdir(), 'lifeboat-dist-'));
  for (const entry of entries) cpSync(bundled(entry), dist, { recursive: true });
  return dist;
}

/** A `dist` of one entry. */
function bundled(entry: string): string {
  const shared = join(process.env.LIFEBOAT_TEST_BUNDLES!, entry);
  if (existsSync(shared)) return shared;
  const own = `${shared}.${process.pid}`;
  bundle(entry, own);
  try {
    // Whole from the moment that it is there.
    renameSync(own, shared);
  } catch (error) {
    // The other worker was faster.
    if (!existsSync(shared)) throw error;
    rmSync(own, { recursive: true });
  }
  return shared;
}

function bundle(entry: string, dist: string): void {
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
    return;
  }
  const outfile = entry.startsWith('functions/') ? join(dist, name, 'index.js') : join(dist, `${name}.js`);
  buildSync({ ...settings, outfile });
}
