module foreign

go 1.18

require github.com/aliyun/alibabacloud-oss-go-sdk-v2 v1.6.1
