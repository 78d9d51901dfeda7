import type { WrappingKey } from './wrapping-key';

/** The keys of an installation: one that seals, and those that what is sealed may still be under. */
export interface SealingKeys {
  /** The key under which new secrets are sealed. Throws LifeboatError `invalid` when the installation has none. */
  current(): WrappingKey;
  /** The key of this id, if it is at hand. */
  find(id: string): WrappingKey | undefined;
  /** A key from the environment in clear, base64, by the id that `seal` writes; undefined when it is not at hand. */
  direct(id: string): string | undefined;
}
