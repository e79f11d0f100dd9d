package arrowtab_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
)

type encoded struct {
	A    int64
	B    float64
	C    string
	D    bool
	E    int8
	F    *string
	G    time.Time
	H    uint16
	I    float32
	J    []byte
	K    time.Duration
	skip int
	L    *int64
}

// TestRowEncoderMakesWhatRowsOfReads encodes random structs and reads them back, all columns and some.
func TestRowEncoderMakesWhatRowsOfReads(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	all, err := pw.NewRowEncoder[encoded](nil)
	if err != nil {
		t.Fatal(err)
	}
	some, err := pw.NewRowEncoder[encoded]([]int{2, 7})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 2, 1023, 8192, 3} {
		rows := randomEncoded(rng, n)
		b, err := all.Batch(rows)
		if err != nil {
			t.Fatal(err)
		}
		back, err := pw.RowsOf[encoded](all.Schema(), []*vec.Batch{b})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			rows[i].skip = 0
			if !reflect.DeepEqual(rows[i], back[i]) {
				t.Fatalf("%d rows, row %d: got %+v, want %+v", n, i, back[i], rows[i])
			}
		}
		two, err := some.Batch(rows)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if got := string(two.Cols[0].Str(i)); got != rows[i].C || vec.Of[uint16](two.Cols[1])[i] != rows[i].H {
				t.Fatalf("row %d of two columns: %q, want %q", i, got, rows[i].C)
			}
		}
	}
}

func randomEncoded(rng *rand.Rand, n int) []encoded {
	rows := make([]encoded, n)
	for i := range rows {
		text, number := string(rune('a'+rng.IntN(26))), rng.Int64()
		rows[i] = encoded{
			A: rng.Int64(), B: rng.NormFloat64(), C: text + "é", D: rng.IntN(2) == 0, E: int8(rng.Int()), G: time.UnixMicro(rng.Int64N(1e15)).UTC(),
			H: uint16(rng.Int()), I: rng.Float32(), J: []byte(text), K: time.Duration(rng.Int64()), skip: 7,
		}
		if rng.IntN(2) == 0 {
			rows[i].F, rows[i].L = &text, &number
		}
	}
	return rows
}

func BenchmarkRowEncoder(b *testing.B) {
	type row struct {
		ID       int64
		Value    float64
		Category string
	}
	rows := make([]row, 8192)
	for i := range rows {
		rows[i] = row{int64(i), float64(i), "ABCDE"[i%5 : i%5+1]}
	}
	enc, err := pw.NewRowEncoder[row](nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := enc.Batch(rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/row")
}
