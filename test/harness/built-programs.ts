import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/**
 * Bundles entry points of the checkout into a temporary `dist`, by build.mjs; who asks removes it. Each entry
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
  execFileSync(process.execPath, ['build.mjs', '--outdir', dist, entry], { cwd: root, stdio: 'inherit' });
}
