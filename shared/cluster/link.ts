import type { Socket } from 'node:net';
import type { Clock } from '../clock';

/**
 * A server that takes a connection, or answers, within this is in the same network or one beside it, where bytes cost less than
 * work. Within a region that takes a millisecond or two, and a process that has just started sees it some five later; the
 * next region is twenty away.
 */
const NEAR_MILLISECONDS = 10;

/**
 * The way to an API server. Answers from afar are worth compressing. Near by it only costs: the control plane's CPU to pack
 * each list, ours to unpack it, and together more time than the bytes would take.
 */
export class Link {
  #shortest = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** Takes the time in which a new socket connects; its name is looked up first, which does not count. */
  measure(socket: Socket): void {
    let stop = this.begin();
    socket.once('lookup', () => {
      stop = this.begin();
    });
    socket.once('connect', () => stop());
  }

  /** Begins to time the way there and back; what it gives is called when that is done. */
  begin(): () => void {
    const started = this.clock.monotonic();
    // The shortest counts: a busy process sees later than it happens that a socket has connected or an answer has come.
    return () => {
      this.#shortest = Math.min(this.#shortest, this.clock.monotonic() - started);
    };
  }

  /** For the next request; `gzip` until a socket has connected. */
  get acceptEncoding(): 'gzip' | 'identity' {
    return this.#shortest < NEAR_MILLISECONDS ? 'identity' : 'gzip';
  }
}
