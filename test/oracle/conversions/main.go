// Converts Kubernetes objects between API versions with Kubernetes' own defaulting and conversion functions.
//
// Reads a JSON list of {"name", "to": ["group/version", …], "object"} on standard input; writes, for each, the object
// with the defaults of its own version and in each of the versions asked for, as an API server would answer.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/certificates/install"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/extensions/install"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
)

type task struct {
	Name   string          `json:"name"`
	To     []string        `json:"to"`
	Object json.RawMessage `json:"object"`
}

type answer struct {
	Name     string                     `json:"name"`
	From     string                     `json:"from"`
	Versions map[string]json.RawMessage `json:"versions"`
}

func main() {
	extensions.Install(legacyscheme.Scheme)
	var tasks []task
	check("input", json.NewDecoder(os.Stdin).Decode(&tasks))
	answers := []answer{}
	for _, one := range tasks {
		answers = append(answers, convert(one))
	}
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	output.SetIndent("", " ")
	check("output", output.Encode(answers))
}

func convert(one task) answer {
	scheme := legacyscheme.Scheme
	// Decoding applies the defaults of the version that the object is written in.
	decoder := legacyscheme.Codecs.UniversalDeserializer()
	object, kind, err := decoder.Decode(one.Object, nil, nil)
	check(one.Name, err)
	scheme.Default(object)
	internal, err := scheme.ConvertToVersion(object, schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal})
	check(one.Name, err)
	own := kind.GroupVersion().String()
	versions := map[string]json.RawMessage{own: encode(one.Name, internal, kind.GroupVersion())}
	for _, text := range one.To {
		version, err := schema.ParseGroupVersion(text)
		check(one.Name, err)
		versions[text] = encode(one.Name, internal, version)
	}
	return answer{one.Name, own, versions}
}

func encode(name string, internal runtime.Object, version schema.GroupVersion) json.RawMessage {
	converted, err := legacyscheme.Scheme.ConvertToVersion(internal.DeepCopyObject(), version)
	check(name+" to "+version.String(), err)
	text, err := json.Marshal(converted)
	check(name, err)
	return text
}

func check(what string, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, what+":", err)
		os.Exit(1)
	}
}
