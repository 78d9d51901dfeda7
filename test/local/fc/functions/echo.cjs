// A function for tests of the host: does what its event says.
const loaded = Date.now();
let calls = 0;
exports.handler = async (event, context) => {
  calls += 1;
  const asked = JSON.parse(event.toString() || '{}');
  context.logger.info('asked', { calls });
  if (asked.fail) throw new RangeError(asked.fail);
  if (asked.exit) process.exit(asked.exit);
  if (asked.wait) await new Promise((resolve) => setTimeout(resolve, asked.wait));
  if (asked.failUntilRetry > context.retryCount) throw new Error('not yet');
  if (asked.version === 'v1') {
    return {
      statusCode: 201,
      headers: { 'content-type': 'application/json' },
      isBase64Encoded: false,
      body: JSON.stringify(asked),
    };
  }
  return {
    buffer: Buffer.isBuffer(event),
    event: event.toString(),
    loaded,
    calls,
    pid: process.pid,
    context: { ...context, logger: undefined },
    environment: process.env,
  };
};
