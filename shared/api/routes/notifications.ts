import { type NotificationManifest, notificationSchema } from '../../formats/manifests/notification';
import { notificationList } from '../answers/manifests';
import type { Route } from '../route';
import { readRoutes } from './manifest-routes';

/** Their targets are sealed at the command line. */
export const notificationRoutes: Route[] = readRoutes<NotificationManifest>({
  path: '/notifications',
  word: 'Notification',
  tag: 'Notifications',
  item: notificationSchema,
  list: notificationList,
  folder: (state) => state.notifications,
  visible: ({ reach }) => reach.everything,
});
