import { X509Certificate } from 'node:crypto';

/**
 * Returns the certificates of a `certificate-authority-data` (base64 of PEM), each as a PEM text that makes it a trust
 * anchor whatever issued it. As in Go, whose clients wrote the file: whatever stands between the certificates is passed
 * over, and so is an entry that does not parse. Empty where nothing parses.
 */
export function trustAnchors(caData: string): string[] {
  const pem = Buffer.from(caData, 'base64').toString('latin1');
  return [
    ...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g),
  ].flatMap(([, base64]) => {
    const certificate = parsed(Buffer.from(base64!, 'base64'));
    return certificate === undefined ? [] : [trusted(certificate)];
  });
}

/** `sequence { sequence { serverAuth } }`: the uses that OpenSSL trusts a certificate for (CertAux). */
const trustedForServers = Buffer.from('300c300a06082b06010505070301', 'hex');

/**
 * OpenSSL ends a chain at a self-signed certificate, and at any other one only if that is marked as trusted. The option
 * `allowPartialTrustChain` does the same, and takes the server's own certificate too, but Node.js has it only since 20.18.
 */
function trusted(certificate: Buffer): string {
  const base64 = Buffer.concat([certificate, trustedForServers]).toString('base64');
  return `-----BEGIN TRUSTED CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END TRUSTED CERTIFICATE-----\n`;
}

/** The DER of a certificate, without anything that follows it. */
function parsed(der: Buffer): Buffer | undefined {
  try {
    return new X509Certificate(der).raw;
  } catch {
    return undefined;
  }
}
