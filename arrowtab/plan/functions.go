package plan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// functions are the operators that are written as functions, by table: all of plan that knows one by name is its row here.
// NULL in, NULL out. Names and meanings are PostgreSQL's or DuckDB's.
var functions = map[Op]*function{
	OpLower:     {name: "lower", takes: []param{aString}, result: vec.TString, compile: text(calc.Lower)},
	OpUpper:     {name: "upper", takes: []param{aString}, result: vec.TString, compile: text(calc.Upper)},
	OpTrim:      {name: "trim", takes: []param{aString}, result: vec.TString, compile: text(calc.Trim)},
	OpReplace:   {name: "replace", takes: []param{aString, aText, aText}, result: vec.TString, compile: text(calc.Replace)},
	OpSubstring: {name: "substring", takes: []param{aString, aCount, aCount}, result: vec.TString, check: checkSubstring, compile: text(calc.Substring)},
	OpSplitPart: {name: "split_part", takes: []param{aString, aText, aCount}, result: vec.TString, check: checkSplitPart, compile: text(calc.SplitPart)},
	OpRegexpExtract: {
		name: "regexp_extract", takes: []param{aString, aPattern, aCount}, result: vec.TString,
		check: checkExtract, compile: text(calc.RegexpExtract),
	},
	OpConcat: {
		name: "concat", takes: []param{anyText}, many: true, result: vec.TString,
		compile: func(_ *Call, args []calc.Expr) calc.Expr { return calc.Concat(args...) },
	},

	OpLength:         {name: "length", takes: []param{aString}, result: vec.TInt64, compile: text(calc.Length)},
	OpCountSubstring: {name: "count_substring", takes: []param{aString, aText}, result: vec.TInt64, check: checkNotEmpty, compile: text(calc.CountText)},
	OpContains:       {name: "contains", takes: []param{aString, aText}, result: vec.TBool, compile: text(calc.Contains)},
	OpStartsWith:     {name: "starts_with", takes: []param{aString, aText}, result: vec.TBool, compile: text(calc.StartsWith)},
	OpEndsWith:       {name: "ends_with", takes: []param{aString, aText}, result: vec.TBool, compile: text(calc.EndsWith)},
	OpLike:           {name: "like", takes: []param{aString, aText}, result: vec.TBool, compile: text(calc.Like)},
	OpRegexpMatches:  {name: "regexp_matches", takes: []param{aString, aPattern}, result: vec.TBool, check: checkPattern, compile: text(calc.RegexpMatches)},
	OpSplit:          {name: "string_split", takes: []param{aString, aText}, result: vec.TList(vec.TString), compile: text(calc.Split)},

	OpDateTrunc: {name: "date_trunc", takes: []param{aMoment, aText}, typed: typeOfFirst, check: checkTrunc, fails: true, compile: func(c *Call, args []calc.Expr) calc.Expr {
		return calc.TimeTrunc(truncParts[textOf(c.Args, 1)], args[0])
	}},
	OpDatePart: {name: "date_part", takes: []param{aMoment, aText}, result: vec.TInt64, check: checkPart, compile: func(c *Call, args []calc.Expr) calc.Expr {
		return calc.Extract(dateParts[textOf(c.Args, 1)], args[0])
	}},
	OpStrftime: {name: "strftime", takes: []param{aMoment, aText}, result: vec.TString, check: checkStrftime, compile: compileStrftime},
	OpEpoch: {
		name: "epoch", takes: []param{aMoment, aText}, result: vec.TInt64, check: checkUnit, instead: epochOfUnit,
		compile: func(_ *Call, args []calc.Expr) calc.Expr { return calc.Relabel(args[0], vec.TInt64) },
	},
	OpToTimestamp: {
		name: "to_timestamp", takes: []param{anInteger, aText}, check: checkUnit,
		typed:   func(args []Expr) vec.Type { return vec.TTimestamp(unitsByName[textOf(args, 1)]) },
		compile: func(c *Call, args []calc.Expr) calc.Expr { return calc.Relabel(args[0], c.Type) },
	},

	OpAbs: {
		name: "abs", takes: []param{aNumber}, typed: typeOfFirst, instead: unsignedItself, fails: true,
		compile: func(_ *Call, args []calc.Expr) calc.Expr { return calc.Abs(args[0]) },
	},
	OpRound: {
		name: "round", takes: []param{aNumber, aCount}, result: vec.TFloat64, check: checkRound, instead: rounded,
		compile: func(c *Call, args []calc.Expr) calc.Expr {
			return calc.Float(calc.Round, args[0], calc.Cast(args[1], vec.TFloat64))
		},
	},
	OpFloor: {name: "floor", takes: []param{aNumber}, result: vec.TFloat64, check: checkFloat, instead: whole(OpFloor), compile: float(calc.Floor)},
	OpCeil:  {name: "ceil", takes: []param{aNumber}, result: vec.TFloat64, check: checkFloat, instead: whole(OpCeil), compile: float(calc.Ceil)},
	OpSqrt:  {name: "sqrt", takes: []param{aFloat}, result: vec.TFloat64, fails: true, compile: float(calc.Sqrt)},
	OpLn:    {name: "ln", takes: []param{aFloat}, result: vec.TFloat64, fails: true, compile: float(calc.Ln)},
	OpLog10: {name: "log10", takes: []param{aFloat}, result: vec.TFloat64, fails: true, compile: float(calc.Log10)},
	OpExp:   {name: "exp", takes: []param{aFloat}, result: vec.TFloat64, compile: float(calc.Exp)},
	OpPow:   {name: "pow", takes: []param{aFloat, aFloat}, result: vec.TFloat64, compile: float(calc.Pow)},

	OpListLen: {name: "len", takes: []param{aList}, result: vec.TInt64, compile: func(_ *Call, args []calc.Expr) calc.Expr { return calc.ListLen(args[0]) }},
	OpListGet: {
		name: "list_extract", takes: []param{aList, anInteger}, typed: func(args []Expr) vec.Type { return args[0].ResultType().ElemType() }, null: true,
		compile: func(_ *Call, args []calc.Expr) calc.Expr { return calc.ListGet(args[0], args[1]) },
	},
	OpListContains: {name: "list_contains", takes: []param{aList, anElement}, result: vec.TBool, compile: func(c *Call, args []calc.Expr) calc.Expr {
		return calc.ListContains(args[0], c.Args[1].(*Literal).Value)
	}},
}

// text compiles a function of a text and constants: strings are its A and B, numbers its M and N, or N alone.
func text(op calc.TextOp) func(*Call, []calc.Expr) calc.Expr {
	return func(c *Call, args []calc.Expr) calc.Expr {
		var a calc.TextArgs
		var texts []string
		var numbers []int64
		for _, e := range c.Args[1:] {
			if v := e.(*Literal).Value; v.Type.Kind == vec.String {
				texts = append(texts, v.S)
			} else {
				numbers = append(numbers, v.I)
			}
		}
		if len(texts) > 0 {
			a.A = texts[0]
		}
		if len(texts) > 1 {
			a.B = texts[1]
		}
		if len(numbers) > 0 {
			a.M, a.N = numbers[0], numbers[len(numbers)-1]
		}
		if op == calc.RegexpExtract || op == calc.RegexpMatches {
			a.Pattern = regexp.MustCompile(a.A)
		}
		return calc.Text(op, args[0], a)
	}
}

func float(op calc.FloatOp) func(*Call, []calc.Expr) calc.Expr {
	return func(_ *Call, args []calc.Expr) calc.Expr { return calc.Float(op, args...) }
}

func typeOfFirst(args []Expr) vec.Type { return args[0].ResultType() }

func checkSubstring(args []Expr) error {
	if n := numberOf(args, 2); n < 0 {
		return fmt.Errorf("a length of %d", n)
	}
	return nil
}

func checkSplitPart(args []Expr) error {
	switch {
	case textOf(args, 1) == "":
		return errors.New("the separator is empty")
	case numberOf(args, 2) == 0:
		return errors.New("parts are counted from 1, from the end with −1; there is no part 0")
	}
	return nil
}

func checkNotEmpty(args []Expr) error {
	if textOf(args, 1) == "" {
		return errors.New("the text to count is empty")
	}
	return nil
}

func checkPattern(args []Expr) error {
	_, err := regexp.Compile(textOf(args, 1))
	return err
}

func checkExtract(args []Expr) error {
	re, err := regexp.Compile(textOf(args, 1))
	if err != nil {
		return err
	}
	if n := numberOf(args, 2); n < 0 || n > int64(re.NumSubexp()) {
		return fmt.Errorf("there is no group %d: the pattern has %d; 0 is all of the match", n, re.NumSubexp())
	}
	return nil
}

// truncParts and dateParts are the names of parts of times.
var truncParts = map[string]calc.TimePart{
	"year": calc.PartYear, "quarter": calc.PartQuarter, "month": calc.PartMonth, "week": calc.PartWeek, "day": calc.PartDay, "hour": calc.PartHour,
	"minute": calc.PartMinute, "second": calc.PartSecond, "millisecond": calc.PartMilli, "microsecond": calc.PartMicro,
}

var dateParts = map[string]calc.TimePart{
	"year": calc.PartYear, "quarter": calc.PartQuarter, "month": calc.PartMonth, "week": calc.PartWeek, "day": calc.PartDay, "hour": calc.PartHour,
	"minute": calc.PartMinute, "second": calc.PartSecond, "dow": calc.PartDayOfWeek, "doy": calc.PartDayOfYear,
}

var unitsByName = map[string]vec.Unit{"s": vec.Second, "ms": vec.Milli, "us": vec.Micro, "ns": vec.Nano}

func checkTrunc(args []Expr) error { return oneOf(truncParts, textOf(args, 1), "unit") }
func checkPart(args []Expr) error  { return oneOf(dateParts, textOf(args, 1), "part") }
func checkUnit(args []Expr) error  { return oneOf(unitsByName, textOf(args, 1), "unit") }

// oneOf reports a name that the table doesn't have.
func oneOf[T calc.TimePart | vec.Unit](table map[string]T, name, what string) error {
	if _, ok := table[name]; ok {
		return nil
	}
	var names []string
	for n := range table {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return int(table[a]) - int(table[b]) })
	return fmt.Errorf("there is no %s '%s'; there are %s", what, name, strings.Join(names, ", "))
}

func checkStrftime(args []Expr) error {
	_, err := calc.NewStrftimeLayout(textOf(args, 1))
	return err
}

func compileStrftime(c *Call, args []calc.Expr) calc.Expr {
	layout, err := calc.NewStrftimeLayout(textOf(c.Args, 1))
	if err != nil {
		panic("plan: " + err.Error()) // Bind has refused it
	}
	return calc.Strftime(args[0], layout)
}

// epochOfUnit brings the time to the unit that is asked for.
func epochOfUnit(args []Expr) Expr {
	t := vec.TTimestamp(unitsByName[textOf(args, 1)])
	t.Zone = args[0].ResultType().Zone
	return &Call{OpEpoch, []Expr{cast(args[0], t), args[1]}, vec.TInt64}
}

func unsignedItself(args []Expr) Expr {
	if args[0].ResultType().IsUnsigned() {
		return args[0]
	}
	return nil
}

func checkFloat(args []Expr) error {
	if t := args[0].ResultType(); !t.IsFloat() && !t.IsInteger() {
		return fmt.Errorf("%s, but this takes floats and integers; cast it", is(args[0]))
	}
	return nil
}

// whole: an integer is its own floor, and a float32 is computed as a float64.
func whole(op Op) func(args []Expr) Expr {
	return func(args []Expr) Expr {
		if args[0].ResultType().IsInteger() {
			return args[0]
		}
		return &Call{op, []Expr{cast(args[0], vec.TFloat64)}, vec.TFloat64}
	}
}

func checkRound(args []Expr) error {
	t, digits := args[0].ResultType(), numberOf(args, 1)
	switch {
	case t.Kind == vec.Duration:
		return fmt.Errorf("%s, but round takes numbers; cast it to a coarser duration", is(args[0]))
	case digits < 0 && !t.IsFloat():
		return fmt.Errorf("%s, but round to %d digits takes floats; cast it", is(args[0]), digits)
	}
	return nil
}

// rounded: a decimal is rounded by casting it to fewer digits, with one more before the point for the carry.
func rounded(args []Expr) Expr {
	t, digits := args[0].ResultType(), numberOf(args, 1)
	switch {
	case t.IsInteger() || t.Kind == vec.Decimal && digits >= int64(t.Scale):
		return args[0]
	case t.Kind == vec.Decimal:
		return cast(args[0], vec.TDecimal(uint8(min(wholeDigits(t)+1+int(digits), maxDigits)), int8(digits)))
	}
	return &Call{OpRound, []Expr{cast(args[0], vec.TFloat64), args[1]}, vec.TFloat64}
}
