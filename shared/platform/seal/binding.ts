/** What a seal belongs to: a word for what it is, then what tells its place. One that is moved elsewhere does not open. */
export type Binding = readonly [purpose: string, ...place: string[]];

/** What a cipher authenticates beside the text. JSON keeps the parts apart whatever they hold. */
export function boundTo([purpose, ...place]: Binding, version: number, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([purpose, version, keyId, ...place]));
}
