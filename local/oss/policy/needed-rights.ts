/** A right that a call needs: an action, on the bucket or on an object of it. */
export interface NeededRight {
  action: string;
  bucket?: string;
  key?: string;
}

/**
 * The actions of the calls that are not called as their action is.
 * https://help.aliyun.com/en/oss/user-guide/authorization-syntax-and-elements
 */
const actionOf: Record<string, string> = {
  ListObjectsV2: 'ListObjects',
  HeadObject: 'GetObject',
  GetObjectMeta: 'GetObject',
  AppendObject: 'PutObject',
  CopyObject: 'PutObject',
  InitiateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
};

/** The action of a call: `oss:PutObject` for CompleteMultipartUpload. */
function actionFor(operation: string): string {
  return `oss:${actionOf[operation] ?? operation}`;
}

/** What a call needs as far as its first line and its headers tell; the keys of DeleteMultipleObjects are in its body. */
export function neededRights(call: {
  operation: string;
  bucket?: string;
  key?: string;
  headers: Readonly<Record<string, string>>;
  versionId?: string;
}): NeededRight[] {
  const { operation, bucket, key, headers, versionId } = call;
  if (operation === 'DeleteMultipleObjects') return [];
  const action = actionFor(operation);
  const versioned = ['oss:GetObject', 'oss:DeleteObject'].includes(action) && versionId !== undefined;
  const rights: NeededRight[] = [{ action: versioned ? `${action}Version` : action, bucket, key }];
  const source = headers['x-oss-copy-source'];
  if (source === undefined) return rights;
  const [, from, copied] = /^\/?([^/]+)\/([^?]+)/.exec(decoded(source)) ?? [];
  return [...rights, { action: 'oss:GetObject', bucket: from, key: copied }];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
