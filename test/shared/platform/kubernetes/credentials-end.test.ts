import { describe, expect, it } from '@jest/globals';
import { makeServerCertificates } from '../../../../local/certificates';
import { credentialsEnd } from '../../../../shared/platform/kubernetes/credentials-end';

const server = 'https://a';
const token = (payload: object) => `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.y`;

describe('the end of credentials', () => {
  it('is what a token says of itself', () => {
    expect(credentialsEnd({ server, token: token({ exp: 1_800_000_000 }) })).toEqual(
      new Date('2027-01-15T08:00:00Z'),
    );
    expect(credentialsEnd({ server, token: token({ iss: 'kubernetes/serviceaccount' }) })).toBeUndefined();
    expect(credentialsEnd({ server, token: 'opaque' })).toBeUndefined();
    expect(credentialsEnd({ server, token: 'a.b.c' })).toBeUndefined();
  });

  it('is that of the client certificate, or of what ends first', async () => {
    const { certificate } = await makeServerCertificates({ dns: ['a'], ip: [] });
    const clientCertificateData = Buffer.from(certificate).toString('base64');
    const end = credentialsEnd({ server, clientCertificateData })!;
    expect(end.getTime()).toBeGreaterThan(Date.now());
    const first = new Date(Math.floor(Date.now() / 1000) * 1000);
    const both = { server, clientCertificateData, token: token({ exp: first.getTime() / 1000 }) };
    expect(credentialsEnd(both)).toEqual(first);
    expect(credentialsEnd({ server, clientCertificateData: 'bm9uZQ==' })).toBeUndefined();
  });
});
