import type { Log } from '../../platform/log/log';

/**
 * What a backup of named namespaces would take along, and its credentials may not read: the cluster's own objects that those of
 * the namespaces need. Who names namespaces has chosen what is in them, so this is one warning, and no miss.
 */
export class OutOfReach {
  readonly #names: string[] = [];
  #more = 0;

  note(resource: string, name?: string): void {
    if (this.#names.length < mostNamed)
      this.#names.push(name === undefined ? resource : `${resource} ${name}`);
    else this.#more++;
  }

  /** Says it; after the last object. */
  settle(log: Log): void {
    if (this.#names.length === 0) return;
    const more = this.#more > 0 ? ` and ${this.#more} more` : '';
    log.warn(
      `the credentials may not read what lies outside of the named namespaces, so these are not in the backup: ${this.#names.join(', ')}${more}`,
    );
  }
}

/** Named one by one; of others only their number is kept. */
const mostNamed = 50;
