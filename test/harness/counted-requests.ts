import { createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request to OSS as it was seen on the wire. */
export interface CountedRequest {
  /** `GET`, `HEAD`, `PUT`, `POST`, `DELETE`, or `LIST`. */
  method: string;
  /** Bucket and key, or bucket and prefix of a listing. */
  key: string;
  /** Requests of one round were made at once: none of them waited for another. */
  round: number;
}

export interface CountedServer {
  endpoint: string;
  /** All requests since the last call, in the order in which they came. */
  take(): CountedRequest[];
  close(): Promise<void>;
}

/** Turns of the event loop in which no request came, until those that wait are answered; each of at least `turn` milliseconds. */
const quietTurns = 4;
const turn = 10;

/**
 * A door to an OSS server on this machine that writes down each request. It answers in rounds: only when nobody asks for more are
 * the requests that wait answered, all together. So the number of rounds is the longest sequence of requests, however busy the
 * machine is.
 */
export async function countRequests(port: number): Promise<CountedServer> {
  let seen: CountedRequest[] = [];
  let round = 0;
  let came = 0;
  let waiting: (() => void)[] = [];

  async function answerWhenQuiet(): Promise<void> {
    for (let quiet = 0, last = came; quiet < quietTurns; quiet += 1) {
      await delay(turn);
      if (came !== last) quiet = -1;
      last = came;
    }
    const answered = waiting;
    waiting = [];
    round += 1;
    for (const answer of answered) answer();
  }

  const door = createServer(async (incoming, answer) => {
    came += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    seen.push({ ...named(incoming), round });
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) void answerWhenQuiet();
    });
    const sent = httpRequest(
      { port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode!, response.headers);
        response.pipe(answer);
      },
    );
    sent.on('error', () => answer.destroy());
    sent.end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: () => {
      door.closeAllConnections();
      return new Promise((resolve) => door.close(() => resolve()));
    },
  };
}

function named({ method = '', url = '', headers }: IncomingMessage): Pick<CountedRequest, 'method' | 'key'> {
  const { pathname, searchParams } = new URL(url, 'http://oss');
  const bucket = headers.host?.split('.')[0];
  const prefix = searchParams.get('prefix');
  if (prefix !== null) return { method: 'LIST', key: `${bucket}/${prefix}` };
  const query = [...searchParams.keys()].map((name) => `?${name}`).join('');
  return { method, key: `${bucket}${decodeURIComponent(pathname)}${query}` };
}

/** The most requests of which each waited for the one before it. */
export function longestSequence(requests: readonly CountedRequest[]): number {
  return new Set(requests.map(({ round }) => round)).size;
}
