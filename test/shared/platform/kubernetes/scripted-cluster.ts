import type { CommandEnd, PodCommand } from '../../../../shared/platform/kubernetes/pod-command';
import type { ApiRequest, ApiResponse, ExecCluster } from '../../../../shared/platform/kubernetes/port';

/** An answer with a JSON body. */
export const answer = (status: number, body: unknown = {}): ApiResponse => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
  ambiguous: false,
});

/** A cluster that answers as told, and keeps what it was asked. */
export function scripted(
  respond: (request: ApiRequest) => ApiResponse | Promise<ApiResponse>,
  run: (command: PodCommand) => Promise<CommandEnd> = async () => {
    throw new Error('no command was expected');
  },
) {
  const asked: string[] = [];
  const state = { closed: 0 };
  const cluster: ExecCluster = {
    name: 'a',
    server: 'https://10.0.0.1:6443',
    async request(request) {
      asked.push(request.path);
      return respond(request);
    },
    exec: run,
    discover: async () => ({
      resources: [],
      stale: [],
      serverVersion: { gitVersion: '', major: '', minor: '' },
    }),
    close() {
      state.closed += 1;
    },
  };
  return { cluster, asked, state };
}
