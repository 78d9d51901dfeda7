import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeServerCertificates } from '../../../../local/certificates';
import { failure, storeOn } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';

describe('the transport', () => {
  describe('over HTTPS', () => {
    let server: ReturnType<typeof createServer>;
    let endpoint: string;
    let requests = 0;

    beforeAll(async () => {
      const { key, certificate } = await makeServerCertificates({ dns: [], ip: ['127.0.0.1'] });
      server = createServer({ key, cert: certificate }, (_, response) => {
        requests += 1;
        response.writeHead(200, fromOss).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    it('does not talk to a server whose certificate nobody vouches for', async () => {
      const error = await failure(storeOn(endpoint).put('x', Buffer.from('x')));

      expect(error).toMatchObject({ kind: 'unavailable', hint: expect.stringContaining('certificate') });
      expect(requests).toBe(0);
    });
  });

  it('reports what OSS answered, although it hung up on the rest of the body', async () => {
    const server = await startScripted(() => {}, {
      early: (response) => {
        const xml = '<Error><Code>AccessDenied</Code></Error>';
        response.writeHead(403, { ...fromOss, connection: 'close', 'content-length': xml.length }).end(xml);
      },
    });

    const error = await failure(storeOn(server.endpoint).put('x', Buffer.alloc(64 * 1024)));

    expect(error).toMatchObject({ kind: 'denied', code: 'AccessDenied' });
    await server.close();
  });

  it('sends the length of a body in bytes', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(200, { ...fromOss, etag: '"1"' }).end();
    });

    await storeOn(server.endpoint).put('x', Buffer.from('备份'));
    await storeOn(server.endpoint).put('x', Buffer.alloc(0));

    expect(server.seen.map(({ headers }) => headers['content-length'])).toEqual(['6', '0']);
    expect(server.seen.map(({ body }) => body.toString())).toEqual(['备份', '']);
    await server.close();
  });

  it('is believed about a put only if OSS tells the CRC-64 of what was sent', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(200, { ...fromOss, etag: '"1"', 'x-oss-hash-crc64ecma': '1' }).end();
    });

    expect(await failure(storeOn(server.endpoint).put('x', Buffer.from('x')))).toMatchObject({
      kind: 'corrupt',
    });
    await server.close();
  });
});
