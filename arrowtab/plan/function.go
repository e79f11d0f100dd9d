package plan

import (
	"context"
	"strings"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Apply adds columns that a function of the user's computes: its rows are the columns of Input, then the results. On a retract edge the
// results of a function that isn't Deterministic are remembered until their row goes.
type Apply struct {
	Base
	Input Node
	Func  *Function
	Args  []int // columns of Input
	Out   *Schema
}

// Function is a function of the user's: the only code in a plan. Its name and version say what it is, to people and to saved
// state.
type Function struct {
	Name, Version string
	Params        []vec.Type
	Results       []vec.Type
	Deterministic bool // equal arguments give equal results, or fail with equal errors, always
	// Call computes n rows. args are plain, dense columns of Params, of n rows each, lent; it returns columns of Results, of n rows. An
	// error is about all rows: the engine then asks row by row to find the bad ones.
	Call  func(ctx context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error)
	Async *Async // nil: it is called by the workers, with whole batches
}

// Async says how a function is called that waits for something: many calls at once, a row each.
type Async struct {
	Capacity int           // calls at once
	Timeout  time.Duration // of a call; 0: none
	Retries  int           // further attempts after an error or timeout
	Backoff  time.Duration // before the first retry; doubled before each further one
}

// Remembers reports whether results are kept until their row goes, where the rows are of that kind: what goes must have the result with which it
// came, and the function might say something else now. An Async one might, whatever it promises: a call can take too long.
func (f *Function) Remembers(in Changelog) bool {
	return in == Retract && (!f.Deterministic || f.Async != nil)
}

// Inputs is the table whose columns are the arguments.
func (n *Apply) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Apply) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's columns, then the results.
func (n *Apply) Schema() *Schema { return n.Out }

// Applied is a call of a function of the user's in an expression that isn't bound. Bind refuses it: whoever builds a plan makes an Apply of it, and
// a Column of the result takes its place.
type Applied struct {
	Name string
	Args []Expr
	// To is the function for bound arguments, among which untyped literals stay as they are; an error says which of them it can't take.
	To func(args []Expr) (AppliedTo, error)
}

// AppliedTo is a function and what it is called with.
type AppliedTo struct {
	Func     *Function
	Args     []Expr // of the types Func.Params
	Nullable bool   // the result may be NULL
}

func (*Applied) expr() {}

// ResultType is not known before it is bound.
func (*Applied) ResultType() vec.Type { return vec.Type{} }

// String is "score(x1, x2)".
func (a *Applied) String() string {
	args := make([]string, len(a.Args))
	for i, arg := range a.Args {
		args[i] = arg.String()
	}
	return a.Name + "(" + strings.Join(args, ", ") + ")"
}
