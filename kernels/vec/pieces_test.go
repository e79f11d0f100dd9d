package vec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// longWords is a dictionary of strings of so many bytes each.
func longWords(lengths ...int) *vec.Dict {
	b := vec.NewBuilder(vec.TString, len(lengths))
	for i, n := range lengths {
		b.AppendString(strings.Repeat(string(rune('a'+i)), n))
	}
	return &vec.Dict{Values: *b.Finish()}
}

// TestPieces cuts batches of a dictionary whose values would take up to 2.4 GB if they were put in.
func TestPieces(t *testing.T) {
	many := make([]uint32, 0, 4000)
	for i := range uint32(4000) {
		many = append(many, 2*i+1)
	}
	for _, c := range []struct {
		name string
		dict *vec.Dict
		sel  []uint32
		cut  bool
	}{
		{"short", longWords(8<<10, 1), nil, false},
		{"long", longWords(300<<10, 1, 2), nil, true},
		{"long, few", longWords(300<<10, 1, 2), []uint32{0, 3, 8191}, true},
		{"long, many", longWords(300<<10, 200<<10, 1), many, true},
		{"none selected", longWords(300<<10, 1), []uint32{}, true},
		{"longer than a piece", longWords(vec.MaxPlainBytes+1, 1), nil, true},
	} {
		b := coded(c.dict, vec.BatchRows)
		b.Sel = c.sel
		checkPieces(t, c.name, b, c.cut)
	}
}

// checkPieces compares all pieces, put together, with the batch.
func checkPieces(t *testing.T, name string, b *vec.Batch, cut bool) {
	t.Helper()
	next, pieces := 0, 0
	var rows []int32
	for from, p := range b.Pieces() {
		if from != next || p.N == 0 {
			t.Fatalf("%s: a piece of %d rows at row %d, expected one at %d", name, p.N, from, next)
		}
		next += p.N
		pieces++
		bytes := 0
		for i := range p.N {
			bytes += len(p.Cols[0].Str(i))
		}
		if bytes > vec.MaxPlainBytes && p.N > 1 {
			t.Errorf("%s: a piece of %d rows with %d bytes", name, p.N, bytes)
		}
		for i := range p.Rows() {
			rows = append(rows, vec.Of[int32](p.Cols[1])[p.Row(i)])
		}
	}
	if next != b.N || cut != (pieces > 1) {
		t.Errorf("%s: %d pieces of %d rows in all", name, pieces, next)
	}
	var want []int32
	for i := range b.Rows() {
		want = append(want, int32(b.Row(i)))
	}
	if !slices.Equal(rows, want) {
		t.Errorf("%s: %d rows, want %d, each once and in order", name, len(rows), len(want))
	}
}

func TestPiecesOfNothing(t *testing.T) {
	nulls := &vec.Vec{Type: vec.TString, N: 9, Valid: vec.Alloc(2), Codes: []uint32{9, 9, 9, 9, 9, 9, 9, 9, 9}, Dict: longWords()}
	for _, b := range []*vec.Batch{{}, {N: 3}, {N: 9, Cols: []*vec.Vec{nulls}}} {
		n := 0
		for _, p := range b.Pieces() {
			n++
			if p != b {
				t.Errorf("%d rows: not the batch itself", b.N)
			}
		}
		if n != 1 {
			t.Errorf("%d rows in %d pieces", b.N, n)
		}
	}
}

func TestPiecesOfPlainStrings(t *testing.T) {
	const n, length = 1000, 100 << 10
	v := &vec.Vec{Type: vec.TBinary, N: n, Data: make([]byte, n*length), Offsets: make([]int32, n+1)}
	for i := range v.Offsets {
		v.Offsets[i] = int32(i * length)
	}
	numbers := coded(longWords(1), n).Cols[1]
	checkPieces(t, "plain", &vec.Batch{N: n, Cols: []*vec.Vec{v, numbers}}, true)
}

// TestStringsOver2GiB: kernels say so instead of letting offsets wrap around.
func TestStringsOver2GiB(t *testing.T) {
	b := coded(longWords(300<<10), vec.BatchRows) // 2.4 GB
	refs := make([]vec.Ref, b.N)
	full := vec.NewBuilder(vec.TString, 0)
	full.AppendString("x")
	huge := &vec.Vec{Type: vec.TString, N: 1, Offsets: []int32{0, 1<<31 - 1}}
	for name, f := range map[string]func(){
		"Plain":  func() { b.Cols[0].Plain() },
		"Gather": func() { vec.Gather([]*vec.Vec{b.Cols[0]}, refs) },
		"Append": func() { full.Append(huge, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if msg, _ := recover().(string); !strings.Contains(msg, "more than the 2 GiB") {
					t.Errorf("got %q", msg)
				}
			}()
			f()
		})
	}
}
