package json

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// seedRows are the seed workload's rows as small flat objects.
func seedRows(rows int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var buf []byte
	for i := range rows {
		buf = fmt.Appendf(buf, `{"id":%d,"value":%v,"category":"%c","timestamp":"2024-01-%02d %02d:%02d:%02d.%06d"}`+"\n", 5_000_000+i, rng.Float64()*1000,
			"ABCDE"[rng.IntN(5)], 1+i/1000%28, rng.IntN(24), rng.IntN(60), rng.IntN(60), rng.IntN(1e6))
	}
	return buf
}

// eventRows are rows of three kinds with keys of their own, nested objects and text with escapes.
func eventRows(rows int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var buf []byte
	for i := range rows {
		switch rng.IntN(3) {
		case 0:
			buf = fmt.Appendf(buf, `{"id": %d, "kind": "bid", "price": %d, "bidder": {"name": "Ann \"A\" %d", "city": "Wien"}}`, i, rng.IntN(1e6), i)
		case 1:
			buf = fmt.Appendf(buf, `{"id": %d, "kind": "person", "name": "Zoë %d", "tags": ["a", "b", {"c": null}], "value": %v}`, i, i, rng.Float64())
		default:
			buf = fmt.Appendf(buf, `{"kind": "auction", "id": %d, "open": true, "value": 1e3, "text": "line\nbreak"}`, i)
		}
		buf = append(buf, '\n')
	}
	return buf
}

func seedColumns() []Column {
	return []Column{
		{Name: "id", Type: vec.TInt64, Nullable: true},
		{Name: "value", Type: vec.TFloat64, Nullable: true},
		{Name: "category", Type: vec.TString, Nullable: true},
		{Name: "timestamp", Type: vec.TTimestamp(vec.Micro), Nullable: true},
		{Name: "kind", Type: vec.TString, Nullable: true},
		{Name: "city", Path: []string{"bidder", "city"}, Type: vec.TString, Nullable: true},
	}
}

type counter struct{ rows, sel int }

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
	seed, events := seedRows(rows), eventRows(rows)
	cases := []struct {
		name   string
		text   []byte
		want   []int
		filter bool
	}{
		{"count", seed, nil, false},
		{"ints", seed, []int{0}, false},
		{"timestamps", seed, []int{3}, false},
		{"three", seed, []int{0, 1, 2}, false},
		{"all", seed, []int{0, 1, 2, 3}, false},
		{"job", seed, []int{1, 2}, true},
		{"events", events, []int{0, 1, 4}, false},
		{"events/path", events, []int{0, 4, 5}, false},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			o := Options{Columns: seedColumns(), Want: c.want}
			if c.filter {
				o.Selector, o.FilterColumns = above500{}, []int{1}
			}
			p, err := NewParser(o)
			if err != nil {
				b.Fatal(err)
			}
			buf := NewBuffer(c.text)
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
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
