package plan

import "fmt"

// Changelog is what the rows on an edge of the plan can be.
type Changelog uint8

// The kinds.
const (
	Append  Changelog = iota // only insertions
	Retract                  // insertions and retractions
)

func (c Changelog) String() string {
	if c == Retract {
		return "retract"
	}
	return "append"
}

// KindOf is the changelog kind of a node's output, from those of its inputs. In a final epoch
// (final: all rows of a key come in one epoch, see Final) what emits at the end of the epoch is append.
func KindOf(n Node, in []Changelog, final bool) Changelog {
	switch n := n.(type) {
	case *Read:
		return readKind(n)
	case *Rejected:
		return rejectedKind(n.Of)
	case *Late, *Changes:
		return Append
	case *Filter, *Project, *Union, *Write, *Watermark, *Apply, *Flatten:
		return widest(in)
	case *Consolidate: // what is left of a table that has an end is there
		return unless(final || in[0] == Append)
	case *Window:
		return unless(final || !n.Revises())
	case *Aggregate:
		return unless(final || len(n.Aggs) == 0 && len(n.Keys) > 0 && in[0] == Append) // without Aggs it is distinct
	case *Join:
		appends := n.Kind == Inner || n.Kind == Semi || n.Now
		return unless(final || appends && widest(in) == Append || n.Now && in[0] == Append)
	case *Sort:
		if n.Limit < 0 {
			return widest(in)
		}
		return unless(final)
	case *Limit:
		return unless(final || in[0] == Append)
	case *AsOf, *Top, *Accept, *Upsert:
		return unless(final)
	case *FromChanges:
		return Retract
	}
	panic(fmt.Sprintf("plan: no changelog kind for %T", n))
}

// rejectedKind is that of a node's bad rows: one that goes again, goes there. What a source of upserts can't parse isn't taken back.
func rejectedKind(of Node) Changelog {
	if read, ok := of.(*Read); ok {
		feed, _ := FeedOf(read.Source)
		return unless(feed != Revisions)
	}
	kind := Append
	for _, in := range of.Inputs() {
		kind = max(kind, Changing(in))
	}
	return kind
}

// unless is Append if ok, else Retract.
func unless(ok bool) Changelog {
	if ok {
		return Append
	}
	return Retract
}

func widest(in []Changelog) Changelog {
	k := Append
	for _, c := range in {
		k = max(k, c)
	}
	return k
}

// Changing is the changelog kind of n's output.
func Changing(n Node) Changelog { return newKinds().of(n) }

// Kinds is the changelog kinds of the nodes' outputs and of all that they are made of.
func Kinds(nodes ...Node) map[Node]Changelog {
	k := newKinds()
	for _, n := range nodes {
		k.of(n)
	}
	return k.known
}

type kinds struct {
	known  map[Node]Changelog
	finals finals
}

func newKinds() kinds { return kinds{map[Node]Changelog{}, finals{}} }

func (k kinds) of(n Node) Changelog {
	if kind, done := k.known[n]; done {
		return kind
	}
	var in []Changelog
	for _, i := range n.Inputs() {
		in = append(in, k.of(i))
	}
	kind := KindOf(n, in, k.finals.of(n))
	k.known[n] = kind
	return kind
}
