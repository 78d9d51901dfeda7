/** An operation of RFC 6902. */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string;
  from?: string;
  value?: unknown;
}

/** An operation as Velero's resource modifiers write it: values are text. */
export interface ModifierPatch {
  operation: string;
  from?: string;
  path: string;
  value?: string;
}

/**
 * The JSON patch that Velero makes of operations: it puts their texts between quotes as they are, and guesses from a value
 * whether it is to be quoted (internal/resourcemodifiers/json_patch.go, ToString and addQuotes). Undefined where that gives
 * no JSON.
 */
export function jsonPatchOf(patches: readonly ModifierPatch[]): JsonPatchOperation[] | undefined {
  try {
    return patches.map(
      ({ operation, from = '', path, value = '' }) =>
        JSON.parse(
          `{"op":"${operation.toLowerCase()}","from":"${from}","path":"${path}","value":${valueText(value)}}`,
        ) as JsonPatchOperation,
    );
  } catch {
    return undefined;
  }
}

/**
 * Returns the test that a condition in `matches` stands for. Undefined where its texts give no JSON, or another operation: its
 * value can close its quotes and go on with an `op`.
 */
export function testOf({ path, value }: { path: string; value?: string }): JsonPatchOperation | undefined {
  const [test] = jsonPatchOf([{ operation: 'test', path, value }]) ?? [];
  return test?.op === 'test' ? test : undefined;
}

function valueText(value: string): string {
  if (value === '') return '""';
  // Quotes around it say that it is text, whatever it looks like.
  if (value.startsWith('"') && value.endsWith('"')) return `"${value.replace(/^"/, '').replace(/"$/, '')}"`;
  const lower = value.toLowerCase();
  const isPlain =
    value === 'null' || lower === 'true' || lower === 'false' || /^[{[]/.test(value) || isFloat(value);
  return isPlain ? value : `"${value}"`;
}

/** What strconv.ParseFloat takes; what is too large for a float64 is an error to it. */
function isFloat(text: string): boolean {
  if (/^[+-]?(inf|infinity|nan)$/i.test(text)) return true;
  if (/^[+-]?0x[0-9a-f_]*\.?[0-9a-f_]*p[+-]?\d+$/i.test(text)) return true;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}
