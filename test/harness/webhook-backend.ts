import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeServerCertificates } from '../../local/certificates';

/** What an admission webhook is asked about. */
export interface AdmissionRequest {
  uid: string;
  name: string;
  namespace?: string;
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind
  object: any;
}

/** A webhook's answer: undefined admits. */
export interface Denial {
  message: string;
  code?: number;
}

/** The backend of an admission webhook on loopback. */
export interface WebhookBackend {
  /** For `clientConfig` of a webhook. */
  clientConfig: { url: string; caBundle: string };
  asked: AdmissionRequest[];
  close(): void;
}

/** Starts a backend that asks `denies` about every object. */
export async function startWebhookBackend(
  denies: (request: AdmissionRequest) => Denial | undefined,
): Promise<WebhookBackend> {
  const certificates = await makeServerCertificates({ dns: ['localhost'], ip: ['127.0.0.1'] });
  const asked: AdmissionRequest[] = [];
  const server: Server = createServer(
    { cert: certificates.certificate, key: certificates.key },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const review = JSON.parse(Buffer.concat(chunks).toString()).request as AdmissionRequest;
        asked.push(review);
        const denial = denies(review);
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: {
              uid: review.uid,
              allowed: denial === undefined,
              ...(denial && { status: { message: denial.message, code: denial.code ?? 403 } }),
            },
          }),
        );
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    clientConfig: {
      url: `https://127.0.0.1:${port}/`,
      caBundle: Buffer.from(certificates.caCertificate).toString('base64'),
    },
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
