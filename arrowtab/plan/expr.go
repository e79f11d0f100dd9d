package plan

import "github.com/pwcol/pwcol/kernels/vec"

// Expr is an expression over the columns of one input: a Column, a Literal or a Call. It is plain
// data. As the user writes it, it is unbound: names without places, literals with their own type,
// calls without one. Bind makes the bound form that everything behind it works on: every Column has
// its Index, every node its type, operands of a call have the type that its kernel wants
// (Bind puts OpCast calls where it takes one).
type Expr interface {
	// ResultType is the type of the value; Invalid in an unbound call or column.
	ResultType() vec.Type
	// String is the expression as one would write it: "value > 100 AND name = 'x'".
	String() string
	expr()
}

// Column is the value of an input column.
type Column struct {
	Name     string
	Index    int // place in the input's schema; −1 when unbound
	Type     vec.Type
	Nullable bool
}

// Literal is a constant.
type Literal struct {
	Value vec.Scalar
	// Untyped marks a constant that takes the type of what it is combined with, if that type holds it
	// exactly. Bound literals are never untyped.
	Untyped bool
}

// Call is an operator or function applied to arguments.
type Call struct {
	Op   Op
	Args []Expr
	Type vec.Type // of the result; for OpCast also in the unbound form
}

// Op names what a Call does.
type Op uint8

// The operators. In the bound form the arguments of a binary one have the same type, but
// where noted.
const (
	OpInvalid Op = iota

	// OpAdd is of numbers of one type, which is the result's but for a decimal's precision: error on integer overflow. Or of a
	// timestamp and a duration, or two durations, of one unit.
	OpAdd
	OpSub // as OpAdd, or of two timestamps, which gives a duration
	OpMul // as OpAdd, but decimals keep their own types: the product's scale is the sum of theirs
	OpQuo // integers: truncated quotient; division by zero is an error
	OpRem // integers: remainder with the sign of the dividend
	OpDiv // float64, float64 → float64: IEEE division, but division by zero is an error
	OpNeg

	OpEq // any type → bool; NULL if either is
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe

	OpAnd // bool, three-valued; two or more arguments
	OpOr
	OpNot

	OpIsNull // any type → bool, never NULL
	OpIsNotNull

	OpCast // to Type; an error where the value doesn't fit
	OpCoalesce
	OpIf // bool, then, else

	// Functions: the table functions says what each takes and yields. NULL in, NULL out.

	OpLower
	OpUpper
	OpTrim
	OpReplace       // string, old, new
	OpSubstring     // string, first character, number of them
	OpSplitPart     // string, separator, number of the part
	OpRegexpExtract // string, pattern, group
	OpConcat        // strings
	OpLength
	OpCountSubstring
	OpContains
	OpStartsWith
	OpEndsWith
	OpLike
	OpRegexpMatches
	OpSplit

	OpDateTrunc   // timestamp or date, unit
	OpDatePart    // timestamp or date, part
	OpStrftime    // timestamp or date, layout
	OpEpoch       // timestamp, unit → int64
	OpToTimestamp // int64, unit → timestamp

	OpAbs
	OpRound // number, digits
	OpFloor
	OpCeil
	OpSqrt
	OpLn
	OpLog10
	OpExp
	OpPow

	OpListLen
	OpListGet      // list, place
	OpListContains // list, constant
)

func (*Column) expr()  {}
func (*Literal) expr() {}
func (*Call) expr()    {}

// ResultType is the column's type.
func (c *Column) ResultType() vec.Type { return c.Type }

// ResultType is the literal's type.
func (l *Literal) ResultType() vec.Type { return l.Value.Type }

// ResultType is the type of the call's value.
func (c *Call) ResultType() vec.Type { return c.Type }
