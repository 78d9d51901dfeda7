import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { createApi } from '../../../shared/api/api';
import { apiDocument } from '../../../shared/api/document';
import { addToken } from '../../../shared/app/secrets/tokens';
import { sha256Hex } from '../../../shared/platform/sha256';
import type { Role } from '../../../shared/formats/manifests/token';
import { anInstallation } from '../app/an-installation';

export const machineToken = 'the-token-of-this-machine';

interface Answered {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON of the answer; undefined for text and for nothing. */
  body: Record<string, unknown>;
}

export interface Sent {
  body?: unknown;
  /** Default: that of the machine, which may do everything. Empty for none. */
  token?: string;
  headers?: Record<string, string>;
}

const document = apiDocument() as {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, object> }> }>>;
};
// OpenAPI's words beside those of JSON Schema are known to nobody here.
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'document');
const compiled = new Map<string, ValidateFunction>();

/** Throws unless the document tells of such an answer: its status, its type, and its body to the last field. */
function assertDocumented(method: string, path: string, answer: Answered): void {
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const template = templateOf(path);
  const what = `${method} ${path} → ${answer.status} ${type}: ${answer.text.slice(0, 500)}`;
  const operation = template && document.paths[template]?.[method.toLowerCase()];
  // A path or a method that is not there has no place in the document.
  if (!operation) {
    if ((answer.status === 404 || answer.status === 405) && type === 'application/problem+json') return;
    throw new Error(`not in the document: ${what}`);
  }
  const response = operation.responses[String(answer.status)];
  if (!response) throw new Error(`a status that is not in the document: ${what}`);
  if (!response.content && answer.text === '') return;
  if (!response.content?.[type]) throw new Error(`a type that is not in the document: ${what}`);
  if (type === 'text/plain') return;
  const pointer = [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    String(answer.status),
    'content',
    type,
  ];
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const reference = `document#/${escaped.join('/')}/schema`;
  const validate = compiled.get(reference) ?? ajv.getSchema(reference);
  if (validate) compiled.set(reference, validate);
  if (!validate) throw new Error(`no schema for ${what}`);
  if (!validate(answer.body))
    throw new Error(`off the document: ${what}\n${ajv.errorsText(validate.errors)}`);
}

function templateOf(path: string): string | undefined {
  const parts = path.split('?')[0]!.split('/');
  return Object.keys(document.paths).find((template) => {
    const wanted = template.split('/');
    return (
      wanted.length === parts.length && wanted.every((part, i) => part.startsWith('{') || part === parts[i])
    );
  });
}

/** The API over an installation in memory. Every answer of it is held against the document. */
export async function anApi(options: { openRuns?: number; signed?: boolean } = {}) {
  const made = await anInstallation();
  let opened = 0;
  const open = async () => {
    opened += 1;
    return made.installation;
  };
  const fetchApi = (request: Request) =>
    createApi({ open, tokenSha256: sha256Hex(machineToken), ...options }).fetch(request);

  async function call(method: string, path: string, { body, token = machineToken, headers }: Sent = {}) {
    const request = new Request(`https://api.example${path}`, {
      method,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const response = await fetchApi(request);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const answer: Answered = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
    assertDocumented(method, path, answer);
    return answer;
  }

  /** A new token. */
  async function tokenFor(role: Role, clusters?: string[]): Promise<string> {
    const name = `t${made.bucket.keys().filter((key) => key.includes('/tokens/')).length}`;
    const { token } = await addToken(made.installation, { name, role, clusters, validFor: '24h' });
    return token;
  }

  return { ...made, call, tokenFor, opened: () => opened };
}

/** Keys of the audit log's entries. */
export function auditEntries(bucket: { keys(): string[] }): string[] {
  return bucket.keys().filter((key) => key.includes('/audit/'));
}
