package json

import (
	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Inferrer finds the columns of lines from a sample of them: a column for each key of the objects, in the order in which they are met
// first, of the first of these types that all its values are:
//
//	bool               true, false
//	int64              whole numbers without point and exponent that fit
//	float64            numbers
//	date               "2006-01-02"
//	timestamp[us]      "2006-01-02 15:04:05", with a T, a fraction or a zone; a date counts as its midnight. [ns] if
//	                   there are more than 6 digits behind the point
//	list               arrays of such values, and of nulls; empty ones say nothing
//	string             anything, objects too
//
// null says nothing. A column without values is a string.
type Inferrer struct {
	scan  scan
	names []string
	seen  map[string]*guess
}

// guess is what a key's values so far may be.
type guess struct {
	fields.Guess
	values, arrays int
	elements       fields.Guess // of arrays
}

// MaxInferred is how many columns are inferred at most: keys that are data would make as many as there are rows.
const MaxInferred = 10_000

// NewInferrer makes an inferrer that has seen nothing.
func NewInferrer() *Inferrer { return &Inferrer{seen: make(map[string]*guess)} }

// Add takes the line into account that begins at place at of b, which ends with a line break. It reports whether it is an object; if it isn't,
// nothing of it may count.
func (n *Inferrer) Add(b *Buffer, at int) bool {
	s := &n.scan
	s.buf = b.Data
	at = s.space(at)
	if s.buf[at] != '{' {
		return false
	}
	end := s.object(at, 1)
	if end < 0 || s.buf[s.space(end)] != '\n' {
		return false
	}
	for p := s.space(at + 1); s.buf[p] != '}'; {
		nameEnd, value := s.key(p)
		name, ok := appendUnescaped(nil, s.buf[s.space(p)+1:nameEnd])
		p = s.value(value, 1)
		if g := n.guess(string(name)); ok && g != nil {
			g.values++
			g.add(s, value, p)
		}
		if p = s.space(p); s.buf[p] == ',' {
			p = s.space(p + 1)
		}
	}
	return true
}

// guess is that of a key; nil if there are too many.
func (n *Inferrer) guess(name string) *guess {
	g := n.seen[name]
	if g == nil && len(n.names) < MaxInferred {
		g = &guess{}
		n.seen[name] = g
		n.names = append(n.names, name)
	}
	return g
}

// add takes the value from place p to end into account.
func (g *guess) add(s *scan, p, end int) {
	if s.buf[p] != '[' {
		if s.buf[p] == 'n' {
			g.values--
		}
		addScalar(&g.Guess, s, p, end)
		return
	}
	g.arrays++
	for p = s.space(p + 1); s.buf[p] != ']'; {
		end := s.value(p, 1)
		if s.buf[p] == '[' {
			g.arrays = -1 << 40 // there are no lists of lists
		}
		addScalar(&g.elements, s, p, end)
		if p = s.space(end); s.buf[p] == ',' {
			p = s.space(p + 1)
		}
	}
}

func addScalar(g *fields.Guess, s *scan, p, end int) {
	switch s.buf[p] {
	case 'n':
	case '"':
		text, _ := appendUnescaped(nil, s.buf[p+1:end-1])
		g.AddString(string(text))
	case '{', '[':
		g.AddOther()
	default:
		g.Add(string(s.buf[p:end]))
	}
}

// Columns are the columns that were found.
func (n *Inferrer) Columns() []Column {
	columns := make([]Column, len(n.names))
	for i, name := range n.names {
		g := n.seen[name]
		t := g.Type()
		switch {
		case g.arrays == g.values && g.arrays > 0:
			t = vec.TList(g.elements.Type())
		case g.arrays != 0:
			t = vec.TString
		}
		columns[i] = Column{Name: name, Type: t, Nullable: true}
	}
	return columns
}

// LayoutType is the type of the values that a layout tells: a timestamp, or a date or time where it has nothing of
// the other. Nine digits behind the seconds make it nanoseconds, else it counts microseconds.
func LayoutType(layout string) (vec.Type, error) { return fields.LayoutType(layout) }
