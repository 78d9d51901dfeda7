import { describe, expect, it } from '@jest/globals';
import { contextCredentials } from '../../../../shared/app/fc/credentials';
import { readContext } from '../../../../shared/app/fc/context';
import { readHttpEvent, toHttpAnswer, toWebRequest } from '../../../../shared/app/fc/http-event';
import { readOssEvent } from '../../../../shared/app/fc/oss-event';
import { readTimerEvent } from '../../../../shared/app/fc/timer-event';
import { readWorkerEvent, workerEvent } from '../../../../shared/app/fc/worker-event';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('the events', () => {
  it('of a timer are read, also without a payload', () => {
    const sent = { triggerTime: '2023-12-26T07:49:00Z', triggerName: 'every-minute' };
    expect(readTimerEvent(bytes(sent))).toEqual({ ...sent, payload: '' });
    expect(() => readTimerEvent(bytes({}))).toThrow('the timer event: triggerTime is missing');
    expect(() => readTimerEvent(Buffer.from('x'))).toThrow('the timer event is not valid JSON');
  });

  it('of OSS are read, with fields that we do not know', () => {
    const one = {
      eventName: 'ObjectCreated:PutObject',
      oss: { bucket: { name: 'b', arn: 'x' }, object: { key: 'k' } },
    };
    expect(readOssEvent(bytes({ events: [one], more: 1 })).events).toEqual([one]);
    expect(() => readOssEvent(bytes({ events: [{ eventName: 'x' }] }))).toThrow('events.0.oss is missing');
  });

  it('for a worker hold names only, and come back as they were sent', () => {
    const run = { kind: 'backups', name: 'shop-1' } as const;
    expect(readWorkerEvent(workerEvent(run), 'backups')).toEqual(run);
    expect(() => readWorkerEvent(workerEvent(run), 'restores')).toThrow('is for another worker');
    expect(() => readWorkerEvent(bytes({ ...run, name: '../x' }), 'backups')).toThrow('name is not a name');
    expect(() => readWorkerEvent(bytes({ ...run, spec: {} }), 'backups')).toThrow(
      'spec is not a known field',
    );
  });
});

describe('the context', () => {
  const context = {
    requestId: '1',
    function: { name: 'f', timeout: 60 },
    region: 'cn-hangzhou',
    accountId: '1',
  };

  it('gives the credentials of the role, and says what to do when there is none', () => {
    const credentials = { accessKeyId: 'a', accessKeySecret: 's', securityToken: 't' };
    expect(contextCredentials(readContext({ ...context, credentials }))).toEqual(credentials);
    expect(() => contextCredentials(readContext({ ...context, credentials: {} }))).toThrow(
      'function f has no credentials',
    );
    expect(() => readContext(undefined)).toThrow('the context of the invocation');
  });
});

describe('the HTTP envelope', () => {
  const event = (more: object = {}) =>
    readHttpEvent(
      bytes({
        version: 'v1',
        rawPath: '/backups/shop%2D1',
        body: '{"ö":1}',
        isBase64Encoded: false,
        headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' },
        queryParameters: { a: '1,2', 'b c': '&=' },
        requestContext: {
          domainName: 'x.cn-hangzhou.fcapp.run',
          http: { method: 'POST', path: '/backups/shop-1' },
        },
        ...more,
      }),
    );

  it('becomes a web request', async () => {
    const request = toWebRequest(event());
    expect([request.method, request.url]).toEqual([
      'POST',
      'https://x.cn-hangzhou.fcapp.run/backups/shop%2D1?a=1%2C2&b+c=%26%3D',
    ]);
    expect(request.headers.get('content-type')).toBe('application/json');
    expect(await request.json()).toEqual({ ö: 1 });
  });

  it('may carry bytes', async () => {
    const request = toWebRequest(event({ body: 'AP8=', isBase64Encoded: true }));
    expect(Buffer.from(await request.arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  it('cannot lead to another host by its path', () => {
    expect(new URL(toWebRequest(event({ rawPath: '//evil.example/x' })).url).hostname).toBe(
      'x.cn-hangzhou.fcapp.run',
    );
  });

  it('is answered with all four fields', async () => {
    const response = new Response('{"a":1}', { status: 202, headers: { location: '/backups/x' } });
    expect(await toHttpAnswer(response)).toEqual({
      statusCode: 202,
      headers: { location: '/backups/x', 'content-type': 'text/plain;charset=UTF-8' },
      isBase64Encoded: false,
      body: '{"a":1}',
    });
  });
});
