import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The headers by which an answer of OSS is known. */
export const fromOss = { 'x-oss-request-id': '0123456789ABCDEF01234567' };

export interface ScriptedServer {
  endpoint: string;
  seen: SeenRequest[];
  /** Connections that were opened. */
  connections(): number;
  close(): Promise<void>;
}

/** An HTTP server that answers as a test says: for what the embedded OSS server would never do. */
export async function startScripted(
  answer: (request: SeenRequest, response: ServerResponse) => void,
  /** Answers before the body is read; then `answer` is not asked. */
  { early }: { early?: (response: ServerResponse) => void } = {},
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  const server = createServer(async (raw, response) => {
    if (early) return early(response);
    const chunks: Buffer[] = [];
    for await (const chunk of raw) chunks.push(chunk);
    const request = { method: raw.method!, url: raw.url!, headers: raw.headers, body: Buffer.concat(chunks) };
    seen.push(request);
    answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    connections: () => connections,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
