package plan

// Nullable reports whether a bound expression may be NULL on some row. A row that can't be computed is left out, so
// errors make no NULLs.
func Nullable(e Expr) bool {
	switch e := e.(type) {
	case *Column:
		return e.Nullable
	case *Literal:
		return e.Value.Null
	case *Call:
		return e.nullable()
	}
	return true
}

func (c *Call) nullable() bool {
	if f, ok := functions[c.Op]; ok && f.null {
		return true
	}
	switch c.Op {
	case OpIsNull, OpIsNotNull:
		return false
	case OpIf:
		return Nullable(c.Args[1]) || Nullable(c.Args[2])
	case OpCoalesce:
		for _, a := range c.Args {
			if !Nullable(a) {
				return false
			}
		}
		return true
	}
	for _, a := range c.Args {
		if Nullable(a) {
			return true
		}
	}
	return false
}
