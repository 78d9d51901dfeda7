import { apiDocument } from '../../shared/api/document';

interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  description?: string;
}

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: { name: string; in: string; description?: string; required: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

const intro = `# The HTTP API

This page is made from the document that the API serves at \`/openapi.json\` (OpenAPI 3.1), which is made from the schemas by which it checks.
Change the schemas or the operations (\`shared/api/routes/\`) and write it anew with \`npm run docs:api\`.

## Who may call

| \`LIFEBOAT_API_AUTH_TYPE\` | who is let in |
|---|---|
| \`function\` (default) | whoever signs the request with an access key that may invoke the function; Function Compute checks it, at the trigger's own domain (\`….fcapp.run\`). They may do everything |
| \`anonymous\` | whoever sends \`Authorization: Bearer <token>\` |

\`lifeboat token create NAME --role ROLE --clusters A,B --valid-for 720h\` prints a token once. Only its SHA-256 is kept, with its role, its clusters and its end; \`lifeboat token delete\` shuts it out from the next call on.
A token that is made again under a name is another caller: it has idempotency keys and open runs of its own, and the audit log shows the first 16 digits of its SHA-256 behind the name (\`lifeboat token get NAME -o yaml\` shows them as \`status.id\`).

**A custom domain** has an authentication setting of its own, and the trigger's does not hold there. With none, requests reach the function with any \`Authorization\` header, so no signature counts there: callers need a token. Set the domain's authentication to signatures and name it in \`LIFEBOAT_API_SIGNED_DOMAINS\` (\`backup.example.com\`, with commas between several) for signatures to count. With JWT as the domain's authentication, callers still need a token of Lifeboat's. The audit log has the access key that Function Compute verified, the address that it saw (\`signature LTAI… from 203.0.113.7\`) and its request id.
On one machine \`lifeboat local\` prints a token that may do everything.

| role | may |
|---|---|
| \`viewer\` | read |
| \`operator\` | also ask for backups, restores and their plans, and cancel them; read plans; run, pause and skip schedules; pause replications; hold and accept backups |
| \`admin\` | also make, change and delete schedules and replications, and ask for the deletion of backups |

A token with \`--clusters\` sees and touches only what concerns those clusters. What is of another cluster, or of one that is not known (a backup that somebody else put into the vault), is not there for it. A backup is of a cluster if this installation committed it of that cluster and the manifest in the vault is the committed one: a request, or a run that failed, opens nothing but the run itself. A restore, and the plan of one, needs the right on the cluster that the backup is of and on the one that it goes into. A schedule with a \`clusterSelector\` needs a token without \`--clusters\`.
Of a vault it sees the name and whether it answers (\`Available\`, \`Unavailable\`), of a cluster no address, no ACK id and no network; in errors, results and logs buckets, ARNs, ids of access keys and addresses of API servers are replaced by \`…\`.
Clusters, vaults, notifications and tokens are registered at the command line only, and a legal hold is ended there only: the role of the function may not write those folders of the state.

\`\`\`
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"metadata":{"name":"shop-1"},"cluster":"production","vault":"main","spec":{"includedNamespaces":["shop"]}}' \\
  "$API/backups"
curl -H "Authorization: Bearer $TOKEN" "$API/backups/shop-1"
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d @nightly.json "$API/apply?dryRun=true"
\`\`\`

## What is the same everywhere

- **Runs.** What takes long answers 202 with a \`Location\` to poll until \`result\` is there. A caller may have 50 runs open (\`LIFEBOAT_API_OPEN_RUNS\`); more are refused with 429 and \`Retry-After\`. How many calls are worked on at once is the reserved concurrency of the function in \`s.yaml\`.
- **Once.** A \`POST\` with an \`Idempotency-Key\` is carried out once, however often it is sent within a day; sent again it is answered with what was answered first, with \`Idempotency-Replayed: true\`. While the first is under way the answer is 409; for another request under the same key it is 422. What was refused is tried again. A key is the caller's own.
- **Changes at once.** A manifest comes with an \`ETag\`, also from what changes it. With that in \`If-Match\` a change, an action or a deletion is done to the manifest that was read, and refused with 412 when it was changed since; what is shown beside a manifest (\`status\`) does not count. Without it, a change by field (PATCH, pause, unpause, skip) is done to the newest manifest and keeps what others change at the same time; PUT and \`/apply\` answer 409 when somebody else changed the manifest while they were carried out; and nothing brings back what was deleted meanwhile. 409 also tells of a call that stood still for half an hour and cannot tell whether it counted. \`If-None-Match\` with the ETag of a GET answers 304 while manifest and status are the same. With \`If-Match\`, \`/apply\` creates nothing. Where an operation changes no manifest, \`If-Match\` is refused with 400.
- **Pages.** Lists take \`limit\` (1 to 500, 100) and \`continue\`. The place is told by the last thing before it: what was there all the time is shown once, whatever comes and goes meanwhile.
- **Errors** are \`application/problem+json\` (RFC 9457) with \`detail\`, one line that names the thing, and often \`hint\`, what to do. 400: a parameter, a header or JSON that cannot be read; 422: JSON that says what cannot be done; 502: what is stored is damaged, or denied to the functions.
- **Bodies** are JSON of at most 1 MiB, declared as \`application/json\`: no form of a web page can send one. Fields and parameters that are not known are refused.
- Every write leaves an entry in the audit log (\`audit/\` in the state) with the name of the token or the id of the access key.
- No answer holds a secret: what manifests keep sealed is left out.
`;

/** `docs/api.md`. */
export function apiPage(): string {
  const { paths } = apiDocument() as { paths: Record<string, Record<string, Operation>> };
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(all.map(({ operation }) => operation.tags[0]!))];
  const parts = tags.map((tag) => {
    const own = all.filter(({ operation }) => operation.tags[0] === tag);
    return [`## ${tag}`, ...own.map((each) => section(each))].join('\n\n');
  });
  return `${[intro.trimEnd(), ...parts].join('\n\n')}\n`;
}

function section({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}): string {
  const { summary, description = '', parameters = [], requestBody, responses } = operation;
  const [, role] = /Role: (\w+)\./.exec(description) ?? [];
  const more = description.replace(/\s*Role: \w+\.$/, '');
  const query = parameters.filter((each) => each.in === 'query');
  const body = requestBody?.content['application/json']?.schema;
  return [
    `### \`${method} ${path}\``,
    [`${summary}.`, more, role && `Role: ${role}.`].filter(Boolean).join('\n'),
    query.length > 0 && table(['parameter', 'takes', ''], query.map(parameterRow)),
    body && bodyTable(body),
    answersTable(responses),
  ]
    .filter((part) => typeof part === 'string' && part !== '')
    .join('\n\n');
}

function parameterRow({ name, schema, description = '' }: NonNullable<Operation['parameters']>[number]) {
  return [`\`${name}\``, takes(schema), description];
}

/** Fields of the body and those below them, as far as they have no name of their own. */
function bodyTable(schema: Schema): string {
  const { anyOf, oneOf = anyOf } = schema;
  if (oneOf) return oneOf.map(bodyTable).join('\n\nOr:\n\n');
  const rows = fields(schema, '');
  return rows.length > 0 ? table(['field', 'takes'], rows) : 'Takes `{}`.';
}

function fields(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const needed = schema.required?.includes(name) ? ', required' : '';
    const below = prefix === '' && field.properties ? fields(field, `${path}.`) : [];
    return below.length > 0 ? below : [[`\`${path}\``, `${takes(field)}${needed}`]];
  });
}

function takes(schema: Schema): string {
  const { $ref, type, default: fallback } = schema;
  const otherwise =
    fallback === undefined || typeof fallback === 'object' ? '' : `; default \`${String(fallback)}\``;
  if ($ref) return `\`${$ref.split('/').pop()}\``;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return `${schema.enum.map((value) => `\`${String(value)}\``).join(', ')}${otherwise}`;
  if (type === 'array') return `list of ${schema.items ? takes(schema.items) : 'anything'}`;
  if (type === 'integer' && schema.minimum !== undefined)
    return `${schema.minimum} to ${schema.maximum}${otherwise}`;
  return `${type ?? 'anything'}${otherwise}`;
}

function answersTable(responses: Operation['responses']): string {
  // Every operation has these, and they are told of above.
  const everywhere = new Set(['400', '401', '403', '413', '415', '422', '500', '502', '503']);
  const rows = Object.entries(responses)
    .filter(([status, { content }]) => !everywhere.has(status) || content?.['application/json'])
    .map(([status, { description }]) => [status, description]);
  return table(['status', ''], rows);
}

function table(headings: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), `|${headings.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
