// Bundles every entry point: one file per function, one per program under local/ and bench/, several for the CLI.
// `node build.mjs --outdir DIR ENTRY…` bundles some of them elsewhere.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, transform } from 'esbuild';

const { values, positionals } = parseArgs({
  options: { outdir: { type: 'string', default: 'dist' } },
  allowPositionals: true,
});
const { outdir } = values;
const cli = 'cli/lifeboat.ts';
const programs = [
  'local/demo.ts',
  'local/function-process.ts',
  'bench/bench.ts',
  'bench/cost-table.ts',
  'bench/endure.ts',
  'bench/floor-process.ts',
  'bench/operation-process.ts',
  'bench/oss-process.ts',
].filter(existsSync);
const functions = readdirSync('functions')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `functions/${file}`);
const entries = positionals.length > 0 ? positionals : [...functions, cli, ...programs];

/** What packages load at once and nothing here uses, by who asks: the most of it is slow, or long. */
const unused = {
  // An HTTP client, of which it is given ours (shared/platform/oss/oss-transport.ts); the kind of the browser; this machine's address.
  'ali-oss': ['urllib', 'platform', 'address'],
  // Its clients of the API, other ways to log in, and proxies: only its reading of certificates and tokens is used.
  '@kubernetes/client-node': [
    './gen/index.js',
    'node-fetch',
    'openid-client',
    'jsonpath-plus',
    'socks-proxy-agent',
    'hpagent',
  ],
  // For commands that are files of their own.
  commander: ['node:child_process'],
};
const withoutUnused = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    const names = [...new Set(Object.values(unused).flat())];
    onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path, importer }) => {
      const asks = Object.keys(unused).find((name) => importer.includes(`/node_modules/${name}/`));
      return asks && unused[asks].includes(path) ? { path, namespace: 'unused' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'exports.ip = () => undefined;' }));
  },
};

const settings = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  // The text of a bundle stays in memory as long as its process; names are kept for stack traces.
  minifyWhitespace: true,
  loader: { '.yaml': 'text' },
  plugins: [withoutUnused],
};

for (const entry of entries) {
  if (entry === cli) await bundleCli();
  else await build({ ...settings, entryPoints: [entry], outfile: join(outdir, bundleOf(entry)) });
}

function bundleOf(entry) {
  const path = entry.replace(/\.ts$/, '');
  return entry.startsWith('functions/') ? join(path, 'index.js') : `${path}.js`;
}

/**
 * A person waits for the command to start, and most of that is reading its text: what a command does not need stays in other
 * files. esbuild splits ES modules only, and Node loads those slower than CommonJS, so that each file is turned after the split.
 */
async function bundleCli() {
  const folder = join(outdir, 'cli');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = await build({
    ...settings,
    format: 'esm',
    splitting: true,
    minify: true,
    write: false,
    entryPoints: [cli],
    outdir: folder,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      platform: 'node',
      target: settings.target,
      format: 'cjs',
      minify: true,
      supported: { 'dynamic-import': false },
    });
    writeFileSync(path, code, { mode: path.endsWith('/lifeboat.js') ? 0o755 : 0o644 });
  }
}
