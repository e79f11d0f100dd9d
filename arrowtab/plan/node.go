package plan

import "github.com/pwcol/pwcol/kernels/vec"

// Node is a step of a plan: one of the structs of this package, always by pointer. Nodes are
// immutable plain data; the pointer is a node's identity: a node with two consumers
// is computed once.
type Node interface {
	// Inputs are the nodes whose rows it takes, in order of ports.
	Inputs() []Node
	// WithInputs is a copy that takes other inputs, of the same schemas.
	WithInputs(in []Node) Node
	// Schema is its rows' schema.
	Schema() *Schema
	// Pos is the line of the user's program that made it, "file.go:12", or "".
	Pos() string
	// Policy is what becomes of rows that fail in it.
	Policy() BadRows
	node()
}

// Source is a plan's leaf: a connector's own type that says what it reads. The engine asserts what
// it needs to open it.
type Source interface {
	Schema() *Schema
	Describe() Description
}

// Sink is a plan's end: a connector's own type that says what it writes.
type Sink interface {
	Describe() Description
}

// Description is a source or sink as plain data, for Explain and messages. It holds no secrets.
type Description struct {
	Kind    string // "csv", "parquet", "kafka" …
	Target  string // path, topic, table
	Options []Option
}

// Option is a setting of a Description, as text.
type Option struct{ Key, Value string }

// BadRows is what becomes of a row that can't be parsed or computed.
type BadRows uint8

// The policies.
const (
	Fail   BadRows = iota // the run ends with an error that names the row
	Skip                  // it is left out and counted
	Reject                // it is left out and goes to Rejected
)

// Base is what every node has.
type Base struct {
	At  string  // the user's line
	Bad BadRows // policy for rows that fail in this node
}

// Pos is the user's line.
func (b Base) Pos() string { return b.At }

// Policy is what becomes of rows that fail in the node.
func (b Base) Policy() BadRows { return b.Bad }

func (Base) node() {}

// Read yields a source's rows.
type Read struct {
	Base
	Source  Source
	Columns []int // the source's columns that are read, ascending; nil: all
	Filter  Expr  // bound to the source's schema, infallible; nil: all rows
	Out     *Schema
}

// Filter keeps the rows for which Cond is true.
type Filter struct {
	Base
	Input Node
	Cond  Expr // bool
}

// Project computes a row of new columns from each row.
type Project struct {
	Base
	Input Node
	Exprs []Expr // one for each column of Out
	Out   *Schema
}

// Aggregate reduces the rows of each group, by the values of the key columns, to one.
// Without keys all rows are one group, which is there also when there are no rows.
type Aggregate struct {
	Base
	Input Node
	Keys  []int // columns of Input
	Aggs  []Agg
	Out   *Schema // keys, then one column an Agg
}

// Agg is a reducer applied to a column. MakeAgg makes one without the parts that few have.
type Agg struct {
	Func  AggFunc
	Arg   int      // column of Input; −1: the rows themselves (Count)
	By    int      // column of Input that gives the order (ArgMin, ArgMax, List, StringAgg); −1: none
	Where int      // bool column of Input: only rows for which it is true; −1: all rows
	Param float64  // Quantile: the fraction, 0 to 1
	Text  string   // StringAgg: what goes between the values
	Name  string   // of the result
	Type  vec.Type // of the result
}

// MakeAgg is the reducer f of a column, of all rows.
func MakeAgg(f AggFunc, arg int) Agg { return Agg{Func: f, Arg: arg, By: -1, Where: -1} }

// Columns calls f for each of the Agg's columns, to read or change it; those that are −1 are left alone.
func (a *Agg) Columns(f func(column *int)) {
	for _, c := range []*int{&a.Arg, &a.By, &a.Where} {
		if *c >= 0 {
			f(c)
		}
	}
}

// AggFunc names a reducer.
type AggFunc uint8

// The reducers. NULLs are left out; without a value the result is NULL, a count's is 0.
const (
	AggCount AggFunc = iota // rows (Arg −1) or values → int64
	AggSum                  // int8…32, uint8…32 → int64; int64, uint64 → decimal(38, 0); floats → float64; decimal(p,s) → decimal(38, s)
	AggAvg                  // → float64
	AggMin                  // any ordered type → the same
	AggMax
	AggAny           // some value, always the same one: the smallest
	AggArgMin        // the value of Arg in the row with the smallest By; of several the smallest value. A NULL By is left out, a NULL Arg isn't
	AggArgMax        // with the largest By
	AggCountDistinct // different values → int64
	AggVarSamp       // numbers → float64; NULL for fewer than two
	AggVarPop
	AggStddevSamp
	AggStddevPop
	AggBoolAnd // bool → bool
	AggBoolOr
	AggQuantileCont // numbers → float64: between the two nearest values, as PostgreSQL's percentile_cont
	AggQuantileDisc // any ordered type → the same: the first value whose share is Param or more
	AggList         // any type but lists → list of all values, NULLs too, ordered by By, then by the values
	AggStringAgg    // strings, with Text between them, ordered as AggList's
	numAggs
)

// Sort orders the rows by keys; ties keep the order of arrival. With Limit ≥ 0 only the first
// Limit rows behind the first Offset come out (top-k).
type Sort struct {
	Base
	Input  Node
	Keys   []SortKey
	Limit  int64 // −1: all
	Offset int64
}

// SortKey is a column to order by. NaN is above +Inf; NULLs come last, whichever the direction,
// unless NullsFirst.
type SortKey struct {
	Column     int
	Desc       bool
	NullsFirst bool
}

// Limit passes N rows behind the first Offset, in the order of arrival.
type Limit struct {
	Base
	Input  Node
	N      int64
	Offset int64
}

// Union passes the rows of all inputs, which have the same types.
type Union struct {
	Base
	In  []Node
	Out *Schema
}

// Rejected yields the rows that Of left out under the policy Reject. It is a table as others are: when such a row is retracted from Of's input, it is
// retracted here.
type Rejected struct {
	Base
	Of Node
}

// Write hands the rows to a sink. It is a plan's root.
type Write struct {
	Base
	Input Node
	Sink  Sink
}

// RejectedSchema is the schema of rejected rows: where the row came from and why it was left out.
// file, line, column and value are NULL where there is none.
var RejectedSchema = NewSchema(
	Field{Name: "operator", Type: vec.TString},
	Field{Name: "file", Type: vec.TString, Nullable: true},
	Field{Name: "line", Type: vec.TInt64, Nullable: true},
	Field{Name: "column", Type: vec.TString, Nullable: true},
	Field{Name: "value", Type: vec.TString, Nullable: true},
	Field{Name: "reason", Type: vec.TString},
	Field{Name: "row", Type: vec.TString, Nullable: true},
)

// Inputs: a Read has none.
func (*Read) Inputs() []Node        { return nil }
func (n *Filter) Inputs() []Node    { return []Node{n.Input} }
func (n *Project) Inputs() []Node   { return []Node{n.Input} }
func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }
func (n *Sort) Inputs() []Node      { return []Node{n.Input} }
func (n *Limit) Inputs() []Node     { return []Node{n.Input} }
func (n *Union) Inputs() []Node     { return n.In }
func (n *Rejected) Inputs() []Node  { return []Node{n.Of} }
func (n *Write) Inputs() []Node     { return []Node{n.Input} }

// WithInputs returns n: a Read has no inputs.
func (n *Read) WithInputs([]Node) Node { return n }

func (n *Filter) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Project) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Aggregate) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Sort) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Limit) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Union) WithInputs(in []Node) Node { c := *n; c.In = in; return &c }

func (n *Rejected) WithInputs(in []Node) Node { c := *n; c.Of = in[0]; return &c }

func (n *Write) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the schema of the columns that are read.
func (n *Read) Schema() *Schema      { return n.Out }
func (n *Filter) Schema() *Schema    { return n.Input.Schema() }
func (n *Project) Schema() *Schema   { return n.Out }
func (n *Aggregate) Schema() *Schema { return n.Out }
func (n *Sort) Schema() *Schema      { return n.Input.Schema() }
func (n *Limit) Schema() *Schema     { return n.Input.Schema() }
func (n *Union) Schema() *Schema     { return n.Out }
func (*Rejected) Schema() *Schema    { return RejectedSchema }
func (n *Write) Schema() *Schema     { return n.Input.Schema() }
