package vec_test

import (
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// words is a dictionary of n strings of length bytes.
func words(n, length int) *vec.Dict {
	b := vec.NewBuilder(vec.TString, n)
	for i := range n {
		b.AppendString(fmt.Sprintf("%0*d", length, i))
	}
	return &vec.Dict{Values: *b.Finish()}
}

// coded is a batch of a column of n rows, whose codes run through the dictionary, and one of their numbers.
func coded(d *vec.Dict, n int) *vec.Batch {
	codes, numbers := make([]uint32, n), vec.NewBuilder(vec.TInt32, n)
	for i := range codes {
		codes[i] = uint32(i % d.Values.N)
		vec.AppendFixed(numbers, int32(i))
	}
	text := &vec.Vec{Type: vec.TString, N: n, Codes: codes, Dict: d}
	return &vec.Batch{N: n, Cols: []*vec.Vec{text, numbers.Finish()}}
}

func TestKeepChargesADictionaryOnce(t *testing.T) {
	budget := vec.NewBudget(0)
	acct, other := budget.Account("one"), budget.Account("other")
	d, e := words(1000, 50), words(500, 10)
	var kept []*vec.Batch
	want := int64(0)
	for _, b := range []*vec.Batch{coded(d, 800), coded(d, 900), coded(e, 500), coded(d, 1000)} {
		k := b.Keep(acct)
		if k.Cols[0].Dict == nil {
			t.Fatalf("%d rows: the values were put in", b.N)
		}
		kept = append(kept, k)
		want += k.Size()
	}
	if want += d.Values.Size() + e.Values.Size(); acct.Used() != want {
		t.Errorf("charged %d, want %d", acct.Used(), want)
	}
	apart := coded(d, 1000).Keep(other)
	if other.Used() != apart.Size()+d.Values.Size() {
		t.Errorf("the other account is charged %d: it holds the dictionary, too", other.Used())
	}
	other.Clear()
	for i, k := range kept {
		k.Drop(acct)
		want -= k.Size()
		switch i {
		case 2:
			want -= e.Values.Size()
		case 3:
			want -= d.Values.Size()
		}
		if budget.Used() != want {
			t.Errorf("%d dropped: %d bytes are charged, want %d", i+1, budget.Used(), want)
		}
	}
	kept[0].Keep(acct)
	acct.Clear()
	if kept[0].Keep(acct); acct.Used() != kept[0].Size()+d.Values.Size() {
		t.Errorf("after Clear the dictionary is not charged again: %d", acct.Used())
	}
}

// TestKeepPutsFewValuesIn: a large dictionary isn't held for the few rows that are left of a batch.
func TestKeepPutsFewValuesIn(t *testing.T) {
	d := words(1000, 50) // of 54,004 bytes with its offsets
	acct := vec.NewBudget(0).Account("test")
	for _, c := range []struct {
		rows  int
		plain bool
	}{{0, true}, {1, true}, {100, true}, {134, true}, {136, false}, {5000, false}} {
		b := coded(d, 5000)
		b.Sel = []uint32{}
		for i := range c.rows {
			b.Sel = append(b.Sel, uint32(4999-c.rows+1+i))
		}
		b.Cols[0].Valid = vec.Alloc(vec.BitmapLen(b.N))
		vec.SetBits(b.Cols[0].Valid, 0, b.N)
		if c.rows > 1 {
			vec.ClearBit(b.Cols[0].Valid, int(b.Sel[0])) // a NULL has no bytes
		}
		k := b.Keep(acct)
		if got := k.Cols[0].Dict == nil; got != c.plain {
			t.Errorf("%d rows: plain %v, want %v", c.rows, got, c.plain)
		}
		for i := range k.N {
			if i == 0 && c.rows > 1 != k.Cols[0].IsNull(0) || i > 0 && string(k.Cols[0].Str(i)) != string(b.Cols[0].Str(b.Row(i))) {
				t.Fatalf("%d rows: row %d is %q", c.rows, i, k.Cols[0].Str(i))
			}
		}
		k.Drop(acct)
		if acct.Used() != 0 {
			t.Fatalf("%d rows: %d bytes are still charged", c.rows, acct.Used())
		}
	}
}
