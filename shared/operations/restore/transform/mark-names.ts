/** On everything that a rule creates: `Replica.label`. By it a mirror finds what may have to go. */
export const replicatedByLabel = 'lifeboat/replicated-by';
/**
 * Binds the label to one object of one cluster. Controllers and operators copy labels and annotations to what they make, and
 * backups carry them to other clusters: a copy has not its own mark, and is nobody's to delete.
 */
export const markAnnotation = 'lifeboat/replicated-as';
/** uids of the clusters that an object came through, comma-separated: it is never replicated back into one of them. */
export const originAnnotation = 'lifeboat/origin';
