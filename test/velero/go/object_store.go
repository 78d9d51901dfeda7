package main

import (
	"context"
	"io"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/sirupsen/logrus"
)

var ctx = context.Background()

// objectStore is Velero's ObjectStore on Alibaba's Go SDK. Keys come from OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET.
type objectStore struct {
	client *oss.Client
}

func newObjectStore(logrus.FieldLogger) (any, error) {
	return &objectStore{}, nil
}

// Init takes `region` and `endpoint` of the location's config.
func (store *objectStore) Init(config map[string]string) error {
	store.client = oss.NewClient(oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewEnvironmentVariableCredentialsProvider()).
		WithRegion(config["region"]).
		WithEndpoint(config["endpoint"]).
		WithUsePathStyle(true))
	return nil
}

func (store *objectStore) PutObject(bucket, key string, body io.Reader) error {
	_, err := store.client.PutObject(ctx, &oss.PutObjectRequest{Bucket: &bucket, Key: &key, Body: body})
	return err
}

func (store *objectStore) ObjectExists(bucket, key string) (bool, error) {
	return store.client.IsObjectExist(ctx, bucket, key)
}

func (store *objectStore) GetObject(bucket, key string) (io.ReadCloser, error) {
	result, err := store.client.GetObject(ctx, &oss.GetObjectRequest{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return result.Body, nil
}

func (store *objectStore) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	var prefixes []string
	err := store.list(&oss.ListObjectsV2Request{Bucket: &bucket, Prefix: &prefix, Delimiter: &delimiter},
		func(page *oss.ListObjectsV2Result) {
			for _, common := range page.CommonPrefixes {
				prefixes = append(prefixes, oss.ToString(common.Prefix))
			}
		})
	return prefixes, err
}

func (store *objectStore) ListObjects(bucket, prefix string) ([]string, error) {
	var keys []string
	err := store.list(&oss.ListObjectsV2Request{Bucket: &bucket, Prefix: &prefix},
		func(page *oss.ListObjectsV2Result) {
			for _, object := range page.Contents {
				keys = append(keys, oss.ToString(object.Key))
			}
		})
	return keys, err
}

func (store *objectStore) list(request *oss.ListObjectsV2Request, take func(*oss.ListObjectsV2Result)) error {
	for pages := store.client.NewListObjectsV2Paginator(request); pages.HasNext(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		take(page)
	}
	return nil
}

func (store *objectStore) DeleteObject(bucket, key string) error {
	_, err := store.client.DeleteObject(ctx, &oss.DeleteObjectRequest{Bucket: &bucket, Key: &key})
	return err
}

func (store *objectStore) CreateSignedURL(bucket, key string, ttl time.Duration) (string, error) {
	request := &oss.GetObjectRequest{Bucket: &bucket, Key: &key}
	result, err := store.client.Presign(ctx, request, oss.PresignExpires(ttl))
	if err != nil {
		return "", err
	}
	return result.URL, nil
}
