import type { ApiResponse } from '../../../platform/kubernetes/port';

/** What an API server would say to a request that it is not sent. */
export function answer(status: number, body: unknown): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    ambiguous: false,
  };
}

export function notFound(resource: string, name: string): ApiResponse {
  return status(404, 'NotFound', `${resource} "${name}" not found`);
}

export function alreadyExists(resource: string, name: string): ApiResponse {
  return status(409, 'AlreadyExists', `${resource} "${name}" already exists`);
}

function status(code: number, reason: string, message: string): ApiResponse {
  return answer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
}
