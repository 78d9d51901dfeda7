// Uses the OSS server with Alibaba's Go SDK v2 (signature V4), which checks CRC-64 by itself.
// Arguments: port, virtual-host or path.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

const bucket = "foreign"

var ctx = context.Background()

func expect(what string, condition bool) {
	if !condition {
		fmt.Println("FAILED:", what)
		os.Exit(1)
	}
}

func must(what string, err error) {
	if err != nil {
		fmt.Println("FAILED:", what, err)
		os.Exit(1)
	}
}

func expectCode(what, code string, err error) {
	var service *oss.ServiceError
	expect(fmt.Sprint(what, ": ", err), errors.As(err, &service) && service.Code == code)
}

func random(size int) []byte {
	body := make([]byte, size)
	rand.Read(body)
	return body
}

func newClient(port, addressing, secret string) *oss.Client {
	config := oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider("foreign-id", secret)).
		WithRegion("cn-hangzhou").
		WithSignatureVersion(oss.SignatureVersionV4)
	if addressing == "path" {
		return oss.NewClient(config.WithEndpoint("http://127.0.0.1:" + port).WithUsePathStyle(true))
	}
	// The names of the real service, answered by this machine.
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+port)
	}}
	return oss.NewClient(config.WithEndpoint("http://oss-cn-hangzhou.aliyuncs.com").
		WithHttpClient(&http.Client{Transport: transport}))
}

func read(client *oss.Client, key string, rangeHeader *string) []byte {
	result, err := client.GetObject(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), Range: rangeHeader})
	must("get "+key, err)
	defer result.Body.Close()
	body, err := io.ReadAll(result.Body)
	must("read "+key, err)
	return body
}

func put(client *oss.Client, key string, body []byte, forbid bool) error {
	request := &oss.PutObjectRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), Body: bytes.NewReader(body),
		Metadata: map[string]string{"colour": "red"},
	}
	if forbid {
		request.ForbidOverwrite = oss.Ptr("true")
	}
	_, err := client.PutObject(ctx, request)
	return err
}

func objects(client *oss.Client, root string) {
	body := random(300000)
	key := root + "odd/kéy +%&=?.bin"
	must("put", put(client, key, body, true))
	expect("get", bytes.Equal(read(client, key, nil), body))
	expect("range", bytes.Equal(read(client, key, oss.Ptr("bytes=100-199")), body[100:200]))
	head, err := client.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)})
	must("head", err)
	expect("head", head.ContentLength == int64(len(body)) && head.Metadata["colour"] == "red")
	expectCode("forbid-overwrite", "FileAlreadyExists", put(client, key, []byte("other"), true))
	_, err = client.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(root + "nothing")})
	expectCode("head of nothing", "NoSuchKey", err)
	_, err = client.CopyObject(ctx, &oss.CopyObjectRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(root + "copy"), SourceKey: oss.Ptr(key),
	})
	must("copy", err)
	expect("copy", bytes.Equal(read(client, root+"copy", nil), body))
	_, err = client.AppendObject(ctx, &oss.AppendObjectRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(root + "log"), Position: oss.Ptr(int64(0)), Body: bytes.NewReader([]byte("one ")),
	})
	must("append", err)
	_, err = client.AppendObject(ctx, &oss.AppendObjectRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(root + "log"), Position: oss.Ptr(int64(4)), Body: bytes.NewReader([]byte("two")),
	})
	must("append more", err)
	expect("append", string(read(client, root+"log", nil)) == "one two")
}

func listing(client *oss.Client, root string) {
	var keys []string
	for number := 0; number < 25; number++ {
		key := fmt.Sprintf("%slist/%02d/é", root, number)
		keys = append(keys, key)
		must("put "+key, put(client, key, []byte(key), false))
	}
	var listed []string
	pages := client.NewListObjectsV2Paginator(&oss.ListObjectsV2Request{
		Bucket: oss.Ptr(bucket), Prefix: oss.Ptr(root + "list/"), MaxKeys: 7,
	})
	for pages.HasNext() {
		page, err := pages.NextPage(ctx)
		must("list v2", err)
		for _, object := range page.Contents {
			listed = append(listed, oss.ToString(object.Key))
		}
	}
	expect("list v2", fmt.Sprint(listed) == fmt.Sprint(keys))
	listed = nil
	first := client.NewListObjectsPaginator(&oss.ListObjectsRequest{
		Bucket: oss.Ptr(bucket), Prefix: oss.Ptr(root + "list/"), Delimiter: oss.Ptr("/"), MaxKeys: 4,
	})
	for first.HasNext() {
		page, err := first.NextPage(ctx)
		must("list v1", err)
		for _, prefix := range page.CommonPrefixes {
			listed = append(listed, oss.ToString(prefix.Prefix)+"é")
		}
	}
	expect("prefixes", fmt.Sprint(listed) == fmt.Sprint(keys))
	var doomed []oss.DeleteObject
	for _, key := range keys {
		doomed = append(doomed, oss.DeleteObject{Key: oss.Ptr(key)})
	}
	deleted, err := client.DeleteMultipleObjects(ctx, &oss.DeleteMultipleObjectsRequest{Bucket: oss.Ptr(bucket), Objects: doomed})
	must("delete", err)
	expect("delete", len(deleted.DeletedObjects) == len(keys))
	_, err = client.DeleteObject(ctx, &oss.DeleteObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(keys[0])})
	must("delete of what is gone", err)
}

func multipart(client *oss.Client, root string) {
	body := random(1500000)
	key := root + "large"
	uploader := client.NewUploader(func(options *oss.UploaderOptions) { options.PartSize = 200 * 1024; options.ParallelNum = 3 })
	_, err := uploader.UploadFrom(ctx, &oss.PutObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)}, bytes.NewReader(body))
	must("upload", err)
	target := root2file(root)
	defer os.Remove(target)
	downloader := client.NewDownloader(func(options *oss.DownloaderOptions) { options.PartSize = 300 * 1024; options.ParallelNum = 3 })
	_, err = downloader.DownloadFile(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)}, target)
	must("download", err)
	downloaded, err := os.ReadFile(target)
	must("read", err)
	expect("multipart", bytes.Equal(downloaded, body))

	started, err := client.InitiateMultipartUpload(ctx, &oss.InitiateMultipartUploadRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)})
	must("initiate", err)
	part, err := client.UploadPartCopy(ctx, &oss.UploadPartCopyRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), SourceKey: oss.Ptr(key), UploadId: started.UploadId,
		PartNumber: 1, Range: oss.Ptr("bytes=0-149999"),
	})
	must("part copy", err)
	parts, err := client.ListParts(ctx, &oss.ListPartsRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), UploadId: started.UploadId})
	must("parts", err)
	expect("parts", len(parts.Parts) == 1 && oss.ToString(parts.Parts[0].ETag) == oss.ToString(part.ETag))
	_, err = client.CompleteMultipartUpload(ctx, &oss.CompleteMultipartUploadRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), UploadId: started.UploadId,
		CompleteMultipartUpload: &oss.CompleteMultipartUpload{Parts: []oss.UploadPart{{PartNumber: 1, ETag: part.ETag}}},
	})
	must("complete", err)
	expect("part copy", bytes.Equal(read(client, key, nil), body[:150000]))
}

func root2file(root string) string {
	file, err := os.CreateTemp("", "foreign")
	must("temporary file", err)
	file.Close()
	return file.Name()
}

func presigned(client *oss.Client, root string) {
	must("put", put(client, root+"signed", []byte("by url"), false))
	signed, err := client.Presign(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(root + "signed")}, oss.PresignExpires(time.Minute))
	must("presign", err)
	expect("presigned", signed.URL != "")
	request, err := http.NewRequest(signed.Method, signed.URL, nil)
	must("request", err)
	// The service's name has no address here: the connection goes to this machine, the Host stays.
	request.Host = request.URL.Host
	request.URL.Host = "127.0.0.1:" + os.Args[1]
	response, err := http.DefaultClient.Do(request)
	must("get by url", err)
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	expect("get by url: "+string(body), string(body) == "by url")
}

func main() {
	port, addressing := os.Args[1], os.Args[2]
	client := newClient(port, addressing, "foreign-secret")
	root := "go-" + addressing + "/"
	for _, it := range []struct {
		name string
		run  func(*oss.Client, string)
	}{{"objects", objects}, {"listing", listing}, {"multipart", multipart}, {"presigned", presigned}} {
		it.run(client, root)
		fmt.Printf("Go SDK v2 %s, signature v4, %s addressing: %s ok\n", oss.Version(), addressing, it.name)
	}
	_, err := newClient(port, addressing, "wrong").GetObject(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr("x")})
	expectCode("wrong secret", "SignatureDoesNotMatch", err)
}
