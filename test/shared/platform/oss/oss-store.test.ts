import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { makeServerCertificates } from '../../../../local/certificates';
import { fromOss } from './scripted-server';

const program = `
  import { openOssStore } from './shared/platform/oss/oss-store';
  import { systemClock, systemRandom } from './shared/platform/system';
  const store = openOssStore(
    { region: 'cn-hangzhou', bucket: 'vault', networkType: 'public', endpoint: process.argv[2] },
    { credentials: async () => ({ accessKeyId: 'a', accessKeySecret: 's' }), allowInsecureLoopback: true },
    { clock: systemClock, random: systemRandom, retry: { attempts: 1, base: 1, cap: 1 } },
  );
  console.log('opened', store.name);
  if (process.argv[3] === 'call') {
    store.head('x').then(
      (head) => console.log(head),
      (error) => console.log(error.message),
    );
  }
`;

describe('openOssStore in a bundle', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'lifeboat-bundle-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('works with ali-oss inside', async () => {
    await bundle([]);

    expect(await run('http://127.0.0.1:9', 'call')).toBe(
      'opened oss://vault/\nHeadObject oss://vault/x: ECONNREFUSED\n',
    );
  });

  it('talks HTTPS to a server whose certificate is trusted', async () => {
    await bundle([]);
    const host = 'vault.oss-cn-hangzhou.aliyuncs.com';
    const { key, certificate, caCertificate } = await makeServerCertificates({ dns: [host], ip: [] });
    writeFileSync(join(directory, 'ca.pem'), caCertificate);
    const hosts: (string | undefined)[] = [];
    const server = createServer({ key, cert: certificate }, (request, response) => {
      hosts.push(request.headers.host);
      response.writeHead(404, fromOss).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const printed = await run(`https://127.0.0.1:${port}`, 'call');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));

    expect(printed).toBe('opened oss://vault/\nundefined\n');
    expect(hosts).toEqual([host]);
  });

  it('loads ali-oss, which takes a tenth of a second, at the first call and not before', async () => {
    const stub = join(directory, 'node_modules', 'ali-oss');
    mkdirSync(stub, { recursive: true });
    writeFileSync(join(stub, 'index.js'), "console.log('loaded'); module.exports = class {};");
    await bundle(['ali-oss']);

    expect(await run('http://127.0.0.1:9')).toBe('opened oss://vault/\n');
    expect(await run('http://127.0.0.1:9', 'call')).toContain('opened oss://vault/\nloaded\n');
  });

  async function bundle(external: string[]): Promise<void> {
    await build({
      stdin: { contents: program, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['proxy-agent', ...external],
      outfile: join(directory, 'index.js'),
    });
  }

  async function run(...args: string[]): Promise<string> {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'), NODE_NO_WARNINGS: '1' };
    return (await promisify(execFile)(process.execPath, [join(directory, 'index.js'), ...args], { env }))
      .stdout;
  }
});
