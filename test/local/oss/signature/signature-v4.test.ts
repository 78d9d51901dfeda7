import { describe, expect, it } from '@jest/globals';
import type { SignedRequest } from '../../../../local/oss/signature/signed-request';
import { canonicalRequestV4, signV4, stringToSignV4 } from '../../../../local/oss/signature/signature-v4';

// Alibaba's own test vector, the same in its Go, Python and JavaScript SDKs.
const request: SignedRequest = {
  method: 'PUT',
  bucket: 'bucket',
  key: '1234+-/123/1.txt',
  query: [
    ['param1', 'value1'],
    ['+param1', 'value3'],
    ['|param1', 'value4'],
    ['+param2', ''],
    ['|param2', ''],
    ['param2', ''],
  ],
  headers: {
    abc: 'value',
    zabc: 'value',
    xyz: 'value',
    'content-type': 'text/plain',
    'x-oss-head1': 'value',
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
  },
};
const scope = { day: '20231216', region: 'cn-hangzhou' };

function sign(dateTime: string, additional: string[]): string {
  const dated = { ...request, headers: { ...request.headers, 'x-oss-date': dateTime } };
  return signV4('sk', stringToSignV4(canonicalRequestV4(dated, additional), dateTime, scope), scope);
}

describe('signature V4', () => {
  it('signs the official vector', () => {
    expect(sign('20231216T162057Z', [])).toBe(
      'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe',
    );
  });

  it('signs the official vector with additional headers', () => {
    expect(sign('20231216T172512Z', ['zabc', 'abc'])).toBe(
      '4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f',
    );
  });
});
