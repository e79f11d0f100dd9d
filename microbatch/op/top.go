package op

import (
	"math"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// top keeps the first rows of each key in an order. What it keeps depends on its input: see topOne and topMany.
type top struct {
	node *plan.Top
	env  Env
	ranked
}

// ranked is what top is in the end.
type ranked interface {
	Operator
	Durable
}

var _ Durable = (*top)(nil)

// NewTop makes the operator of a Top.
func NewTop(n *plan.Top, env Env) Operator { return &top{node: n, env: env} }

func (t *top) Open(in []Port) (func() Local, error) {
	if in[0].Kind == plan.Append && t.node.N == 1 && t.node.Offset == 0 {
		t.ranked = newTopOne(t.node, in[0], t.env)
	} else {
		t.ranked = newTopMany(t.node, in[0], t.env)
	}
	return t.ranked.Open(in)
}

func (t *top) Close() error {
	if t.ranked == nil { // it was never opened
		return nil
	}
	return t.ranked.Close()
}

// topWant is how many of a key's rows matter: the first so many.
func topWant(n *plan.Top) int64 {
	if n.N < 0 {
		return math.MaxInt64
	}
	return rowsWanted(n.N, n.Offset)
}
