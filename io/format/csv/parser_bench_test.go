package csv

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// seedRows is text as the seed workload has it: id, value, category, timestamp.
func seedRows(rows int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var buf []byte
	for i := range rows {
		buf = strconv.AppendInt(buf, int64(5_000_000+i), 10)
		buf = append(buf, ',')
		buf = strconv.AppendFloat(buf, rng.Float64()*1000, 'f', -1, 64)
		buf = append(buf, ',', "ABCDE"[rng.IntN(5)], ',')
		buf = fmt.Appendf(buf, "2024-01-%02d %02d:%02d:%02d.%06d\n", 1+i/1000%28, rng.IntN(24), rng.IntN(60), rng.IntN(60), rng.IntN(1e6))
	}
	return buf
}

func seedColumns() []Column {
	return []Column{
		{Name: "id", Type: vec.TInt64, Nullable: true},
		{Name: "value", Type: vec.TFloat64, Nullable: true},
		{Name: "category", Type: vec.TString, Nullable: true},
		{Name: "timestamp", Type: vec.TTimestamp(vec.Micro), Nullable: true, Layout: "%Y-%m-%d %H:%M:%S.%f"},
	}
}

func BenchmarkIndex(b *testing.B) {
	text := seedRows(20_000)
	pos := make([]uint32, 100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		x := index(pos, text, 0, len(text), ',', ',')
		if x.upTo != len(text) {
			b.Fatal(x)
		}
	}
}

type counter struct {
	rows int
	sel  int
}

func (c *counter) Rows(b *Batch) error { c.rows += b.N; c.sel += b.Rows(); return nil }
func (c *counter) Bad(bad *Bad) error  { return fmt.Errorf("bad row: %s", bad.Reason) }

type above500 struct{}

func (above500) Select(b *vec.Batch, out []uint32) []uint32 {
	for i, x := range vec.Of[float64](b.Cols[0]) {
		if x > 500 {
			out = append(out, uint32(i))
		}
	}
	return out
}

func BenchmarkParse(b *testing.B) {
	const rows = 20_000
	text := seedRows(rows)
	quoted := bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(",A,"), []byte(`,"A",`)), []byte(",B,"), []byte(`,"B",`))
	cases := []struct {
		name   string
		text   []byte
		want   []int
		filter bool
	}{
		{"count", text, nil, false},
		{"ints", text, []int{0}, false},
		{"floats", text, []int{1}, false},
		{"strings", text, []int{2}, false},
		{"timestamps", text, []int{3}, false},
		{"all", text, []int{0, 1, 2, 3}, false},
		{"job", text, []int{1, 2}, true},
		{"jobtyped", text, []int{1, 2, 3}, true},
		{"job/quoted", quoted, []int{1, 2}, true},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			o := Options{Dialect: Default, Columns: seedColumns(), Want: c.want}
			if c.filter {
				o.Selector, o.FilterColumns = above500{}, []int{1}
			}
			p, err := NewParser(o)
			if err != nil {
				b.Fatal(err)
			}
			buf := NewBuffer(c.text)
			buf.NoQuotes = bytes.IndexByte(c.text, '"') < 0
			b.SetBytes(int64(len(c.text)))
			before := cpuTime(b)
			for b.Loop() {
				n := counter{}
				if err := p.Parse(buf, &n); err != nil || c.filter != (n.sel < rows) || n.rows != rows {
					b.Fatal(err, n)
				}
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/rows, "cpu-ns/row")
		})
	}
}
