package op

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// badRows applies a node's policy to the rows of a batch that it could not compute. One worker owns it.
type badRows struct {
	env    Env
	schema *plan.Schema // of the batches
	found  calc.Bad
	sel    []uint32
}

// settle takes the rows that were found bad in b out of its selection, in the way that the policy
// says, and forgets them. The selection that it returns is valid until the next call.
func (r *badRows) settle(at Seq, b *vec.Batch, sel []uint32, out Out) ([]uint32, error) {
	if len(r.found.Rows) == 0 {
		return sel, nil
	}
	bad := r.take()
	if err := r.report(at, b, bad, out); err != nil {
		return nil, err
	}
	return r.without(sel, b.N, bad), nil
}

// take is the rows that were found, each once, ascending, and forgets them. It is valid until more are found.
func (r *badRows) take() []calc.BadRow {
	bad := r.found.Rows
	slices.SortStableFunc(bad, func(x, y calc.BadRow) int { return cmp.Compare(x.Row, y.Row) })
	bad = slices.CompactFunc(bad, func(x, y calc.BadRow) bool { return x.Row == y.Row })
	r.found.Rows = r.found.Rows[:0]
	return bad
}

// report does with bad rows of b, which ascend, what the policy says, with each as often as it comes. A bad row that goes was bad when it came: it goes
// from the rejected rows, and is counted no longer.
func (r *badRows) report(at Seq, b *vec.Batch, bad []calc.BadRow, out Out) error {
	if len(bad) == 0 {
		return nil
	}
	switch r.env.Bad {
	case plan.Skip:
		r.env.Stats.RowsSkipped.Add(timesOf(b, bad))
	case plan.Reject:
		r.env.Stats.RowsRejected.Add(timesOf(b, bad))
		return out.Emit(Rejected, at, r.rejected(b, bad))
	default:
		return fmt.Errorf("%s: %s, in the row %s; to go on without such rows put OnBadRow(pw.Skip), or pw.Reject, before that step",
			r.env.Name, bad[0].Reason, rowText(r.schema, b, int(bad[0].Row)))
	}
	return nil
}

// timesOf is how often the bad rows of b come, less how often they go.
func timesOf(b *vec.Batch, bad []calc.BadRow) int64 {
	if b.Diff == nil {
		return int64(len(bad))
	}
	n := int64(0)
	for _, row := range bad {
		n += b.Diff[row.Row]
	}
	return n
}

// without is sel (nil: 0 … n−1) less the bad rows, which are ascending.
func (r *badRows) without(sel []uint32, n int, bad []calc.BadRow) []uint32 {
	if r.sel == nil { // a nil selection would be all rows
		r.sel = make([]uint32, 0, n)
	}
	r.sel = r.sel[:0]
	keep := func(row uint32) {
		for len(bad) > 0 && bad[0].Row < row {
			bad = bad[1:]
		}
		if len(bad) == 0 || bad[0].Row != row {
			r.sel = append(r.sel, row)
		}
	}
	if sel == nil {
		for row := range n {
			keep(uint32(row))
		}
		return r.sel
	}
	for _, row := range sel {
		keep(row)
	}
	return r.sel
}

// rejected is the bad rows of b as a batch of plan.RejectedSchema, with their Diff.
func (r *badRows) rejected(b *vec.Batch, bad []calc.BadRow) *vec.Batch {
	cols := make([]*vec.Builder, plan.RejectedSchema.Len())
	for i := range cols {
		cols[i] = vec.NewBuilder(plan.RejectedSchema.Field(i).Type, len(bad))
	}
	for _, row := range bad {
		cols[0].AppendString(r.env.Name)
		for _, c := range cols[1:5] {
			c.AppendNull()
		}
		cols[5].AppendString(row.Reason)
		cols[6].AppendString(rowText(r.schema, b, int(row.Row)))
	}
	out := &vec.Batch{N: len(bad)}
	if b.Diff != nil {
		out.Diff = make([]int64, len(bad))
		for i, row := range bad {
			out.Diff[i] = b.Diff[row.Row]
		}
	}
	for _, c := range cols {
		out.Cols = append(out.Cols, c.Finish())
	}
	return out
}

// maxRowText bounds the text of a row in messages.
const maxRowText = 200

// rowText is a row for a message: "id=3, name=x, value=NULL".
func rowText(s *plan.Schema, b *vec.Batch, row int) string {
	var sb strings.Builder
	for i, c := range b.Cols {
		if i > 0 {
			sb.WriteString(", ")
		}
		if sb.Len() > maxRowText {
			sb.WriteString("…")
			break
		}
		sb.WriteString(s.Field(i).Name + "=")
		if c.IsNull(row) {
			sb.WriteString("NULL")
			continue
		}
		text := calc.AppendText(nil, c, row)
		if len(text) > maxRowText {
			text = append(text[:maxRowText], "…"...)
		}
		sb.Write(text)
	}
	return sb.String()
}
