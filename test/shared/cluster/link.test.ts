import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Link } from '../../../shared/cluster/link';
import { systemClock } from '../../../shared/system';

/** A link whose sockets connect after these times, looked up after 100 ms each. */
function linkOf(...connects: number[]): Link {
  let time = 1_000_000;
  const link = new Link({ ...systemClock, monotonic: () => time });
  for (const milliseconds of connects) {
    const socket = new EventEmitter() as Socket;
    link.measure(socket);
    time += 100;
    socket.emit('lookup');
    time += milliseconds;
    socket.emit('connect');
  }
  return link;
}

describe('the link to an API server', () => {
  it('asks for compressed answers until it knows better', () => {
    expect(linkOf().acceptEncoding).toBe('gzip');
  });

  it('goes on asking for them where a connection takes as long as over the internet', () => {
    expect(linkOf(30, 28).acceptEncoding).toBe('gzip');
    expect(linkOf(20).acceptEncoding).toBe('gzip');
  });

  it('takes answers as they are from a server near by, though one connection was seen late', () => {
    expect(linkOf(0.4).acceptEncoding).toBe('identity');
    expect(linkOf(7).acceptEncoding).toBe('identity');
    expect(linkOf(80, 0.4, 60).acceptEncoding).toBe('identity');
  });

  it('learns from the quickest answer what a busy process has not seen of its connections', () => {
    let time = 0;
    const link = new Link({ ...systemClock, monotonic: () => time });
    for (const milliseconds of [40, 3, 70]) {
      const answered = link.begin();
      time += milliseconds;
      answered();
    }
    expect(link.acceptEncoding).toBe('identity');
  });
});
