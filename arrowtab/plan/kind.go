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
// (final: all inputs are bounded) what emits at the end of the epoch is append.
func KindOf(n Node, in []Changelog, final bool) Changelog {
	switch n.(type) {
	case *Read, *Rejected:
		return Append
	case *Filter, *Project, *Union, *Write:
		return widest(in)
	case *Aggregate, *Sort, *Limit:
		if final {
			return Append
		}
		return Retract
	}
	panic(fmt.Sprintf("plan: no changelog kind for %T", n))
}

func widest(in []Changelog) Changelog {
	k := Append
	for _, c := range in {
		k = max(k, c)
	}
	return k
}
