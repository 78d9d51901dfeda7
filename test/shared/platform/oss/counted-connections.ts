import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CountedConnections {
  /** Leads to the server behind. */
  endpoint: string;
  /** Connections that were opened. */
  opened(): number;
  /**
   * Forgets every connection that stands, as a NAT does with those of a frozen instance: neither end is told. The next bytes
   * of the client are answered by a reset, or by nothing.
   */
  forget(next: 'reset' | 'silence'): void;
  close(): Promise<void>;
}

/** A door of its own to a server on this machine, which counts connections and can forget them. */
export async function countConnections(port: number): Promise<CountedConnections> {
  const standing = new Map<Socket, { forgotten?: 'reset' | 'silence' }>();
  let opened = 0;
  const door = createServer((client) => {
    opened += 1;
    const state: { forgotten?: 'reset' | 'silence' } = {};
    standing.set(client, state);
    const server = connect(port, '127.0.0.1');
    client.on('data', (bytes) => {
      if (state.forgotten === 'reset') client.resetAndDestroy();
      else if (state.forgotten === undefined) server.write(bytes);
    });
    server.on('data', (bytes) => client.write(bytes));
    client.on('error', () => {});
    server.on('error', () => {});
    client.on('close', () => {
      standing.delete(client);
      server.destroy();
    });
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    opened: () => opened,
    forget: (next) => {
      for (const state of standing.values()) state.forgotten = next;
    },
    close: () => {
      for (const client of standing.keys()) client.destroy();
      return new Promise((resolve) => door.close(() => resolve()));
    },
  };
}
