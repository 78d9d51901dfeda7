// Bundles every entry point: one file per function, one per program under local/ and bench/, several for the CLI.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const settings = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  // The text of a bundle stays in memory as long as its process; names are kept for stack traces.
  minifyWhitespace: true,
  // urllib, under ali-oss, asks for it only when a proxy is configured.
  external: ['proxy-agent'],
  loader: { '.yaml': 'text' },
};

const functions = readdirSync('functions').filter((file) => file.endsWith('.ts'));
for (const file of functions) {
  const name = file.replace(/\.ts$/, '');
  await build({
    ...settings,
    entryPoints: [`functions/${file}`],
    outfile: `dist/functions/${name}/index.js`,
  });
}

// A person waits for the command to start, and most of that is reading its text: what a command does not need stays in
// other files (cli/bundle.json).
rmSync('dist/cli', { recursive: true, force: true });
const split = JSON.parse(readFileSync('cli/bundle.json', 'utf8'));
await build({ ...settings, ...split, entryPoints: ['cli/lifeboat.ts'], outdir: 'dist/cli' });
writeFileSync('dist/cli/lifeboat.js', "#!/usr/bin/env node\nimport('./lifeboat.mjs');\n", { mode: 0o755 });

const programs = [
  'local/demo.ts',
  'local/function-process.ts',
  'bench/bench.ts',
  'bench/floor-process.ts',
  'bench/operation-process.ts',
  'bench/oss-process.ts',
].filter(existsSync);
for (const file of programs) {
  await build({ ...settings, entryPoints: [file], outfile: `dist/${file.replace(/\.ts$/, '.js')}` });
}
