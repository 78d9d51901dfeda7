import type { Route } from './route';
import { applyRoutes } from './routes/apply';
import { backupRoutes } from './routes/backups';
import { clusterRoutes } from './routes/clusters';
import { copyRoutes } from './routes/copies';
import { healthRoutes } from './routes/health';
import { notificationRoutes } from './routes/notifications';
import { planRoutes } from './routes/plans';
import { replicationRoutes } from './routes/replications';
import { restoreRoutes } from './routes/restores';
import { runRoutes } from './routes/runs';
import { scheduleRoutes } from './routes/schedules';
import { vaultRoutes } from './routes/vaults';

/** Every operation of the API, in the order of the document; `/openapi.json` itself is served beside them. */
export const routes: readonly Route[] = [
  ...backupRoutes,
  ...restoreRoutes,
  ...planRoutes,
  ...copyRoutes,
  ...runRoutes,
  ...scheduleRoutes,
  ...replicationRoutes,
  ...applyRoutes,
  ...vaultRoutes,
  ...clusterRoutes,
  ...notificationRoutes,
  ...healthRoutes,
];
