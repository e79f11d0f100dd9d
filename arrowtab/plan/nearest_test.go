package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

func TestNearest(t *testing.T) {
	names := []string{"id", "name", "value", "values", "timestamp", "Zeit"}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"vlaue", []string{"value"}},
		{"valu", []string{"value"}},
		{"valuess", []string{"values", "value"}},
		{"NAME", []string{"name"}},
		{"zeit", []string{"Zeit"}},
		{"timestmap", []string{"timestamp"}},
		{"di", []string{"id"}},
		{"quantity", nil},
		{"", nil},
	} {
		if got := Nearest(c.name, names); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLongListsOfColumnsAreCut(t *testing.T) {
	fields := make([]Field, 25)
	for i := range fields {
		fields[i] = Field{Name: fmt.Sprint("c", i), Type: vec.TBool}
	}
	got := UnknownColumn("x", NewSchema(fields...)).Error()
	if !strings.HasSuffix(got, "c18, c19 … and 5 more") {
		t.Errorf("got %s", got)
	}
}
