import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeServerCertificates } from '../certificates';

/** Writes the certificates, keys and tokens of a control plane into a folder; gives the paths, the CA and the administrator's token. */
export async function writeCredentials(folder: string) {
  await mkdir(folder, { recursive: true });
  const certificates = await makeServerCertificates({
    dns: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ip: ['127.0.0.1', '10.96.0.1'],
  });
  // An RSA key takes a good part of a second to make.
  const serviceAccount = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const token = randomBytes(16).toString('hex');
  const write = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  return {
    token,
    caPem: certificates.caCertificate,
    ca: await write('ca.crt', certificates.caCertificate),
    caKey: await write('ca.key', certificates.caKey),
    certificate: await write('api.crt', certificates.certificate),
    key: await write('api.key', certificates.key),
    serviceAccountKey: await write('sa.key', serviceAccount.privateKey),
    serviceAccountPublicKey: await write('sa.pub', serviceAccount.publicKey),
    tokens: await write('tokens.csv', `${token},admin,admin,system:masters\n`),
  };
}

/** An administrator's kubeconfig with everything inline. */
export function kubeconfigOf(server: string, caPem: string, token: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: test
  cluster:
    server: ${server}
    certificate-authority-data: ${Buffer.from(caPem).toString('base64')}
users:
- name: admin
  user:
    token: ${token}
contexts:
- name: test
  context: {cluster: test, user: admin}
current-context: test
`;
}
