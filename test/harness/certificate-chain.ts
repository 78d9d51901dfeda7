import { webcrypto } from 'node:crypto';
// @peculiar/x509 asks for it to be loaded first.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import type { GatewayTls } from './gateway';

/** A server certificate below an intermediate authority, as managed clusters and Rancher have it. PEM texts. */
export interface CertificateChain {
  root: string;
  intermediate: string;
  server: string;
  key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hour = 3_600_000;

/** Makes a chain for 127.0.0.1. `expired` makes the server's certificate end an hour ago. */
export async function makeCertificateChain({ expired = false } = {}): Promise<CertificateChain> {
  const [rootKeys, authorityKeys, keys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const authority = [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  ];
  const root = await signed('CN=root', rootKeys, 'CN=root', rootKeys, authority);
  const intermediate = await signed('CN=intermediate', authorityKeys, 'CN=root', rootKeys, authority);
  const server = await signed(
    'CN=kube-apiserver',
    keys,
    'CN=intermediate',
    authorityKeys,
    [
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
    expired ? -hour : 24 * hour,
  );
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  return { root, intermediate, server, key };
}

/** What a gateway shows of a chain: its own certificate alone, or with those that it is asked to send along. */
export function shownBy(chain: CertificateChain, ...along: ('intermediate' | 'root')[]): GatewayTls {
  return { cert: [chain.server, ...along.map((one) => chain[one])].join('\n'), key: chain.key };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function signed(
  subject: string,
  { publicKey }: webcrypto.CryptoKeyPair,
  issuer: string,
  { publicKey: issuerKey, privateKey }: webcrypto.CryptoKeyPair,
  extensions: x509.Extension[],
  endsIn = 24 * hour,
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject,
      issuer,
      notBefore: new Date(Date.now() - 48 * hour),
      notAfter: new Date(Date.now() + endsIn),
      signingAlgorithm: algorithm,
      publicKey,
      signingKey: privateKey,
      extensions: [
        ...extensions,
        // As all of Go's certificates have them: by these OpenSSL tells authorities of one name apart.
        await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuerKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return certificate.toString('pem');
}
