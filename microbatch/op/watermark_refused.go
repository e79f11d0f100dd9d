package op

import (
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// refusedRows remembers the rows that a watermark has refused as too far ahead, where rows may go: when such a row goes, the clock may have come so
// far that its time would pass, but it never was let in. It goes from the rejected rows then.
//
//	clock 1   +(id 1, at 9)   refused, 9 is too far ahead
//	clock 6   −(id 1, at 9)   goes from the rejected rows
//	          +(id 1, at 8)   passes
//
// Memory: the refused rows that haven't gone.
type refusedRows struct {
	env     Env
	rows    group.Groups // nil: the rows of the port only come
	times   []int64      // by row: how often it was refused and hasn't gone
	left    int64        // the sum of times
	id      [1]uint32    // scratch
	charged int64
}

func newRefusedRows(in Port, env Env) refusedRows {
	return refusedRows{env: env, rows: group.New(groupKeys(in.Schema, columnsUpTo(in.Schema.Len())), groupOptions(env))}
}

// add counts row i of b, with its diff.
func (r *refusedRows) add(b *vec.Batch, i uint32) error {
	if r.rows == nil {
		return nil
	}
	times := int64(1)
	if b.Diff != nil {
		times = b.Diff[i]
	}
	r.find(b, i)
	r.change(times)
	return overBudget(r.env)
}

// take forgets row i of b up to so many times, and says how often it was there.
func (r *refusedRows) take(b *vec.Batch, i uint32, times int64) int64 {
	r.find(b, i)
	times = min(times, r.times[r.id[0]])
	r.change(-times)
	return times
}

func (r *refusedRows) find(b *vec.Batch, i uint32) {
	r.rows.Intern(b.Cols, b.N, []uint32{i}, r.id[:])
	if n := r.rows.Len() - len(r.times); n > 0 {
		r.times = append(r.times, make([]int64, n)...)
	}
}

// change counts the row that was found last. One that isn't there any more is forgotten.
func (r *refusedRows) change(times int64) {
	r.times[r.id[0]] += times
	r.left += times
	if r.times[r.id[0]] == 0 {
		r.rows.Remove(r.id[:])
	}
	bytes := r.rows.Bytes() + int64(8*cap(r.times))
	r.env.Account.Charge(bytes - r.charged)
	r.charged = bytes
}

// recall takes the rows out of passed, rows of h, that go but were refused when they came, and reports them.
func (w *watermark) recall(h seqBatch, passed *vec.Batch, out Out) (*vec.Batch, error) {
	b := h.b
	if w.refused.left == 0 || b.Diff == nil || passed == nil {
		return passed, nil
	}
	gone := make([]int64, b.N)
	rest := make([]uint32, 0, passed.Rows())
	var bad []calc.BadRow
	for k := range passed.Rows() {
		i := passed.Row(k)
		if d := b.Diff[i]; d < 0 {
			gone[i] = -w.refused.take(b, uint32(i), -d)
		}
		if gone[i] != 0 {
			bad = append(bad, w.tooFarAhead(b.Cols[w.node.Time], i))
			b.Diff[i] -= gone[i]
		}
		if b.Diff[i] != 0 {
			rest = append(rest, uint32(i))
		}
	}
	if err := w.bad.report(h.at, &vec.Batch{N: b.N, Cols: b.Cols, Diff: gone}, bad, out); err != nil || len(rest) == 0 {
		return nil, err
	}
	left := *b
	left.Sel = rest
	return &left, nil
}
