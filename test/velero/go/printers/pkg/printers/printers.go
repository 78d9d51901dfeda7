// Package printers stands in for the part of k8s.io/cli-runtime that Velero's command line links: nothing here prints tables.
package printers

import (
	"encoding/json"
	"errors"
	"io"

	"k8s.io/apimachinery/pkg/runtime"
)

type ResourcePrinter interface {
	PrintObj(runtime.Object, io.Writer) error
}

type PrintOptions struct {
	ShowLabels   bool
	ColumnLabels []string
}

type noTable struct{}

func (noTable) PrintObj(runtime.Object, io.Writer) error {
	return errors.New("tables are not printed here: use -o json")
}

func NewTablePrinter(PrintOptions) ResourcePrinter { return noTable{} }

type JSONPrinter struct{}

func (*JSONPrinter) PrintObj(object runtime.Object, to io.Writer) error {
	return json.NewEncoder(to).Encode(object)
}

// YAMLPrinter prints JSON, which is YAML.
type YAMLPrinter struct{ JSONPrinter }
