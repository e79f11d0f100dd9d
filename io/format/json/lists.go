package json

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// lists are the elements of a block's lists, which are the fields of a block of their own, one a row:
//
//	rows       [1, 2]   NULL   [3]
//	offsets    0        2      2    3
//	elements   1  2  3
//	owners     0  0  2
type lists struct {
	child        *column
	offsets      []int32
	starts, ends []uint32
	owners       []uint32
	all          []uint32 // 0, 1, 2 …
}

func newLists(p *Parser, c Column) (*lists, error) {
	elem := Column{Name: c.Name, Type: c.Type.ElemType(), Nullable: true, Layout: c.Layout, Epoch: c.Epoch}
	child, err := newColumn(p, 0, elem)
	return &lists{child: child}, err
}

// parseLists makes lists of arrays.
func (c *column) parseLists(f *fields.Fields, rows []uint32) {
	l := c.lists
	l.offsets, l.starts, l.ends, l.owners = l.offsets[:0], l.starts[:0], l.ends[:0], l.owners[:0]
	for _, r := range rows {
		l.upTo(int(r))
		switch i := int(r)*f.Width + c.Place; {
		case isString(f, i):
			c.Refuse(r, show(f, i)+" is not an array")
		case isNull(f.Text(i)):
			c.SetNull(r)
		case f.Text(i)[0] != '[':
			c.Refuse(r, show(f, i)+" is not an array")
		default:
			l.add(&c.walker.scan, r, int(f.Starts[i])+1)
		}
	}
	l.upTo(f.Rows)
	for i := len(l.all); i < len(l.starts); i++ {
		l.all = append(l.all, uint32(i))
	}
	elements := fields.Fields{Buf: f.Buf, Width: 1, Rows: len(l.starts), Starts: l.starts, Ends: l.ends, ASCII: f.ASCII}
	l.child.ParseBlock(&elements, l.all[:len(l.starts)])
	c.refuseOwners()
	c.Out.Offsets, c.Out.Child = l.offsets, &l.child.Out
}

// upTo sets the offsets of the rows up to row r.
func (l *lists) upTo(r int) {
	for len(l.offsets) <= r {
		l.offsets = append(l.offsets, int32(len(l.starts)))
	}
}

// add adds the elements of row r's array, at place p, which the scan has found to be good.
func (l *lists) add(s *scan, r uint32, p int) {
	p = s.space(p + 1)
	for s.buf[p] != ']' {
		end := s.value(p, 0)
		if s.buf[p] == '"' {
			l.starts, l.ends = append(l.starts, uint32(p)), append(l.ends, uint32(end-1))
		} else {
			l.starts, l.ends = append(l.starts, uint32(p-1)), append(l.ends, uint32(end))
		}
		l.owners = append(l.owners, r)
		p = s.space(end)
		if s.buf[p] == ',' {
			p = s.space(p + 1)
		}
	}
}

// refuseOwners makes the rows bad that have a bad element: for the first one.
func (c *column) refuseOwners() {
	l := c.lists
	bad := l.child.Bad
	slices.SortFunc(bad, func(a, b fields.BadField) int { return cmp.Compare(a.Row, b.Row) })
	for i, b := range bad {
		owner := l.owners[b.Row]
		if i == 0 || l.owners[bad[i-1].Row] != owner {
			c.Refuse(owner, fmt.Sprintf("element %d: %s", int32(b.Row)-l.offsets[owner]+1, b.Reason))
		}
	}
}

// isTemporal reports the types whose values numbers can count, and lists of such.
func isTemporal(t vec.Type) bool {
	k := t.Kind
	if k == vec.List {
		k = t.Elem
	}
	return k == vec.Timestamp || k == vec.Date || k == vec.Time || k == vec.Duration
}
