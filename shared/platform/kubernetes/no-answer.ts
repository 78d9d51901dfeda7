import { LifeboatError } from '../errors';
import type { BrokenExchange } from './exchange';
import type { ApiRequest, ApiResponse, Cluster } from './port';
import { isPermanent } from './retry';
import { statusOf } from './status';

type Asked = Pick<Cluster, 'name' | 'server'>;

/** The API server gave no answer to anything for as long as is waited: a fact about the server, whatever was asked. */
export class Unreachable extends LifeboatError {
  constructor(message: string, hint: string) {
    super('unavailable', message, { hint });
    this.name = 'Unreachable';
  }
}

/** An answer takes longer than the API server, a gateway or this side waits. Asking for less may work. */
export class SlowAnswer extends LifeboatError {
  constructor({ name, server }: Asked, { method, path }: ApiRequest, why: string) {
    super(
      'unavailable',
      `cluster "${name}" (${server}): the answer to ${method} ${path} takes too long: ${why}`,
      { hint: 'check how busy the API server and its etcd are' },
    );
    this.name = 'SlowAnswer';
  }
}

/** A connection that breaks after so many milliseconds of waiting is taken for a gateway's time limit. */
const longWait = 10_000;

/** Whether a try without an answer took too long. */
export function brokeSlowly({ code, sent, away }: BrokenExchange, took: number): boolean {
  return code === 'ETIMEDOUT' ? !away : sent && took >= longWait;
}

/** Whether an answer says that the real one takes too long: the API server's own time limit, or a gateway's. */
export function saysSlow(response: Pick<ApiResponse, 'status' | 'body'>): boolean {
  const { status } = response;
  if (status === 408 || status === 504 || status === 524) return true;
  return status === 500 && /time allotted|timed out|deadline exceeded/.test(statusOf(response).message);
}

/** The error of a request that got no answer: Unreachable where that is about the server, else `unavailable`. */
export function noAnswer(
  { name, server }: Asked,
  { method, path }: ApiRequest,
  error: BrokenExchange,
  { tries, isAway }: { tries: number; isAway: boolean },
): LifeboatError {
  const times = tries === 1 ? '' : ` after ${tries} tries`;
  const message = `cluster "${name}" (${server}): no answer to ${method} ${path}${times}: ${error.message}`;
  const hint = hintOf(error);
  return isAway || isPermanent(error)
    ? new Unreachable(message, hint)
    : new LifeboatError('unavailable', message, { hint });
}

/** The error of a request that a gateway still answers in place of an API server that is away. */
export function awayAnswer(
  { name, server }: Asked,
  { method, path }: ApiRequest,
  response: ApiResponse,
): Unreachable {
  const { message } = statusOf(response);
  return new Unreachable(
    `cluster "${name}" (${server}): the API server is away: ${method} ${path} is answered with ${message}`,
    checkServer,
  );
}

const checkServer = 'check that the API server runs and can be reached from here';

/** What breaks an exchange for good besides the server's certificate, by the code or the words of Node.js and OpenSSL. */
const signs: [RegExp, string][] = [
  [
    /wrong version number|WRONG_VERSION_NUMBER|packet length too long|PACKET_LENGTH_TOO_LONG/i,
    'the server does not speak TLS at this address, but plain HTTP for example: give the address of its https port',
  ],
  [
    /HPE_HEADER_OVERFLOW/,
    'the answer has more than 16 KB of headers, which no API server sends: check the gateways and proxies before it',
  ],
  [/HPE_/, 'what answers does not speak HTTP as an API server does: check the server address'],
  [
    /alert[ _](certificate[ _]required|bad[ _]certificate|certificate[ _](unknown|expired|revoked)|unknown[ _]ca|handshake[ _]failure)/i,
    'the server asks for a client certificate, and takes none or not this one: give a kubeconfig with client-certificate-data and client-key-data that it knows, and that have not expired',
  ],
];

function hintOf(error: BrokenExchange): string {
  for (const [sign, hint] of signs) if (sign.test(`${error.code} ${error.message}`)) return hint;
  if (isPermanent(error)) {
    return "the API server's certificate was not accepted: check certificate-authority-data and the server address, and give the kubeconfig again (`lifeboat cluster update` where the cluster is registered)";
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return 'check the server address: its name has no address';
  return checkServer;
}
