/** What the host sends to an instance: one request. */
export interface InvocationMessage {
  event: Uint8Array;
  context: FunctionContext;
}

/** FC's context without the logger, which each process has for itself. */
export interface FunctionContext {
  requestId: string;
  credentials: { accessKeyId: string; accessKeySecret: string; securityToken?: string };
  function: { name: string; handler: string; memory: number; timeout: number };
  service: { logProject: string; logStore: string; qualifier: string };
  region: string;
  accountId: string;
  /** Which retry of an asynchronous invocation this is; 0 for the first. */
  retryCount: number;
}

/** What an instance answers. */
export type InvocationAnswer = { body: Uint8Array; error?: undefined } | { error: FunctionError };

/** FC's body of a function error. */
export interface FunctionError {
  errorMessage: string;
  errorType: string;
}

/** An error as it crosses from a function's process to the host: Function Compute's words for it. */
export function describeError(error: unknown): FunctionError {
  if (error instanceof Error) return { errorMessage: error.message, errorType: error.name };
  return { errorMessage: String(error), errorType: 'Error' };
}
