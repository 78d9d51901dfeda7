import { describeError, type InvocationAnswer, type InvocationMessage } from './fc/process-protocol';

/**
 * The process of one function instance: loads one bundle, then answers one request at a time.
 * Started by the FC host with the path of the bundle and the name of the export; ends when its host does.
 */
type Handler = (event: Buffer, context: unknown) => unknown;

const [bundle, exportName] = process.argv.slice(2);

function load(): Handler {
  const exported = (require(bundle!) as Record<string, unknown>)[exportName!];
  if (typeof exported !== 'function') throw new Error(`${bundle} exports no function "${exportName}"`);
  return exported as Handler;
}

/** FC's line: time, request id, level, message. */
function loggerFor(requestId: string) {
  const write =
    (level: string) =>
    (...words: unknown[]) => {
      const text = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' ');
      process.stdout.write(`${new Date().toISOString()} ${requestId} [${level}] ${text}\n`);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    log: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

/** As FC turns what a handler returns into bytes. */
function toBytes(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'object' && value !== null) return Buffer.from(JSON.stringify(value));
  return Buffer.from(value === undefined ? '' : String(value));
}

async function answer({ event, context }: InvocationMessage, handler: Handler): Promise<InvocationAnswer> {
  try {
    const logger = loggerFor(context.requestId);
    return { body: toBytes(await handler(Buffer.from(event), { ...context, logger })) };
  } catch (error) {
    return { error: describeError(error) };
  }
}

function serve(handler: Handler): void {
  process.on('message', (message: InvocationMessage) => {
    void answer(message, handler).then((reply) => process.send?.(reply));
  });
}

process.on('disconnect', () => process.exit(0));
// A terminal sends Ctrl-C to everyone; the host ends its instances itself, after what is under way.
process.on('SIGINT', () => {});
serve(load());
