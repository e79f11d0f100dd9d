package generate_test

import (
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
)

type number struct {
	ID    int64
	Value float64
}

// BenchmarkRows is a count of rows that are made as fast as they are taken, as a stream.
func BenchmarkRows(b *testing.B) {
	table := generate.Rows(func(n int64) number { return number{ID: n, Value: float64(n)} }, generate.Limit(int64(b.N)))
	if err := microbatch.Run(b.Context(), new(sink).output(table.Filter(pw.Col("value").Lt(0)).Select("id", pw.Lit("").As("name")))); err != nil {
		b.Fatal(err)
	}
}
