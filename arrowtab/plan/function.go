package plan

import (
	"context"
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
	Deterministic bool // equal arguments give equal results, always
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

// Inputs is the table whose columns are the arguments.
func (n *Apply) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Apply) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's columns, then the results.
func (n *Apply) Schema() *Schema { return n.Out }
