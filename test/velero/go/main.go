// The Velero of the public Go modules, server and command line, as one program. Linked or copied into a folder of plugins
// under another name, the same program is the plugin that reads and writes OSS.
package main

import (
	"os"
	"path/filepath"

	"k8s.io/klog/v2"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/vmware-tanzu/velero/pkg/cmd"
	"github.com/vmware-tanzu/velero/pkg/cmd/velero"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
)

func main() {
	defer klog.Flush()
	// The manager would listen on port 8080 of every address.
	metrics.DefaultBindAddress = "0"
	name := filepath.Base(os.Args[0])
	if name == "velero-plugin-oss" {
		framework.NewServer().RegisterObjectStore("lifeboat.test/oss", newObjectStore).Serve()
		return
	}
	cmd.CheckError(velero.NewCommand(name).Execute())
}
