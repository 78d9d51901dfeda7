import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes messages on a loopback port, and keeps them. */
export async function receiver(status = 200, answer = '', headers: Record<string, string> = {}) {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push(text === '' ? `${request.method} ${request.url}` : JSON.parse(text));
    response.writeHead(status, { connection: 'close', ...headers });
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    bodies,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
