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

function hintOf(error: BrokenExchange): string {
  if (isPermanent(error)) {
    return "the API server's certificate was not accepted: check certificate-authority-data and the server address, and add the cluster again";
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return 'check the server address: its name has no address';
  return checkServer;
}
