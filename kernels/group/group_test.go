package group

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

var batchSizes = []int{0, 1, 2, 3, 1023, 8192}

// cases are key columns for every table, with more and fewer bits.
func cases() [][]vec.Type {
	out := [][]vec.Type{
		{},
		{vec.TBool, vec.TInt8},
		{vec.TInt32, vec.TString, vec.TInt16},
		{vec.TString, vec.TString},
		{vec.TBinary, vec.TBool, vec.TString},
		{vec.TString, vec.TString, vec.TString},
		{vec.TInt64, vec.TInt64},
		{vec.TDecimal(38, 2), vec.TFloat32, vec.TBool},
		{vec.TFloat64, vec.TBinary, vec.TString, vec.TTimestamp(vec.Micro)},
		{vec.TUint16, vec.TDate, vec.TUint8},
		{vec.TInt32, vec.TList(vec.TString), vec.TList(vec.TFloat64)},
	}
	for _, t := range slices.Concat(vectest.Types, vectest.Lists) {
		out = append(out, []vec.Type{t})
	}
	return out
}

func keysOf(types []vec.Type, nullable bool) []Key {
	keys := make([]Key, len(types))
	for i, t := range types {
		keys[i] = Key{Type: t, Nullable: nullable}
	}
	return keys
}

// reference is a Groups of Go's own map.
type reference struct {
	ids  map[string]uint32
	rows [][]vec.Scalar
}

func (r *reference) id(row []vec.Scalar) uint32 {
	parts := make([]string, len(row))
	for i, s := range row {
		parts[i] = vectest.Key(s)
	}
	key := strings.Join(parts, "\x01")
	id, ok := r.ids[key]
	if !ok {
		id = uint32(len(r.rows))
		r.ids[key] = id
		r.rows = append(r.rows, row)
	}
	return id
}

func rowOf(cols []*vec.Vec, i int) []vec.Scalar {
	row := make([]vec.Scalar, len(cols))
	for c, v := range cols {
		row[c] = v.Scalar(i)
	}
	return row
}

// batch is random key columns, some of them dictionaries, under a selection.
func batch(rng *rand.Rand, types []vec.Type, n int, nulls vectest.Nulls, distinct int) (cols []*vec.Vec, sel []uint32) {
	switch rng.IntN(3) {
	case 0:
		sel = vectest.Selection(rng, n)
	case 1:
		sel = []uint32{}
	}
	for _, t := range types {
		v := vectest.Column(rng, t, n, nulls, distinct)
		vectest.Spoil(v, sel)
		if rng.IntN(2) == 0 {
			v = vectest.Dictionary(rng, v)
		}
		cols = append(cols, v)
	}
	return cols, sel
}

func selected(n int, sel []uint32) int {
	if sel != nil {
		return len(sel)
	}
	return n
}

func TestInternAgainstMap(t *testing.T) {
	for _, types := range cases() {
		for _, collide := range []bool{false, true} {
			for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
				t.Run(fmt.Sprint(types, collide, nulls), func(t *testing.T) {
					for _, distinct := range []int{10, 300} {
						testIntern(t, types, Options{Seed: 17, Collide: collide}, nulls, distinct)
					}
				})
			}
		}
	}
}

func testIntern(t *testing.T, types []vec.Type, opts Options, nulls vectest.Nulls, distinct int) {
	rng := rand.New(rand.NewPCG(1, uint64(len(types))))
	groups := New(keysOf(types, nulls != vectest.No), opts)
	for range 2 { // the second time in reused memory
		ref := &reference{ids: map[string]uint32{}}
		for _, n := range batchSizes {
			if opts.Collide {
				n = min(n, 100)
			}
			cols, sel := batch(rng, types, n, nulls, distinct)
			ids := make([]uint32, selected(n, sel))
			groups.Intern(cols, n, sel, ids)
			for k, id := range ids {
				i := k
				if sel != nil {
					i = int(sel[k])
				}
				if want := ref.id(rowOf(cols, i)); id != want {
					t.Fatalf("row %d of %d, %v: group %d, want %d", k, n, rowOf(cols, i), id, want)
				}
			}
			again := make([]uint32, len(ids))
			groups.Intern(cols, n, sel, again) // dictionaries that are known by now
			if !slices.Equal(ids, again) {
				t.Fatal("the same rows are of other groups the second time")
			}
		}
		checkGroups(t, groups, ref)
		groups.Reset()
		if groups.Len() != 0 {
			t.Fatalf("%d groups after Reset", groups.Len())
		}
	}
}

// checkGroups compares number and keys of the groups.
func checkGroups(t *testing.T, groups Groups, ref *reference) {
	t.Helper()
	if groups.Len() != len(ref.rows) {
		t.Fatalf("%d groups, want %d", groups.Len(), len(ref.rows))
	}
	ids := make([]uint32, groups.Len())
	for i := range ids {
		ids[i] = uint32(len(ids) - 1 - i)
	}
	cols := groups.Keys(ids)
	for k, id := range ids {
		for c, want := range ref.rows[id] {
			if got := cols[c].Scalar(k); vectest.Key(got) != vectest.Key(want) || got.Type != want.Type {
				t.Fatalf("group %d, column %d: %v, want %v", id, c, got, want)
			}
		}
	}
}

// Two tables of the same options agree on hashes, whatever order and form the keys came in, and merging
// one into the other gives the groups of both.
func TestMergeAgreesOnHashes(t *testing.T) {
	for _, types := range cases() {
		for _, collide := range []bool{false, true} {
			t.Run(fmt.Sprint(types, collide), func(t *testing.T) {
				for seed := range uint64(4) {
					testMerge(t, types, Options{Seed: 3, Collide: collide}, seed)
				}
			})
		}
	}
}

func testMerge(t *testing.T, types []vec.Type, opts Options, seed uint64) {
	rng := rand.New(rand.NewPCG(2, seed))
	a, b := New(keysOf(types, true), opts), New(keysOf(types, true), opts)
	refA, refB := &reference{ids: map[string]uint32{}}, &reference{ids: map[string]uint32{}}
	fill(rng, a, refA, types)
	fill(rng, b, refB, types)

	var src, want []uint32
	for id, row := range refB.rows {
		if rng.IntN(4) > 0 {
			src = append(src, uint32(id))
			want = append(want, refA.id(row))
		}
	}
	dst := make([]uint32, len(src))
	a.Merge(b, src, dst)
	for k := range src {
		if dst[k] != want[k] {
			t.Fatalf("group %d became %d, want %d", src[k], dst[k], want[k])
		}
		if a.Hash(dst[k]) != b.Hash(src[k]) {
			t.Fatalf("key %v has the hashes %x and %x", refB.rows[src[k]], a.Hash(dst[k]), b.Hash(src[k]))
		}
	}
	checkGroups(t, a, refA)
}

func fill(rng *rand.Rand, groups Groups, ref *reference, types []vec.Type) {
	for range 3 {
		cols, sel := batch(rng, types, 200, vectest.Some, 300)
		ids := make([]uint32, selected(200, sel))
		groups.Intern(cols, 200, sel, ids)
		for k := range ids {
			i := k
			if sel != nil {
				i = int(sel[k])
			}
			ref.id(rowOf(cols, i))
		}
	}
}

// A hash's partitions should hold about the same number of groups at every level, for keys as they
// occur: counted, spaced, nearly equal strings.
func TestPartitionsAreEven(t *testing.T) {
	const n = 64 * 256
	columns := map[string]*vec.Vec{}
	for name, step := range map[string]int64{"counted": 1, "seconds in microseconds": 1e6, "high bits": 1 << 40} {
		b := vec.NewBuilder(vec.TInt64, n)
		for i := range int64(n) {
			vec.AppendFixed(b, i*step)
		}
		columns[name] = b.Finish()
	}
	b := vec.NewBuilder(vec.TString, n)
	for i := range n {
		b.AppendString(fmt.Sprintf("id%010d", i))
	}
	columns["strings"] = b.Finish()
	for name, v := range columns {
		groups := New(keysOf([]vec.Type{v.Type}, false), Options{Seed: 99})
		ids := make([]uint32, n)
		groups.Intern([]*vec.Vec{v}, n, nil, ids)
		for level := range Levels {
			var count [Partitions]int
			for _, id := range ids {
				count[Partition(groups.Hash(id), level)]++
			}
			for p, c := range count {
				if c < 100 || c > 500 {
					t.Errorf("%s: partition %d of level %d has %d groups of an expected 256", name, p, level, c)
				}
			}
		}
	}
}

// What is held grows with the groups, stays after Reset, and counts at least the keys themselves.
func TestBytesAndLongest(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, types := range cases() {
		groups := New(keysOf(types, true), Options{})
		small := groups.Bytes()
		longest, total := 0, int64(0)
		for range 3 {
			cols := make([]*vec.Vec, len(types))
			for i, typ := range types {
				cols[i] = vectest.Column(rng, typ, 5000, vectest.Some, 1_000_000)
				for r := range cols[i].N {
					longest = max(longest, len(cols[i].Scalar(r).S))
				}
				total += cols[i].Size()
			}
			groups.Intern(cols, 5000, nil, make([]uint32, 5000))
		}
		if groups.Longest() != longest {
			t.Errorf("%v: the longest string has %d bytes, want %d", types, groups.Longest(), longest)
		}
		full := groups.Bytes()
		if groups.Len() > 10_000 && (full < small+total/2 || full > 60*total) {
			t.Errorf("%v: %d groups hold %d bytes, empty %d, the keys are %d", types, groups.Len(), full, small, total)
		}
		groups.Reset()
		if groups.Bytes() < full/2 {
			t.Errorf("%v: %d bytes were held, %d after Reset", types, full, groups.Bytes())
		}
	}
}
