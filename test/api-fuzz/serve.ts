import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FunctionPool } from '../../local/fc/function-pool';
import { httpTrigger } from '../../local/fc/http-trigger';
import { answerEvent } from '../../shared/api/answer-event';
import { createApi } from '../../shared/api/api';
import { sha256Hex } from '../../shared/platform/sha256';
import { systemClock } from '../../shared/platform/system';
import { aFilledApi } from '../shared/api/a-filled-api';

/**
 * Serves the API over an installation in memory, behind the HTTP trigger of one machine, for whoever sends the token that is
 * given; prints its port.
 */
async function main(token: string): Promise<void> {
  const { installation } = await aFilledApi();
  const pool: Pick<FunctionPool, 'invoke'> = {
    async invoke(event) {
      const api = createApi({
        open: async () => installation,
        tokenSha256: sha256Hex(token),
        openRuns: 1000,
      });
      return { body: Buffer.from(JSON.stringify(await answerEvent(event, api))) };
    },
  };
  const place = { accountId: '1000000000000001', region: 'cn-hangzhou' };
  const trigger = httpTrigger({ pool: pool as FunctionPool, place, clock: systemClock });
  // Function Compute's own limit is not known; Node's would answer before the API does.
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024 }, (request, response) => {
    trigger(request, response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.writeHead(500).end();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
}

void main(process.argv[2] ?? '');
