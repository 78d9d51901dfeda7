"""Uses the OSS server with oss2, which checks CRC-64 on uploads and downloads by itself.

Arguments: port, v1 or v4, virtual-host or path.
"""

import hashlib
import os
import sys
import tempfile

import oss2
import requests
import urllib3.util.connection

PORT = int(sys.argv[1])
SIGNATURE = sys.argv[2]
ADDRESSING = sys.argv[3]
ROOT = "python-%s-%s/" % (SIGNATURE, ADDRESSING)

if ADDRESSING == "virtual-host":
    # The names of the real service, answered by this machine.
    ENDPOINT = "http://oss-cn-hangzhou.aliyuncs.com"
    connect = urllib3.util.connection.create_connection
    urllib3.util.connection.create_connection = lambda address, *rest, **named: connect(
        ("127.0.0.1", PORT), *rest, **named
    )
else:
    ENDPOINT = "http://127.0.0.1:%d" % PORT

if SIGNATURE == "v4":
    auth = oss2.AuthV4("foreign-id", "foreign-secret")
else:
    auth = oss2.Auth("foreign-id", "foreign-secret")
bucket = oss2.Bucket(auth, ENDPOINT, "foreign", region="cn-hangzhou", enable_crc=True)


def expect(what, condition):
    if not condition:
        raise SystemExit("FAILED: " + what)


def expect_error(what, code, call):
    try:
        call()
    except oss2.exceptions.OssError as error:
        expect("%s: %s" % (what, error.code), error.code == code)
        return
    raise SystemExit("FAILED: %s: no error" % what)


def objects():
    body = os.urandom(300_000)
    key = ROOT + "odd/kéy +%&=?.bin"
    put = bucket.put_object(key, body, headers={"x-oss-meta-colour": "red", "Content-Type": "text/plain"})
    expect("ETag of put", put.etag == hashlib.md5(body).hexdigest().upper())
    got = bucket.get_object(key)
    expect("get", got.read() == body and got.client_crc == got.server_crc)
    expect("range", bucket.get_object(key, byte_range=(100, 199)).read() == body[100:200])
    head = bucket.head_object(key)
    expect("head", head.content_length == len(body) and head.headers["x-oss-meta-colour"] == "red")
    expect("content type", head.content_type == "text/plain")
    expect("meta", bucket.get_object_meta(key).etag == put.etag)
    expect("exists", bucket.object_exists(key) and not bucket.object_exists(ROOT + "nothing"))
    expect_error("get of nothing", "NoSuchKey", lambda: bucket.get_object(ROOT + "nothing"))
    expect_error(
        "forbid-overwrite",
        "FileAlreadyExists",
        lambda: bucket.put_object(key, b"other", headers={"x-oss-forbid-overwrite": "true"}),
    )
    expect("still the first", bucket.get_object(key).read() == body)
    bucket.copy_object("foreign", key, ROOT + "copy")
    expect("copy", bucket.get_object(ROOT + "copy").read() == body)
    bucket.put_object(ROOT + "empty", b"")
    expect("empty", bucket.get_object(ROOT + "empty").read() == b"")
    first = bucket.append_object(ROOT + "log", 0, b"one ")
    bucket.append_object(ROOT + "log", first.next_position, b"two", init_crc=first.crc)
    expect("append", bucket.get_object(ROOT + "log").read() == b"one two")
    expect_error("append elsewhere", "PositionNotEqualToLength", lambda: bucket.append_object(ROOT + "log", 1, b"x"))


def listing():
    keys = [ROOT + "list/%02d/é" % number for number in range(25)]
    for key in keys:
        bucket.put_object(key, key.encode())
    listed = [info.key for info in oss2.ObjectIterator(bucket, prefix=ROOT + "list/", max_keys=7)]
    expect("list", listed == keys)
    listed = [info.key for info in oss2.ObjectIteratorV2(bucket, prefix=ROOT + "list/", max_keys=7)]
    expect("list v2", listed == keys)
    folders = [
        info.key
        for info in oss2.ObjectIteratorV2(bucket, prefix=ROOT + "list/", delimiter="/", max_keys=4)
        if info.is_prefix()
    ]
    expect("prefixes", folders == [ROOT + "list/%02d/" % number for number in range(25)])
    bucket.delete_object(keys[0])
    deleted = bucket.batch_delete_objects(keys[1:])
    expect("delete", sorted(deleted.deleted_keys) == keys[1:])
    expect("all gone", not list(oss2.ObjectIterator(bucket, prefix=ROOT + "list/")))


def multipart():
    body = os.urandom(1_500_000)
    key = ROOT + "large"
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        oss2.resumable_upload(
            bucket, key, file.name, multipart_threshold=1, part_size=200_000, num_threads=3,
            store=oss2.ResumableStore(root=tempfile.mkdtemp()),
        )
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "large")
        oss2.resumable_download(
            bucket, key, target, multiget_threshold=1, part_size=300_000, num_threads=3,
            store=oss2.ResumableDownloadStore(root=tempfile.mkdtemp()),
        )
        with open(target, "rb") as file:
            expect("multipart", file.read() == body)
    upload = bucket.init_multipart_upload(key).upload_id
    parts = []
    part = bucket.upload_part(key, upload, 1, body[:150_000])
    parts.append(oss2.models.PartInfo(1, part.etag, size=150_000, part_crc=part.crc))
    part = bucket.upload_part_copy("foreign", key, (150_000, 1_499_999), key, upload, 2)
    parts.append(oss2.models.PartInfo(2, part.etag))
    expect("parts", [part.part_number for part in bucket.list_parts(key, upload).parts] == [1, 2])
    pending = [info.upload_id for info in oss2.MultipartUploadIterator(bucket, prefix=key)]
    expect("uploads", pending == [upload])
    bucket.complete_multipart_upload(key, upload, parts)
    expect("part copy", bucket.get_object(key).read() == body)
    upload = bucket.init_multipart_upload(key).upload_id
    bucket.abort_multipart_upload(key, upload)
    expect_error("aborted", "NoSuchUpload", lambda: bucket.upload_part(key, upload, 1, b"x"))


def presigned():
    key = ROOT + "signed"
    url = bucket.sign_url("PUT", key, 60, slash_safe=True)
    expect("signed put", requests.put(url, data=b"by url").status_code == 200)
    url = bucket.sign_url("GET", key, 60, slash_safe=True)
    expect("signed get", requests.get(url).content == b"by url")


def versions():
    versioned = oss2.Bucket(auth, ENDPOINT, "versioned", region="cn-hangzhou")
    key = ROOT + "versions"
    first = versioned.put_object(key, b"first").versionid
    second = versioned.put_object(key, b"second", headers={"x-oss-forbid-overwrite": "true"}).versionid
    expect("old version", versioned.get_object(key, params={"versionId": first}).read() == b"first")
    marker = versioned.delete_object(key)
    expect("marker", marker.delete_marker)
    listed = versioned.list_object_versions(prefix=key)
    expect("versions", [version.versionid for version in listed.versions] == [second, first])
    expect("markers", [version.versionid for version in listed.delete_marker] == [marker.versionid])
    versioned.delete_object(key, params={"versionId": marker.versionid})
    expect("newest again", versioned.get_object(key).read() == b"second")


def buckets():
    expect("info", bucket.get_bucket_info().name == "foreign")
    service = oss2.Service(auth, ENDPOINT, region="cn-hangzhou")
    expect("buckets", [info.name for info in oss2.BucketIterator(service)][:1] == ["foreign"])
    stranger = oss2.AuthV4("foreign-id", "wrong") if SIGNATURE == "v4" else oss2.Auth("foreign-id", "wrong")
    wrong = oss2.Bucket(stranger, ENDPOINT, "foreign", region="cn-hangzhou")
    expect_error("wrong secret", "SignatureDoesNotMatch", lambda: wrong.get_object(ROOT + "empty"))


for case in (objects, listing, multipart, presigned, versions, buckets):
    case()
    print("oss2 %s, signature %s, %s addressing: %s ok" % (oss2.__version__, SIGNATURE, ADDRESSING, case.__name__))
