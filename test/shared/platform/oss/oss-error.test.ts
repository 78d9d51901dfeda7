import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import { toStoreError } from '../../../../shared/platform/oss/oss-error';
import { collect, failure, impatient, type OssFixture, startFixture, storeOn } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';

const content = 'c2VjcmV0LW9mLWEtY2x1c3Rlcg';

describe('an error of the store', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());

  it("holds nothing of what was sent: ali-oss's error carries the body", async () => {
    oss.server.faults.add({
      operation: 'PutObject',
      fault: { kind: 'status', status: 400, code: 'InvalidArgument' },
    });

    const error = await failure(oss.store.put('sent', Buffer.from(content), { meta: { owner: content } }));

    expect(everything(error)).not.toContain(content);
    expect(everything(error)).not.toContain('fixture-secret');
    expect(everything(error)).toContain('InvalidArgument');
  });

  it('holds nothing of what was received: ali-oss quotes a truncated body as bad XML', async () => {
    await oss.store.put('received', Buffer.from(content.repeat(5000)));
    oss.server.faults.add({
      operation: 'GetObject',
      count: 99,
      fault: { kind: 'truncate', afterBytes: 0 },
    });

    const error = await failure(oss.store.get('received'));
    oss.server.faults.clear();

    expect(isKind(error, 'unavailable')).toBe(true);
    expect(everything(error)).not.toContain(content);
  });

  it.each([200, 403, 404, 407])(
    'holds nothing of the page of a proxy that answers %d, and does not believe it',
    async (status) => {
      const server = await startScripted((_, response) => {
        response
          .writeHead(status, { 'content-type': 'text/html' })
          .end(`<html><Code>${content} & more</html>`);
      });
      const store = storeOn(server.endpoint);

      for (const call of [
        store.get('x'),
        store.head('x'),
        store.put('x', Buffer.alloc(1)),
        store.delete(['x']),
      ]) {
        const error = await failure(call);
        expect(error).toMatchObject({ kind: 'unavailable', code: 'NotFromOss' });
        expect(everything(error)).not.toContain(content);
      }
      await server.close();
    },
  );

  it('takes over no code that is not one', () => {
    const exchange = {
      sent: true,
      response: { status: 409, headers: { 'x-oss-request-id': 'id with blanks' } },
    };

    const error = toStoreError({ code: `${content} with blanks` }, 'PutObject', 'oss://b/k', exchange);

    expect(everything(error)).not.toContain(content);
    expect(everything(error)).not.toContain('blanks');
  });

  describe('names the cause of a failed HEAD or stream, whose body ali-oss does not look at:', () => {
    it('a missing bucket is not a missing key', async () => {
      const store = oss.open({ bucket: 'nowhere' });

      expect(await failure(store.head('x'))).toMatchObject({ kind: 'not-found', code: 'NoSuchBucket' });
      expect(await failure(collect(store.read('x')))).toMatchObject({
        kind: 'not-found',
        code: 'NoSuchBucket',
      });
    });

    it('a refused read says why', async () => {
      const store = oss.open({ credentials: async () => ({ accessKeyId: 'unknown', accessKeySecret: 's' }) });

      expect(await failure(collect(store.read('x')))).toMatchObject({
        kind: 'denied',
        code: 'InvalidAccessKeyId',
      });
      expect(await failure(store.head('x'))).toMatchObject({ kind: 'denied', code: 'InvalidAccessKeyId' });
    });
  });

  it.each([
    [403, 'AccessDenied', 'denied'],
    [403, 'InvalidObjectState', 'denied'],
    [404, 'NoSuchKey', 'not-found'],
    [409, 'FileImmutable', 'denied'],
    [409, 'PositionNotEqualToLength', 'conflict'],
    [412, 'PreconditionFailed', 'conflict'],
    [400, 'InvalidArgument', 'invalid'],
    [400, 'RequestTimeout', 'unavailable'],
    [429, 'TooManyRequests', 'unavailable'],
    [501, 'NotImplemented', 'unavailable'],
    [503, 'PartitionQpsLimitted', 'unavailable'],
  ])('with status %d and code %s is %s', (status, code, kind) => {
    const error = toStoreError({ code }, 'GetObject', 'oss://b/k', {
      sent: true,
      response: { status, headers: {} },
    });

    expect(error.kind).toBe(kind);
  });

  it('from a lost connection may have happened only once the connection stood', () => {
    const lost = (sent: boolean) =>
      toStoreError(new Error(), 'PutObject', 'oss://b/k', { sent, failure: 'ECONNRESET' }).failure;

    expect(lost(true)).toMatchObject({ ambiguous: true, transient: true });
    expect(lost(false)).toMatchObject({ ambiguous: false, transient: true });
  });

  it('about a certificate is not tried again', async () => {
    const exchange = { sent: false, failure: 'DEPTH_ZERO_SELF_SIGNED_CERT' };

    const error = toStoreError(new Error(), 'PutObject', 'oss://b/k', exchange);

    expect(error.failure.transient).toBe(false);
    expect(error.hint).toContain('certificate');
  });

  it('comes of an answer that is not XML, too', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(200, fromOss).end('<html><p>log in first</html>');
    });
    const store = storeOn(server.endpoint, { retry: { ...impatient, attempts: 1 } });

    const error = await failure(
      (async () => {
        for await (const page of store.list('x')) return page;
      })(),
    );

    expect(isKind(error, 'unavailable')).toBe(true);
    expect(everything(error)).not.toContain('log in');
    await server.close();
  });
});

function everything(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String(error);
}
