import { describe, expect, it } from '@jest/globals';
import { parseAddress } from '../../../local/oss/address';

const domains = { 'backups.example.com': 'custom' };

describe('parseAddress', () => {
  it('takes the bucket from the first label of the host', () => {
    const address = parseAddress('bkt.oss-cn-hangzhou.aliyuncs.com:80', '/a/b%201%2B.json?x=1', domains);
    expect(address).toMatchObject({ bucket: 'bkt', key: 'a/b 1+.json', query: [['x', '1']] });
  });

  it('takes the bucket from the path where the host has no room for it', () => {
    expect(parseAddress('127.0.0.1:8080', '/bkt/a/b', domains)).toMatchObject({ bucket: 'bkt', key: 'a/b' });
    expect(parseAddress('localhost', '/bkt/', domains).key).toBeUndefined();
  });

  it('takes the bucket of a custom domain', () => {
    expect(parseAddress('backups.example.com', '/a', domains)).toMatchObject({ bucket: 'custom', key: 'a' });
  });

  it('reads a plus in the path as a space', () => {
    expect(parseAddress('bkt.x.y', '/a+b', domains).key).toBe('a b');
  });

  it('knows the service itself, also as ali-oss calls it at an IP endpoint', () => {
    for (const host of ['oss-cn-hangzhou.aliyuncs.com', 'undefined.oss-cn-hangzhou.aliyuncs.com']) {
      expect(parseAddress(host, '/', domains).bucket).toBeUndefined();
    }
  });

  it('keeps empty and repeated query parameters apart', () => {
    expect(parseAddress('b.x.y', '/?acl&a=&b=1=2', domains).query).toEqual([
      ['acl', ''],
      ['a', ''],
      ['b', '1=2'],
    ]);
  });
});
