import { type NotificationManifest, notificationSchema } from '../../manifests/notification';
import type { ObjectStore } from '../../../platform/oss/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `notifications/<name>.json`. */
export function notifications(store: ObjectStore): ManifestFolder<NotificationManifest> {
  return manifestFolder(store, {
    folder: 'notifications/',
    word: 'notification',
    schema: notificationSchema,
  });
}
