package arrowtab

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

type city string

type sale struct {
	ID       int64
	Name     *string
	Amount   float64       `pw:"value"`
	At       time.Time     `pw:"timestamp,layout=%d.%m.%Y, %H:%M"`
	Day      time.Time     `pw:"day,date"`
	Fine     *time.Time    `pw:",unit=ns,zone=Europe/Vienna"`
	Took     time.Duration `pw:"took"`
	Small    int8
	Wide     uint64
	Half     float32
	Blob     []byte
	OK       bool
	HTTPPort uint16
	Where    city
	Note     string `pw:"-"`
	cache    string
}

func TestSchemaOf(t *testing.T) {
	want := `id int64 not null
name string
value float64 not null
timestamp timestamp[us] not null layout %d.%m.%Y, %H:%M
day date not null
fine timestamp[ns, Europe/Vienna]
took duration[ns] not null
small int8 not null
wide uint64 not null
half float32 not null
blob binary
ok bool not null
http_port uint16 not null
where string not null
`
	var sb strings.Builder
	for _, f := range SchemaOf[sale]().Fields() {
		fmt.Fprintf(&sb, "%s %s", f.Name, f.Type)
		if !f.Nullable {
			sb.WriteString(" not null")
		}
		if f.Layout != "" {
			sb.WriteString(" layout " + f.Layout)
		}
		sb.WriteString("\n")
	}
	if sb.String() != want {
		t.Errorf("got\n%swant\n%s", sb.String(), want)
	}
}

func TestRowsRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 1023, vec.BatchRows, vec.BatchRows + 1} {
		rows := make([]sale, n)
		for i := range rows {
			rows[i] = someSale(i)
		}
		table := FromRows(rows)
		node, err := table.Plan()
		if err != nil {
			t.Fatal(err)
		}
		m := node.(*plan.Read).Source.(*Memory)
		if m.Rows() != int64(n) {
			t.Fatalf("%d rows, want %d", m.Rows(), n)
		}
		back, err := RowsOf[sale](table.Schema(), m.Batches())
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if rows[i].Note, rows[i].cache = "", ""; !reflect.DeepEqual(back[i], rows[i]) {
				t.Fatalf("row %d: got %+v, want %+v", i, back[i], rows[i])
			}
		}
	}
}

func someSale(i int) sale {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		panic(err)
	}
	name := fmt.Sprint("n", i%7)
	fine := time.Unix(int64(i)*1e6, int64(i)).In(vienna)
	s := sale{
		ID: int64(i) - 5, Name: &name, Amount: float64(i) / 3, At: time.UnixMicro(int64(i)*1e12 - 1e14).UTC(),
		Day: time.Unix(int64(i-3)*86400, 0).UTC(), Fine: &fine, Took: time.Duration(i), Small: int8(i), Wide: 1<<64 - 1 - uint64(i),
		Half: float32(i) / 4, Blob: []byte{byte(i)}, OK: i%2 == 0, HTTPPort: uint16(i), Where: city(name), Note: "x", cache: "y",
	}
	if i%3 == 0 {
		s.Name, s.Fine, s.Blob = nil, nil, nil
	}
	return s
}

func TestRowsReadASelection(t *testing.T) {
	type row struct{ X int64 }
	table := FromRows([]row{{1}, {2}, {3}})
	b := *table.node.(*plan.Read).Source.(*Memory).Batches()[0]
	b.Sel = []uint32{0, 2}
	got, err := RowsOf[row](table.Schema(), []*vec.Batch{&b})
	if err != nil || !reflect.DeepEqual(got, []row{{1}, {3}}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTimesAreRoundedDown(t *testing.T) {
	type row struct {
		At time.Time
		D  time.Time `pw:",date"`
	}
	before := time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	table := FromRows([]row{{before, before}})
	b := table.node.(*plan.Read).Source.(*Memory).Batches()[0]
	if got := vec.Of[int64](b.Cols[0])[0]; got != -1 {
		t.Errorf("timestamp %d, want -1", got)
	}
	if got := vec.Of[int32](b.Cols[1])[0]; got != -1 {
		t.Errorf("date %d, want -1", got)
	}
}

func TestStructErrors(t *testing.T) {
	type address struct{ Street string }
	type nested struct {
		ID   int
		Home address
	}
	type list struct{ Tags map[string]int }
	type badTag struct {
		X int `pw:"x,zone=UTC"`
	}
	type twice struct {
		A int `pw:"x"`
		B int `pw:"x"`
	}
	type far struct{ At time.Time }
	for _, c := range []struct {
		table *Table
		want  string
	}{
		{FromRows([]nested{}), "rows: field nested.Home: arrowtab.address is a struct; nested columns aren't supported: put its fields here, or leave it out with the tag `pw:\"-\"`"},
		{FromRows([]list{}), "rows: field list.Tags: map[string]int can't be a column; leave it out with the tag `pw:\"-\"`"},
		{FromRows([]badTag{}), `rows: field badTag.X: the tag's option "zone=UTC" is unknown, or not for int; there are date, unit=s, ms, us or ns, zone=NAME and layout=LAYOUT`},
		{FromRows([]twice{}), `rows: column "x" is there twice (columns 1 and 2)`},
		{FromRows([]int{1}), "rows: rows are structs, not int"},
		{FromRows([]struct{}{{}}), "rows: struct {} has no exported fields"},
		{FromRows([]far{{time.Unix(1<<50, 0).UTC()}}), "rows: from row 0 on: row 0, field far.At: 35680317-09-25 18:57:04 +0000 UTC is out of range for timestamp[us]"},
		{NewSource(NewMemory(SchemaOf[nested](), nil), SourceOptions{}), "field nested.Home: arrowtab.address is a struct; nested columns aren't supported: put its fields here, or leave it out with the tag `pw:\"-\"`"},
	} {
		_, err := c.table.Plan()
		if err == nil {
			t.Errorf("no error, want %s", c.want)
			continue
		}
		_, text, _ := strings.Cut(err.Error(), ": ")
		if text != c.want {
			t.Errorf("got  %s\nwant %s", text, c.want)
		}
	}
}

func TestRowsOfErrors(t *testing.T) {
	type in struct {
		ID    *int64
		Name  string
		Total int64
	}
	seven := int64(7)
	table := FromRows([]in{{&seven, "a", 1}, {nil, "b", 2}})
	s, batches := table.Schema(), table.node.(*plan.Read).Source.(*Memory).Batches()
	check := func(_ any, err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	type missing struct{ Nane string }
	rows, err := RowsOf[missing](s, batches)
	check(rows, err, `field missing.Nane: unknown column "nane"; did you mean "name"? The columns are: id, name, total`)
	type null struct{ ID int64 }
	_, err = RowsOf[null](s, batches)
	check(nil, err, `row 1: column "id" is NULL, but field null.ID is a int64; make it a *int64`)
	type wrong struct{ Name int }
	_, err = RowsOf[wrong](s, batches)
	check(nil, err, `field wrong.Name is int, but column "name" is string; change the field or cast the column`)
	type narrow struct{ Total int32 }
	_, err = RowsOf[narrow](s, batches)
	check(nil, err, `field narrow.Total is int32, but column "total" is int64; change the field or cast the column`)
}

func TestDecimalsIntoGo(t *testing.T) {
	type row struct {
		I int32   `pw:"sum"`
		F float64 `pw:"sum"`
		S string  `pw:"sum"`
	}
	s := NewSchema(Decimal("sum", 38, 0))
	build := func(v vec.Int128) []*vec.Batch {
		b := vec.NewBuilder(s.Field(0).Type, 1)
		b.AppendScalar(vec.Scalar{Type: s.Field(0).Type, D: v})
		return []*vec.Batch{{N: 1, Cols: []*vec.Vec{b.Finish()}}}
	}
	got, err := RowsOf[row](s, build(vec.Int128From(-7)))
	if err != nil || got[0] != (row{-7, -7, "-7"}) {
		t.Errorf("got %v, %v", got, err)
	}
	_, err = RowsOf[row](s, build(vec.Int128From(1<<40)))
	if err == nil || err.Error() != `row 0: column "sum": 1099511627776 is out of range for a int32` {
		t.Errorf("got %v", err)
	}
}

func TestRowsOfLongStrings(t *testing.T) {
	type row struct {
		ID   int
		Text string
		Blob []byte
	}
	rows := make([]row, 500)
	long := strings.Repeat("x", 1<<20)
	for i := range rows {
		rows[i] = row{ID: i, Text: "short"}
		if i >= 100 {
			rows[i].Text = long
		}
	}
	src := FromRows(rows).node.(*plan.Read).Source.(*Memory)
	next := 0
	for _, b := range src.Batches() {
		bytes := 0
		for i := range b.N {
			if b.Cols[0].Scalar(i).I != int64(next) || string(b.Cols[1].Str(i)) != rows[next].Text || !b.Cols[2].IsNull(i) {
				t.Fatalf("row %d of the batch is not row %d", i, next)
			}
			bytes += len(b.Cols[1].Str(i))
			next++
		}
		for _, v := range b.Cols {
			if v.N != b.N {
				t.Fatalf("a column of %d rows in a batch of %d", v.N, b.N)
			}
		}
		if bytes > 2*vec.MaxPlainBytes+len(long) {
			t.Errorf("a batch of %d rows has %d bytes", b.N, bytes)
		}
	}
	if next != len(rows) || len(src.Batches()) < 3 {
		t.Errorf("%d rows in %d batches", next, len(src.Batches()))
	}
	_, err := FromRows([]row{{Blob: make([]byte, maxText+1)}}).Plan()
	if err == nil || !strings.Contains(err.Error(), "row 0, field row.Blob: a value of 1073741825 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestTimesInAnOffset(t *testing.T) {
	type row struct {
		At time.Time `pw:",zone=+05:30"`
	}
	in := FromRows([]row{{time.Unix(0, 0)}})
	source := in.node.(*plan.Read).Source.(*Memory)
	out, err := RowsOf[row](in.Schema(), source.Batches())
	if err != nil || out[0].At.Format(time.RFC3339) != "1970-01-01T05:30:00+05:30" {
		t.Errorf("got %v, %v", out, err)
	}
	if _, err := in.With(Apply("hour", time.Time.Hour, "at")).Plan(); err != nil {
		t.Error(err)
	}
}
