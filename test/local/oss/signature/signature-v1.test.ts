import { describe, expect, it } from '@jest/globals';
import type { SignedRequest } from '../../../../local/oss/signature/signed-request';
import { signV1, stringToSignV1 } from '../../../../local/oss/signature/signature-v1';

// Alibaba's own test vectors.
const date = 'Wed, 28 Dec 2022 10:27:41 GMT';
const request: SignedRequest = {
  method: 'PUT',
  bucket: 'examplebucket',
  key: 'nelson',
  query: [],
  headers: {
    'content-md5': 'eB5eJF1ptWaXm4bijSPyxw==',
    'content-type': 'text/html',
    'x-oss-date': date,
    'x-oss-meta-author': 'alice',
    'x-oss-meta-magic': 'abracadabra',
  },
};

describe('signature V1', () => {
  it('signs the official vector', () => {
    expect(signV1('sk', stringToSignV1(request, date))).toBe('kSHKmLxlyEAKtZPkJhG9bZb5k7M=');
  });

  it('signs the official vector with a subresource', () => {
    const withAcl = { ...request, query: [['acl', '']] as const };
    expect(signV1('sk', stringToSignV1(withAcl, date))).toBe('/afkugFbmWDQ967j1vr6zygBLQk=');
  });

  it('leaves out of the signature what is no subresource', () => {
    const listing = {
      ...request,
      query: [
        ['prefix', 'a'],
        ['max-keys', '3'],
      ] as const,
    };
    expect(stringToSignV1(listing, date)).toBe(stringToSignV1(request, date));
  });
});
