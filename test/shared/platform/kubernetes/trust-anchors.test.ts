import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, createServer } from 'node:tls';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { trustAnchors } from '../../../../shared/platform/kubernetes/trust-anchors';
import { type CertificateChain, makeCertificateChain } from '../../../harness/certificate-chain';

let chain: CertificateChain;
beforeAll(async () => {
  chain = await makeCertificateChain();
});
const base64 = (...texts: string[]) => Buffer.from(texts.join('\n')).toString('base64');

describe('the trust anchors of a certificate-authority-data', () => {
  it('are the certificates that can be read, whatever stands between them', () => {
    const withHeaders = chain.root.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n');
    const cut = chain.root.slice(0, 200);
    const many = base64('# root', chain.root, 'x', cut, withHeaders, chain.key, chain.intermediate);
    expect(trustAnchors(many)).toEqual([
      ...trustAnchors(base64(chain.root)),
      ...trustAnchors(base64(chain.intermediate)),
    ]);
    expect(trustAnchors(many)).toHaveLength(2);
  });

  it('are none where nothing can be read', () => {
    expect(trustAnchors(base64(chain.key))).toEqual([]);
    expect(trustAnchors(base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'))).toEqual([]);
    expect(trustAnchors('')).toEqual([]);
  });

  it('make an intermediate authority one without the option that Node.js has since 20.18', async () => {
    const server = createServer({ cert: chain.server, key: chain.key }, (socket) => socket.end('hello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const outcome = async (ca: string | string[]) => {
      const { port } = server.address() as AddressInfo;
      const secureContext = createSecureContext({ ca });
      const socket = connect({ port, host: '127.0.0.1', secureContext, rejectUnauthorized: true });
      const [said] = await once(socket, 'data').catch((error) => [error.code]);
      socket.destroy();
      return String(said);
    };
    expect(await outcome(trustAnchors(base64(chain.intermediate)))).toBe('hello');
    expect(await outcome(chain.intermediate)).toBe('UNABLE_TO_GET_ISSUER_CERT');
    const another = await makeCertificateChain();
    expect(await outcome(trustAnchors(base64(another.intermediate)))).toMatch(/^UNABLE_TO/);
    server.close();
  });
});
