import type { ObjectStore } from '../../platform/oss/port';
import { clusters } from './manifests/clusters';
import { notifications } from './manifests/notifications';
import { replications } from './manifests/replications';
import { schedules } from './manifests/schedules';
import { tokens } from './manifests/tokens';
import { vaults } from './manifests/vaults';

/** The state's folders of manifests; runs, leases and the rest take the store itself. */
export interface State {
  store: ObjectStore;
  clusters: ReturnType<typeof clusters>;
  vaults: ReturnType<typeof vaults>;
  schedules: ReturnType<typeof schedules>;
  replications: ReturnType<typeof replications>;
  notifications: ReturnType<typeof notifications>;
  tokens: ReturnType<typeof tokens>;
}

/** `store` is bound to the state's prefix. */
export function openState(store: ObjectStore): State {
  return {
    store,
    clusters: clusters(store),
    vaults: vaults(store),
    schedules: schedules(store),
    replications: replications(store),
    notifications: notifications(store),
    tokens: tokens(store),
  };
}
