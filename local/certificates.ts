import { webcrypto } from 'node:crypto';
// @peculiar/x509 asks for it to be loaded first.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** PEM texts of a certificate authority and of a server certificate it signed. */
export interface ServerCertificates {
  caCertificate: string;
  caKey: string;
  certificate: string;
  key: string;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const tenYears = 10 * 365 * 86_400_000;
const crypto = webcrypto;

/**
 * A fresh certificate authority and one server certificate for these DNS names and IP addresses.
 * The subject of the authority is `name`, so that two of them in one test can be told apart.
 */
export async function makeServerCertificates(
  hosts: { dns: string[]; ip: string[] },
  { name = 'test-ca', now = new Date() }: { name?: string; now?: Date } = {},
): Promise<ServerCertificates> {
  const notBefore = new Date(now.getTime() - 3_600_000);
  const notAfter = new Date(now.getTime() + tenYears);
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${name}`,
      notBefore,
      notAfter,
      signingAlgorithm: keyAlgorithm,
      keys: caKeys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    },
    crypto,
  );
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '02',
      subject: 'CN=kube-apiserver',
      issuer: ca.subject,
      notBefore,
      notAfter,
      signingAlgorithm: keyAlgorithm,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          ...hosts.dns.map((value) => ({ type: 'dns' as const, value })),
          ...hosts.ip.map((value) => ({ type: 'ip' as const, value })),
        ]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ],
    },
    crypto,
  );
  return {
    caCertificate: ca.toString('pem'),
    caKey: await pemOf(caKeys.privateKey),
    certificate: certificate.toString('pem'),
    key: await pemOf(keys.privateKey),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
