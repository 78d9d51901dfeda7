import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, SignedClient, tag, tags } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
let client: SignedClient;
beforeAll(async () => {
  test = await startTestServer({ buckets: [{ name: 'enabled', versioning: 'Enabled' }, { name: 'bkt' }] });
  client = new SignedClient({ server: test.server, bucket: 'enabled' });
});
afterAll(() => test.close());

const version = { versionId: '' };
const idOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['x-oss-version-id']);
const set = (target: SignedClient, status: string) =>
  target.send({
    method: 'PUT',
    query: { versioning: '' },
    body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
  });

describe('a versioned bucket', () => {
  it('keeps what was overwritten, and forbids no overwriting', async () => {
    const first = await client.put('doc', 'first');
    const second = await client.put('doc', 'second', { 'x-oss-forbid-overwrite': 'true' });
    expect(second.status).toBe(200);
    expect(idOf(first)).not.toBe(idOf(second));
    expect((await client.get('doc')).text).toBe('second');
    const old = await client.get('doc', {}, { ...version, versionId: idOf(first) });
    expect([old.text, idOf(old)]).toEqual(['first', idOf(first)]);
    const none = await client.get('doc', {}, { versionId: 'nothing' });
    expect(refusal(none)).toBe('404 NoSuchVersion');
  });

  it('puts a delete marker over what is deleted', async () => {
    const kept = await client.put('marked', 'kept');
    const deletion = await client.delete('marked');
    expect(deletion.headers['x-oss-delete-marker']).toBe('true');
    const hidden = await client.get('marked');
    expect(refusal(hidden)).toBe('404 NoSuchKey');
    expect(hidden.headers['x-oss-delete-marker']).toBe('true');
    expect(tags(await client.list({ prefix: 'marked' }), 'Key')).toEqual([]);
    const marker = await client.get('marked', {}, { versionId: idOf(deletion) });
    expect(refusal(marker)).toBe('405 MethodNotAllowed');
    expect((await client.get('marked', {}, { versionId: idOf(kept) })).text).toBe('kept');
    await client.delete('marked', { versionId: idOf(deletion) });
    expect((await client.get('marked')).text).toBe('kept');
  });

  it('loses a version that is named', async () => {
    const first = await client.put('named', 'first');
    const second = await client.put('named', 'second');
    await client.delete('named', { versionId: idOf(second) });
    expect((await client.get('named')).text).toBe('first');
    await client.delete('named', { versionId: idOf(first) });
    expect(tags(await client.list({ versions: '', prefix: 'named' }), 'VersionId')).toEqual([]);
  });

  it('lists all versions, newest first, page by page', async () => {
    const ids: string[] = [];
    for (const key of ['list/a', 'list/a', 'list/b']) ids.push(idOf(await client.put(key, key)));
    ids.push(idOf(await client.delete('list/b')));
    const expected = [ids[1], ids[0], ids[3], ids[2]];
    const whole = await client.list({ versions: '', prefix: 'list/' });
    expect(tags(whole, 'VersionId')).toEqual(expected);
    expect(tags(whole, 'IsLatest')).toEqual(['true', 'false', 'true', 'false']);
    expect(whole.text.match(/<DeleteMarker>/g)).toHaveLength(1);
    const found: string[] = [];
    let next: Record<string, string> = {};
    for (let page = 0; page < 4; page += 1) {
      const answer = await client.list({ versions: '', prefix: 'list/', 'max-keys': '1', ...next });
      found.push(...tags(answer, 'VersionId'));
      next = {
        'key-marker': tag(answer, 'NextKeyMarker') ?? '',
        'version-id-marker': tag(answer, 'NextVersionIdMarker') ?? '',
      };
    }
    expect(found).toEqual(expected);
    expect(next['key-marker']).toBe('');
  });
});

describe('a bucket whose versioning is switched', () => {
  it('keeps what it had as the version null, and never returns to being unversioned', async () => {
    const plain = test.client;
    expect((await plain.list({ versioning: '' })).text).toContain(
      '<VersioningConfiguration></VersioningConfiguration>',
    );
    const before = await plain.put('doc', 'before');
    expect(before.headers['x-oss-version-id']).toBeUndefined();
    expect((await set(plain, 'Enabled')).status).toBe(200);
    await plain.put('doc', 'versioned');
    expect((await plain.get('doc', {}, { versionId: 'null' })).text).toBe('before');
    expect((await set(plain, 'Suspended')).status).toBe(200);
    const suspended = await plain.put('doc', 'suspended', { 'x-oss-forbid-overwrite': 'true' });
    expect([suspended.status, idOf(suspended)]).toEqual([200, 'null']);
    await plain.put('doc', 'again');
    expect(tags(await plain.list({ versions: '', prefix: 'doc' }), 'VersionId')).toHaveLength(2);
    expect(refusal(await set(plain, 'Disabled'))).toBe('400 MalformedXML');
    expect(tag(await plain.list({ versioning: '' }), 'Status')).toBe('Suspended');
  });
});
