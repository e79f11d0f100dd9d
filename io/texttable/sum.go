package texttable

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// mostRows is how many rows the sum of a text's changes may have: a diff of a few digits would make any number of them.
const mostRows = 1 << 22

// sum is what the changes of all times add up to: rows in the order in which they are first mentioned. A row that
// goes more often than it comes is left out.
func (s *Source) sum() (*vec.Batch, error) {
	t := newTally()
	for _, time := range s.times {
		if b := s.epochs[time]; b != nil {
			t.add(b, s.key)
		}
	}
	rows := int64(0)
	for _, r := range t.rows {
		if rows += min(max(0, r.count), mostRows+1); rows > mostRows {
			return nil, fmt.Errorf("its changes add up to more than %d rows", mostRows)
		}
	}
	out := &vec.Batch{}
	var cols []*vec.Builder
	for _, f := range s.schema.Fields() {
		cols = append(cols, vec.NewBuilder(f.Type, 0))
	}
	for _, r := range t.order {
		for range t.rows[r].count {
			for i, c := range cols {
				c.Append(t.rows[r].from.Cols[i], []uint32{uint32(t.rows[r].row)})
			}
			out.N++
		}
	}
	for _, c := range cols {
		out.Cols = append(out.Cols, c.Finish())
	}
	return out, nil
}

// tally counts rows by their text; of upserts, the last row of a key.
type tally struct {
	rows  map[string]*tallied
	order []string
}

type tallied struct {
	count int64
	from  *vec.Batch
	row   int
}

func newTally() *tally { return &tally{rows: map[string]*tallied{}} }

func (t *tally) add(b *vec.Batch, key []int) {
	for i := range b.N {
		id := rowText(b, key, i)
		r := t.rows[id]
		if r == nil {
			r = &tallied{}
			t.rows[id] = r
			t.order = append(t.order, id)
		}
		d := int64(1)
		if b.Diff != nil {
			d = b.Diff[i]
		}
		r.from, r.row = b, i
		if r.count += d; key != nil {
			r.count = max(0, min(d, 1))
		}
	}
}

// rowText is those columns of a row, nil: all, as a line.
func rowText(b *vec.Batch, columns []int, row int) string {
	var text []byte
	if columns == nil {
		for i := range b.Cols {
			columns = append(columns, i)
		}
	}
	for k, c := range columns {
		if k > 0 {
			text = append(text, " | "...)
		}
		text = appendCell(text, b.Cols[c], row)
	}
	return string(text)
}
