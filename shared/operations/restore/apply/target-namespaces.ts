/** Namespaces of the target, as this restore finds and makes them. */
export interface TargetNamespaces {
  /** The archive says nothing of them: they are only to be there. */
  bare: Set<string>;
  /** This restore has made them, in this attempt or an earlier one. */
  made: Set<string>;
  /** Nothing can be made in them, and why. */
  blocked: Map<string, string>;
}
