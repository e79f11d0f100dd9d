package plan

import "strings"

// How tightly operators bind, loosest first; an argument that binds less tightly than its call is put in parentheses.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindCompare
	bindAdd
	bindMul
	bindNeg
	bindAtom
)

type spelling struct {
	text string
	bind int
}

var spellings = map[Op]spelling{
	OpAdd: {"+", bindAdd},
	OpSub: {"-", bindAdd},
	OpMul: {"*", bindMul},
	OpQuo: {"//", bindMul},
	OpRem: {"%", bindMul},
	OpDiv: {"/", bindMul},
	OpNeg: {"-", bindNeg},

	OpEq: {"=", bindCompare},
	OpNe: {"<>", bindCompare},
	OpLt: {"<", bindCompare},
	OpLe: {"<=", bindCompare},
	OpGt: {">", bindCompare},
	OpGe: {">=", bindCompare},

	OpAnd: {"AND", bindAnd},
	OpOr:  {"OR", bindOr},
	OpNot: {"NOT", bindNot},

	OpIsNull:    {"IS NULL", bindCompare},
	OpIsNotNull: {"IS NOT NULL", bindCompare},

	OpCast:     {"cast", bindAtom},
	OpCoalesce: {"coalesce", bindAtom},
	OpIf:       {"if", bindAtom},
}

// String is the operator as it is written in an expression: "+", "AND", "IS NULL". Truncating division
// is "//", as in Python; "/" gives a float.
func (o Op) String() string {
	if s, ok := spellings[o]; ok {
		return s.text
	}
	if f, ok := functions[o]; ok {
		return f.name
	}
	return "?"
}

// String is the column's name.
func (c *Column) String() string { return c.Name }

// String is the value, strings and times in single quotes.
func (l *Literal) String() string { return literalText(l.Value) }

// String is the call with its operator between or behind the arguments, or as a function.
func (c *Call) String() string {
	switch c.Op {
	case OpNeg:
		return "-" + c.operand(0, bindNeg+1)
	case OpNot:
		return "NOT " + c.operand(0, bindNot)
	case OpIsNull, OpIsNotNull:
		return c.operand(0, bindCompare+1) + " " + c.Op.String()
	case OpCast:
		return "cast(" + c.Args[0].String() + " as " + c.Type.String() + ")"
	}
	if _, ok := spellings[c.Op]; !ok || c.Op == OpCoalesce || c.Op == OpIf {
		return c.Op.String() + "(" + c.join(", ", 0) + ")"
	}
	return c.infix()
}

// infix writes a + b + c. All of them group to the left, so an argument behind the first needs
// parentheses already when it binds as tightly: a - (b - c).
func (c *Call) infix() string {
	bind := spellings[c.Op].bind
	var sb strings.Builder
	for i, a := range c.Args {
		least := bind + 1
		if i == 0 && bind != bindCompare {
			least = bind
		}
		if i > 0 {
			sb.WriteString(" " + c.Op.String() + " ")
		}
		sb.WriteString(inParens(a, least))
	}
	return sb.String()
}

func (c *Call) join(sep string, least int) string {
	parts := make([]string, len(c.Args))
	for i := range c.Args {
		parts[i] = c.operand(i, least)
	}
	return strings.Join(parts, sep)
}

func (c *Call) operand(i, least int) string { return inParens(c.Args[i], least) }

func inParens(e Expr, least int) string {
	if tightness(e) < least {
		return "(" + e.String() + ")"
	}
	return e.String()
}

func tightness(e Expr) int {
	switch e := e.(type) {
	case *Call:
		if s, ok := spellings[e.Op]; ok {
			return s.bind
		}
	case *Literal:
		if e.Value.Type.IsNumeric() && strings.HasPrefix(e.String(), "-") {
			return bindNeg
		}
	}
	return bindAtom
}
