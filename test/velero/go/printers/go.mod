module k8s.io/cli-runtime

go 1.24.0

require k8s.io/apimachinery v0.33.12
