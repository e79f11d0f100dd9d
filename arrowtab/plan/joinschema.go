package plan

import "slices"

// JoinSchema is the columns of a join: the left side's, then the right one's, by the names that they have in right; of a semi or anti
// join the left ones alone. Columns of a side that may be missing may be NULL.
func JoinSchema(kind JoinKind, left, right *Schema) *Schema {
	fields := slices.Clone(left.Fields())
	if kind == RightOuter || kind == FullOuter {
		mayBeNull(fields)
	}
	if kind == Semi || kind == Anti {
		return NewSchema(fields...)
	}
	n := len(fields)
	fields = append(fields, right.Fields()...)
	if kind == LeftOuter || kind == FullOuter {
		mayBeNull(fields[n:])
	}
	return NewSchema(fields...)
}

func mayBeNull(fields []Field) {
	for i := range fields {
		fields[i].Nullable = true
	}
}

// Retracting is the step on the way to n by which rows begin to be retracted; nil if n's never are.
func Retracting(n Node) Node {
	kinds := Kinds(n)
	if kinds[n] != Retract {
		return nil
	}
	for {
		i := slices.IndexFunc(n.Inputs(), func(in Node) bool { return kinds[in] == Retract })
		if i < 0 {
			return n
		}
		n = n.Inputs()[i]
	}
}
