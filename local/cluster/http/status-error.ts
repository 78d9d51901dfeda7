import { groupResource } from '../../../shared/platform/kubernetes/api-resource';

/** One entry of `details.causes` in a Status. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A refusal in the words of an API server: becomes a `Status` body with its code. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string | undefined,
    message: string,
    readonly details?: StatusDetails,
    /** A continue token (410) or other list metadata that travels with the refusal. */
    readonly listMeta: { continue?: string } = {},
  ) {
    super(message);
    this.name = 'StatusError';
  }

  /** The JSON object that goes over the wire. */
  body(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.listMeta,
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

/** What a Status names: the plural resource (or kind, for Invalid) and its group. */
interface Named {
  group: string;
  resource: string;
  kind: string;
}

const details = (of: Named, name?: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(of.group ? { group: of.group } : {}),
  kind: of.resource,
});

export const notFound = (of: Named, name: string) =>
  new StatusError(404, 'NotFound', `${groupResource(of)} "${name}" not found`, details(of, name));

export const noSuchResource = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (of: Named, name: string, message?: string) =>
  new StatusError(
    409,
    'AlreadyExists',
    message ?? `${groupResource(of)} "${name}" already exists`,
    details(of, name),
  );

export const conflict = (of: Named, name: string, why: string) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResource(of)} "${name}": ${why}`,
    details(of, name),
  );

export const modified = (of: Named, name: string) =>
  conflict(
    of,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const forbidden = (of: Named, name: string, why: string, causes?: StatusCause[]) =>
  new StatusError(403, 'Forbidden', `${groupResource(of)} ${name ? `"${name}" ` : ''}is forbidden: ${why}`, {
    ...details(of, name),
    ...(causes ? { causes } : {}),
  });

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

export const unsupportedMediaType = (message: string, withDetails = false) =>
  new StatusError(415, 'UnsupportedMediaType', message, withDetails ? {} : undefined);

export const methodNotAllowed = () =>
  new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

/** 422: every cause is one field and what is wrong with it. */
export function invalid(of: Named, name: string, causes: StatusCause[]): StatusError {
  const each = causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : cause.message));
  const list = each.length === 1 ? each[0] : `[${each.join(', ')}]`;
  return new StatusError(
    422,
    'Invalid',
    `${of.group ? `${of.kind}.${of.group}` : of.kind} "${name}" is invalid: ${list}`,
    {
      ...(name ? { name } : {}),
      ...(of.group ? { group: of.group } : {}),
      kind: of.kind,
      causes,
    },
  );
}

export const requiredValue = (field: string, detail = ''): StatusCause => ({
  reason: 'FieldValueRequired',
  message: detail ? `Required value: ${detail}` : 'Required value',
  field,
});

export const invalidValue = (field: string, value: unknown, detail: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${describeValue(value)}: ${detail}`,
  field,
});

function describeValue(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_k, v) => (typeof v === 'bigint' ? Number(v) : v))
    : JSON.stringify(value);
}
