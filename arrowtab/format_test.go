package arrowtab

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

func memoryOf(t *Table) (*Schema, []*vec.Batch) {
	return t.Schema(), t.node.(*plan.Read).Source.(*Memory).Batches()
}

func TestFormatTable(t *testing.T) {
	type row struct {
		Name  *string
		Count int64
		Value float64
	}
	name := func(s string) *string { return &s }
	few := []row{{name("ann"), 2, 21.5}, {nil, -1, 0.1}, {name("Jürgen\n\x1b[31m" + strings.Repeat("x", 50)), 3, 1e20}}
	many := make([]row, 10_000)
	for i := range many {
		many[i] = row{name(fmt.Sprint("n", i)), int64(i), float64(i)}
	}
	for _, c := range []struct {
		rows   []row
		format Format
		want   string
	}{
		{few, Format{CellWidth: 20}, `
name                  count    value
string                int64  float64
--------------------  -----  -------
ann                       2     21.5
NULL                     -1      0.1
Jürgen\n\x1b[31mxxx…      3    1e+20
3 rows
`},
		{nil, Format{}, `
name    count    value
string  int64  float64
------  -----  -------
0 rows
`},
		{many, Format{Rows: 3}, `
name    count    value
string  int64  float64
------  -----  -------
n0          0        0
n1          1        1
… 9,997 rows …
n9999    9999     9999
10,000 rows
`},
		{many[:1], Format{Width: 18}, `
name    …    value
string  …  float64
------  …  -------
n0      …        0
1 row; 1 column not shown: count
`},
		{many[:1], Format{Width: 1}, `
name    …
string  …
------  …
n0      …
1 row; 2 columns not shown: count, value
`},
	} {
		var sb strings.Builder
		schema, batches := memoryOf(FromRows(c.rows))
		if err := c.format.Table(&sb, schema, batches); err != nil {
			t.Fatal(err)
		}
		want := strings.TrimPrefix(c.want, "\n")
		if sb.String() != want {
			t.Errorf("got\n%s\nwant\n%s", sb.String(), want)
		}
	}
}

func TestFormatReadsSelectionsAndDictionaries(t *testing.T) {
	dict := &vec.Dict{Values: *stringVec("yes", "no")}
	b := &vec.Batch{N: 3, Cols: []*vec.Vec{{Type: vec.TString, N: 3, Codes: []uint32{0, 1, 1}, Dict: dict}}, Sel: []uint32{0, 2}}
	var sb strings.Builder
	if err := FormatTable(&sb, NewSchema(String("ok")), []*vec.Batch{b}); err != nil {
		t.Fatal(err)
	}
	if want := "ok\nstring\n------\nyes\nno\n2 rows\n"; sb.String() != want {
		t.Errorf("got\n%s", sb.String())
	}
}

func stringVec(values ...string) *vec.Vec {
	b := vec.NewBuilder(vec.TString, len(values))
	for _, v := range values {
		b.AppendString(v)
	}
	return b.Finish()
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestFormatReportsWriteErrors(t *testing.T) {
	if err := FormatTable(fullDisk{}, NewSchema(Int64("x")), nil); err == nil {
		t.Error("no error")
	}
}
