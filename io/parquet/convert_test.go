package parquet

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// TestHalf computes all 65,536 values from their definition.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		sign, exp, frac := 1-2*float64(h>>15), h>>10&0x1f, float64(h&0x3ff)
		want := sign * math.Ldexp(1+frac/1024, exp-15)
		switch {
		case exp == 0:
			want = sign * math.Ldexp(frac/1024, -14)
		case exp == 31 && frac == 0:
			want = math.Inf(int(sign))
		case exp == 31:
			want = math.NaN()
		}
		got := float64(half(uint16(h)))
		if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%#04x is %v, want %v", h, got, want)
		}
	}
}

func TestBigEndian(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 10_000 {
		b := make([]byte, r.IntN(20))
		for i := range b {
			b[i] = []byte{0, 0xff, byte(r.Uint32())}[r.IntN(3)]
		}
		want := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 {
			want.Sub(want, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		value, fits := vec.Int128FromBig(want)
		if got, ok := bigEndian(b); ok != fits || ok && got != value {
			t.Fatalf("seed %d: % x is %v, %v, want %v, %v", seed, b, got, ok, value, fits)
		}
	}
}

func TestInt96(t *testing.T) {
	encode := func(day int32, nanos int64) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(nanos))
		return binary.LittleEndian.AppendUint32(b, uint32(day))
	}
	var got [1]int64
	for _, when := range []time.Time{
		time.Unix(0, 0), time.Date(2024, 2, 29, 23, 59, 59, 999_999_999, time.UTC), time.Date(1700, 1, 1, 0, 0, 0, 1, time.UTC),
	} {
		days := int32(math.Floor(float64(when.Unix()) / 86400))
		nanos := when.UnixNano() - int64(days)*nanosPerDay
		if err := int96s(got[:], encode(days+julianUnixEpoch, nanos)); err != nil || got[0] != when.UnixNano() {
			t.Errorf("%s is %d, %v", when, got[0], err)
		}
	}
	for _, bad := range [][]byte{encode(0, 0), encode(1<<30, 0), encode(-1, 0), encode(julianUnixEpoch, -1), encode(julianUnixEpoch, 1<<62), encode(julianUnixEpoch+106751, 86400e9-1)} {
		if err := int96s(got[:], bad); err == nil {
			t.Errorf("% x is %d", bad, got[0])
		}
	}
}

func TestNarrowIsChecked(t *testing.T) {
	src := make([]byte, 8)
	var dst [2]int8
	binary.LittleEndian.PutUint32(src[4:], 127)
	if err := narrow(dst[:], src, vec.TInt8); err != nil || dst[1] != 127 {
		t.Error(err)
	}
	binary.LittleEndian.PutUint32(src[4:], 128)
	if err := narrow(dst[:], src, vec.TInt8); err == nil || err.Error() != "the value 128 is out of range for int8" {
		t.Error(err)
	}
}

// TestDictionariesAreKept: all batches of a row group have codes of one dictionary, whichever worker read them; where
// the chunk goes on without it, batches are plain.
func TestDictionariesAreKept(t *testing.T) {
	src, err := newSource(filepath.Join(testdata, "types_some.v1.parquet"), nil)
	if err != nil {
		t.Fatal(err)
	}
	column, _ := src.schema.Index("str")
	o := openAll(t, src)
	var dict *vec.Dict
	for _, r := range []*reader{o.NewReader().(*reader), o.NewReader().(*reader)} {
		if err := r.open(&morsel{group: &o.groups[0], from: 10, to: 20}); err != nil {
			t.Fatal(err)
		}
		v, err := r.columns[column].read(10, nil)
		if err != nil || v.Dict == nil || dict != nil && v.Dict != dict {
			t.Fatalf("dictionary %p, the other worker's is %p, %v", v.Dict, dict, err)
		}
		dict = v.Dict
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	plain, codes := 0, 0
	batches := scanSmall(t, filepath.Join(testdata, "fallback.parquet"))
	for _, b := range batches {
		if b.Cols[0].Dict == nil {
			plain++
		} else {
			codes++
		}
	}
	if plain < 10 || codes < 3 {
		t.Errorf("%d batches are plain, %d have codes", plain, codes)
	}
}

// scanSmall reads a file in batches of 20 rows.
func scanSmall(t *testing.T, path string) (out []*vec.Batch) {
	t.Helper()
	src, err := newSource(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := openAll(t, src)
	r := o.NewReader().(*reader)
	defer r.Close()
	if err := r.open(&morsel{group: &o.groups[0], to: o.groups[0].rows}); err != nil {
		t.Fatal(err)
	}
	for range o.groups[0].rows / 20 {
		if _, err := r.decode(20); err != nil {
			t.Fatal(err)
		}
		out = append(out, r.batch.Keep(nil))
	}
	return out
}

// TestBatchesAreLent: a batch that was kept is the same after the reader has gone on.
func TestBatchesAreLent(t *testing.T) {
	path := filepath.Join(testdata, "fallback.parquet")
	_, want := mustScan(t, path, 1, nil)
	at := 0
	for _, b := range scanSmall(t, path) {
		for i := range b.N {
			if !bytes.Equal(b.Cols[0].Str(i), want[0].Str(at)) {
				t.Fatalf("row %d is wrong", at)
			}
			at++
		}
	}
}

var _ microbatch.Reader = (*reader)(nil)
