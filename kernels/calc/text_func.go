package calc

import (
	"fmt"
	"regexp"

	"github.com/pwcol/pwcol/kernels/vec"
)

// TextOp is a function of one text and some constants.
type TextOp uint8

// The functions. A character is a Unicode code point; places are counted from 1.
const (
	Lower         TextOp = iota // → string: by Unicode's simple mapping, a character for a character
	Upper                       // → string
	Trim                        // → string: without the spaces at both ends
	Replace                     // → string: every A becomes B, from left to right; an empty A is nowhere
	Substring                   // → string: at most N characters from the M-th on; places before the first count too, as in PostgreSQL
	SplitPart                   // → string: the N-th part between As, from the end if N is negative; "" if there is none
	RegexpExtract               // → string: group N (0: all) of the first match of Pattern, "" if there is none
	Length                      // → int64: characters
	CountText                   // → int64: how often A is in it, without overlaps
	Contains                    // → bool: whether A is in it
	StartsWith                  // → bool
	EndsWith                    // → bool
	Like                        // → bool: whether all of it is like A, where % is any text, _ any character, and \ takes away their meaning
	RegexpMatches               // → bool: whether Pattern matches anywhere in it
	Split                       // → list of strings: the parts between As; its characters if A is empty
)

// TextArgs are the constants of a text function, those that it takes.
type TextArgs struct {
	A, B    string
	M, N    int64
	Pattern *regexp.Regexp
}

// Text is a function of the strings of a. Values of a dictionary are computed once, and the result is a dictionary column
// then. None can fail.
func Text(op TextOp, a Expr, args TextArgs) Expr {
	if a.Type().Kind != vec.String || op > Split {
		panic(fmt.Sprintf("calc: no text function %d of %s", op, a.Type()))
	}
	n := &textFunc{a: a}
	n.made.op, n.made.args = op, args
	if op == Like {
		n.made.like = parseLike(args.A)
	}
	return n
}

// TextType is the type of a text function's values.
func TextType(op TextOp) vec.Type {
	switch {
	case op < Length:
		return vec.TString
	case op < Contains:
		return vec.TInt64
	case op < Split:
		return vec.TBool
	}
	return vec.TList(vec.TString)
}

type textFunc struct {
	a    Expr
	made textMaker

	dict   *vec.Dict // the last dictionary, of whose values values is made
	rows   int       // that came with it
	values *vec.Dict // nil: not made yet
	out    vec.Vec
}

func (n *textFunc) Type() vec.Type { return TextType(n.made.op) }

func (n *textFunc) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.a.Eval(b, sel, bad)
	if x.Dict != nil && n.know(x.Dict, rowsOf(x, sel)) {
		n.out = vec.Vec{Type: n.Type(), N: x.N, Valid: x.Valid, Codes: x.Codes, Dict: n.values}
		return &n.out
	}
	return n.made.column(x, sel, bad)
}

// know reports whether the values of a dictionary have been computed, which is done when it is small or has brought as many
// rows as it has values (see verdicts).
func (n *textFunc) know(d *vec.Dict, rows int) bool {
	if d.Values.N == 0 { // all rows are NULL
		return false
	}
	if n.dict != d {
		n.dict, n.rows, n.values = d, 0, nil
	}
	n.rows += rows
	if n.values == nil && (d.Values.N <= smallDict || n.rows >= d.Values.N) {
		own := textMaker{op: n.made.op, args: n.made.args, like: n.made.like} // with memory that stays the dictionary's
		var bad Bad
		values := own.column(&d.Values, nil, &bad)
		if len(bad.Rows) > 0 { // longer than a column can be: row by row, perhaps it is
			return false
		}
		n.values = &vec.Dict{Values: *values}
	}
	return n.values != nil
}

// textMaker computes a text function, in memory of its own.
type textMaker struct {
	op    TextOp
	args  TextArgs
	like  *likePattern
	texts varWidth
	res   result
	lists *vec.Builder
	parts [][]byte // scratch
}

// column is the function of rows sel of x.
func (m *textMaker) column(x *vec.Vec, sel []uint32, bad *Bad) *vec.Vec {
	switch TextType(m.op) {
	case vec.TString:
		return m.strings(x, sel, bad)
	case vec.TInt64:
		return m.counts(x, sel)
	case vec.TBool:
		return m.tests(x, sel)
	}
	return m.splits(x, sel)
}

func (m *textMaker) strings(x *vec.Vec, sel []uint32, bad *Bad) *vec.Vec {
	w := &m.texts
	w.begin(vec.TString, x.N)
	w.vec.Valid = x.Valid
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		w.row(row)
		if x.IsNull(row) {
			continue
		}
		w.data = m.appendString(w.data, x.Str(row))
		w.check(bad, row)
	}
	return w.end()
}

func (m *textMaker) counts(x *vec.Vec, sel []uint32) *vec.Vec {
	out := m.res.fixed(vec.TInt64, x.N)
	out.Valid = x.Valid
	n := vec.Of[int64](out)
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if !x.IsNull(row) {
			n[row] = int64(m.count(x.Str(row)))
		}
	}
	return out
}

func (m *textMaker) tests(x *vec.Vec, sel []uint32) *vec.Vec {
	out := m.res.bools(x.N, false)
	out.Valid = x.Valid
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if !x.IsNull(row) && m.test(x.Str(row)) {
			vec.SetBit(out.Data, row)
		}
	}
	return out
}

func (m *textMaker) splits(x *vec.Vec, sel []uint32) *vec.Vec {
	if m.lists == nil {
		m.lists = vec.NewBuilder(vec.TList(vec.TString), x.N)
	}
	b := m.lists
	b.Reset()
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		for b.Len() < row { // that aren't selected
			b.AppendList()
		}
		if x.IsNull(row) {
			b.AppendNull()
			continue
		}
		m.parts = appendParts(m.parts[:0], x.Str(row), m.args.A)
		for _, p := range m.parts {
			b.Elems().AppendBytes(p)
		}
		b.AppendList()
	}
	for b.Len() < x.N {
		b.AppendList()
	}
	return b.Vec()
}
