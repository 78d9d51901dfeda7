import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import { collect, failure, type OssFixture, startFixture } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';
import { storeOn } from './oss-fixture';

describe('reading an object', () => {
  const body = randomBytes(1_000_000);
  let oss: OssFixture;
  const gets = () => oss.server.requests.GetObject ?? 0;

  beforeAll(async () => {
    oss = await startFixture();
    await oss.store.put('body', body);
  });
  afterAll(() => oss.close());
  afterEach(() => oss.server.faults.clear());

  it('goes on where the connection broke', async () => {
    const before = gets();
    oss.server.faults.add({
      operation: 'GetObject',
      count: 3,
      fault: { kind: 'truncate', afterBytes: 200_000 },
    });

    const read = await collect(oss.store.read('body'));

    expect(read.equals(body)).toBe(true);
    expect(gets() - before).toBe(4);
  });

  it('goes on where the connection broke, within a range', async () => {
    oss.server.faults.add({
      operation: 'GetObject',
      count: 2,
      fault: { kind: 'truncate', afterBytes: 100_000 },
    });

    const read = await collect(oss.store.read('body', { start: 1000, end: 900_000 }));

    expect(read.equals(body.subarray(1000, 900_000))).toBe(true);
  });

  it('goes on when nothing comes any more: ali-oss does not bound a stream after its headers', async () => {
    const store = oss.open({ timeouts: { idle: 150 } });
    oss.server.faults.add({ operation: 'GetObject', fault: { kind: 'stall-in-body', afterBytes: 300_000 } });

    expect((await collect(store.read('body'))).equals(body)).toBe(true);
  });

  it('waits for a reader that takes its time: the agent of ali-oss closes the socket under it', async () => {
    const large = randomBytes(8 * 1024 * 1024);
    await oss.store.put('large', large);
    const store = oss.open({ timeouts: { idle: 400 } });
    const before = gets();

    const read: Buffer[] = [];
    for await (const chunk of store.read('large')) {
      if (read.length === 1) await delay(1000);
      read.push(chunk);
    }

    expect(Buffer.concat(read).equals(large)).toBe(true);
    expect(gets() - before).toBe(1);
  });

  it('does not go on in another version of the object', async () => {
    await oss.store.put('changing', body);
    const reading = oss.open().read('changing')[Symbol.asyncIterator]();
    oss.server.faults.add({ operation: 'GetObject', fault: { kind: 'truncate', afterBytes: 200_000 } });
    await reading.next();
    await oss.store.put('changing', randomBytes(1_000_000));

    const error = await failure(drain(reading));

    expect(isKind(error, 'conflict')).toBe(true);
    expect(String(error)).toContain('changed while it was read');
  });

  it('does not go on in an object that is gone', async () => {
    await oss.store.put('going', body);
    const reading = oss.open().read('going')[Symbol.asyncIterator]();
    oss.server.faults.add({ operation: 'GetObject', fault: { kind: 'truncate', afterBytes: 200_000 } });
    await reading.next();
    await oss.store.delete(['going']);

    expect(isKind(await failure(drain(reading)), 'conflict')).toBe(true);
  });

  it('finds a flipped bit by the CRC-64, which the Node client never looks at', async () => {
    oss.server.faults.add({ operation: 'GetObject', count: 9, fault: { kind: 'bit-flip', atByte: 500_000 } });

    const error = await failure(collect(oss.store.read('body')));

    expect(isKind(error, 'corrupt')).toBe(true);
    expect(String(error)).toContain('oss://plain/body');
    expect(isKind(await failure(oss.store.get('body')), 'corrupt')).toBe(true);
  });

  it('into memory is done once more when a bit was flipped on the way', async () => {
    oss.server.faults.add({ operation: 'GetObject', fault: { kind: 'bit-flip', atByte: 500_000 } });

    expect((await oss.store.get('body')).body.equals(body)).toBe(true);
  });

  it('does not hold the CRC-64 of the whole object against a range of it', async () => {
    expect((await oss.store.get('body', { range: [0, 10] })).body.equals(body.subarray(0, 10))).toBe(true);
  });

  it('gives up when no try brings a byte', async () => {
    oss.server.faults.add({ operation: 'GetObject', count: 99, fault: { kind: 'truncate', afterBytes: 0 } });

    expect(isKind(await failure(collect(oss.store.read('body'))), 'unavailable')).toBe(true);
  });

  it('closes the connection when the reader has had enough', async () => {
    for await (const chunk of oss.store.read('body')) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }

    expect((await oss.store.get('body')).body).toHaveLength(1_000_000);
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('lease lost');
    const stop = new AbortController();
    oss.server.faults.add({ operation: 'GetObject', fault: { kind: 'stall-in-body', afterBytes: 100_000 } });
    setTimeout(() => stop.abort(reason), 50);

    expect(await failure(collect(oss.store.read('body', { signal: stop.signal })))).toBe(reason);
  });

  it('refuses to believe an answer that ignores the range', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(200, { ...fromOss, etag: '"1"', 'content-length': '9' }).end('123456789');
    });

    const error = await failure(storeOn(server.endpoint).get('x', { range: [3, 6] }));

    expect(isKind(error, 'unavailable')).toBe(true);
    await server.close();
  });

  it('sends a key with dots as it was signed: a URL would be folded', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(200, { ...fromOss, 'content-length': '0' }).end();
    });

    await storeOn(server.endpoint).get('a/../b/./c');

    expect(server.seen[0]!.url).toBe('/a/../b/./c');
    await server.close();
  });
});

async function drain(reading: AsyncIterator<Buffer>): Promise<void> {
  while (!(await reading.next()).done);
}
