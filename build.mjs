// Bundles every entry point: one file per function, one for the CLI, one per program under local/ and bench/.
import { existsSync, readdirSync } from 'node:fs';
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

const programs = [
  'cli/lifeboat.ts',
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
