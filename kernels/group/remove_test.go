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

// changing is a reference for tables that groups are removed from.
type changing struct {
	ids  map[string]uint32
	rows map[uint32][]vec.Scalar
}

func rowKey(row []vec.Scalar) string {
	parts := make([]string, len(row))
	for i, s := range row {
		parts[i] = vectest.Key(s)
	}
	return strings.Join(parts, "\x01")
}

// intern checks that rows have got the ids that their groups have, and new groups ids that no other has.
func (c *changing) intern(t *testing.T, cols []*vec.Vec, n int, sel, ids []uint32) {
	t.Helper()
	for k := range ids {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		row := rowOf(cols, i)
		key := rowKey(row)
		id, known := c.ids[key]
		switch _, taken := c.rows[ids[k]]; {
		case known && id != ids[k]:
			t.Fatalf("row %d has id %d, its group %d", i, ids[k], id)
		case !known && taken:
			t.Fatalf("row %d is new, and has the id %d of another group", i, ids[k])
		}
		c.ids[key], c.rows[ids[k]] = ids[k], row
	}
}

// removeSome removes a random part of the groups.
func (c *changing) removeSome(rng *rand.Rand, groups Groups) {
	share := rng.Float64()
	var ids []uint32
	for id := range uint32(groups.Len()) {
		if row, there := c.rows[id]; there && rng.Float64() < share {
			ids = append(ids, id)
			delete(c.ids, rowKey(row))
			delete(c.rows, id)
		}
	}
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	groups.Remove(ids)
}

func (c *changing) check(t *testing.T, groups, fresh Groups) {
	t.Helper()
	var ids []uint32
	for id := range c.rows {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	cols := groups.Keys(ids)
	for k, id := range ids {
		if got, want := rowKey(rowOf(cols, k)), rowKey(c.rows[id]); got != want {
			t.Fatalf("group %d has the key %s, want %s", id, got, want)
		}
	}
	moved := make([]uint32, len(ids))
	fresh.Merge(groups, ids, moved)
	if fresh.Len() != len(ids) {
		t.Fatalf("%d groups were merged into %d", len(ids), fresh.Len())
	}
	for k, id := range ids {
		if fresh.Hash(moved[k]) != groups.Hash(id) {
			t.Fatalf("group %d has another hash in a table it was merged into", id)
		}
	}
	if got := rowsText(fresh.Keys(moved), len(ids)); got != rowsText(cols, len(ids)) {
		t.Fatalf("merged keys are\n%s, want\n%s", got, rowsText(cols, len(ids)))
	}
	back := make([]uint32, len(ids))
	groups.Merge(fresh, moved, back)
	if !slices.Equal(back, ids) {
		t.Fatalf("ids of merged groups are %v, want %v", back, ids)
	}
}

func rowsText(cols []*vec.Vec, n int) string {
	var sb strings.Builder
	for i := range n {
		sb.WriteString(rowKey(rowOf(cols, i)) + "\n")
	}
	return sb.String()
}

func TestRemoveAgainstMap(t *testing.T) {
	for _, types := range cases() {
		for _, opts := range []Options{{Seed: 7}, {Collide: true}} {
			t.Run(fmt.Sprint(types, opts.Collide), func(t *testing.T) {
				seed := rand.Uint64()
				t.Logf("seed %d", seed)
				testRemove(t, rand.New(rand.NewPCG(seed, 1)), types, opts)
			})
		}
	}
}

func testRemove(t *testing.T, rng *rand.Rand, types []vec.Type, opts Options) {
	groups := New(keysOf(types, true), opts)
	c := &changing{ids: map[string]uint32{}, rows: map[uint32][]vec.Scalar{}}
	for range 30 {
		n := []int{1, 20, 700, 3000}[rng.IntN(4)]
		if opts.Collide {
			n = min(n, 200)
		}
		cols, sel := batch(rng, types, n, vectest.Some, 1+rng.IntN(n))
		ids := make([]uint32, selected(n, sel))
		groups.Intern(cols, n, sel, ids)
		c.intern(t, cols, n, sel, ids)
		if len(types) > 0 && rng.IntN(3) > 0 {
			c.removeSome(rng, groups)
		}
		c.check(t, groups, New(keysOf(types, true), opts))
	}
	groups.Reset()
	if groups.Len() != 0 {
		t.Errorf("%d groups after Reset", groups.Len())
	}
}

// Texts that come and go for ever don't fill the memory.
func TestRemoveGivesTextsBack(t *testing.T) {
	for _, types := range [][]vec.Type{{vec.TString}, {vec.TString, vec.TInt64}} {
		groups := New(keysOf(types, false), Options{})
		most := int64(0)
		for round := range 300 {
			texts, numbers := vec.NewBuilder(vec.TString, 100), vec.NewBuilder(vec.TInt64, 100)
			for i := range 100 {
				texts.AppendString(strings.Repeat(fmt.Sprint(round, " ", i, "."), 10))
				vec.AppendFixed(numbers, int64(i))
			}
			ids := make([]uint32, 100)
			groups.Intern([]*vec.Vec{texts.Finish(), numbers.Finish()}[:len(types)], 100, nil, ids)
			groups.Remove(ids)
			if round == 30 {
				most = groups.Bytes()
			}
		}
		if n := groups.Bytes(); n > most*3/2 {
			t.Errorf("%v: %d bytes after 300 rounds, %d after 30", types, n, most)
		}
	}
}

// A value too long for a span's 24 bits has its length before it.
func TestLongSpans(t *testing.T) {
	for _, n := range []int{0, 1, longSpan - 1, longSpan, longSpan + 1} {
		arena, before := appendSpan(nil, []byte("before"))
		long := make([]byte, n)
		if n > 0 {
			long[n-1] = 'x'
		}
		arena, at := appendSpan(arena, long)
		arena, after := appendSpan(arena, []byte("after"))
		if string(before.of(arena)) != "before" || string(at.of(arena)) != string(long) || string(after.of(arena)) != "after" {
			t.Errorf("a value of %d bytes isn't found again", n)
		}
	}
}

// A table that was large and has few groups now isn't searched for unused texts each time that as many have gone.
func TestRemoveFromWhatWasLarge(t *testing.T) {
	const most = 200_000
	groups := New(keysOf([]vec.Type{vec.TString, vec.TInt64}, false), Options{}).(*Packed)
	churn := func(n int) {
		texts, numbers, ids := vec.NewBuilder(vec.TString, n), vec.NewBuilder(vec.TInt64, n), make([]uint32, n)
		for i := range n {
			texts.AppendString(fmt.Sprint("text ", i))
			vec.AppendFixed(numbers, int64(i))
		}
		groups.Intern([]*vec.Vec{texts.Finish(), numbers.Finish()}, n, nil, ids)
		groups.Remove(ids)
	}
	churn(most)
	sweeps := 0
	for range 20 {
		if churn(2000); groups.removed == 0 {
			sweeps++
		}
	}
	if sweeps > 1 {
		t.Errorf("%d groups were looked at %d times for 40,000 that were removed", most, sweeps)
	}
}
