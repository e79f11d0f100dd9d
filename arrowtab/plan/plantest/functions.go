package plantest

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// function is the value of a function, of arguments that aren't NULL.
func function(c *plan.Call, args []any) (any, error) {
	switch x := args[0].(type) {
	case string:
		return textFunction(c.Op, x, args), nil
	case List:
		return listFunction(c.Op, x, args), nil
	case float64:
		return floatFunction(c.Op, x, args)
	case int64:
		switch c.Op {
		case plan.OpAbs:
			if x == -1<<(8*c.Type.Width()-1) {
				return nil, errBadRow
			}
			return max(x, -x), nil
		case plan.OpEpoch, plan.OpToTimestamp:
			return x, nil
		}
		return timeFunction(c, x, args), nil
	}
	panic(fmt.Sprintf("plantest: no function %s of %T", c.Op, args[0]))
}

func textFunction(op plan.Op, s string, args []any) any {
	other := func(i int) string { return args[i].(string) }
	switch op {
	case plan.OpLower:
		return strings.Map(unicode.ToLower, s)
	case plan.OpUpper:
		return strings.Map(unicode.ToUpper, s)
	case plan.OpTrim:
		return strings.Trim(s, " ")
	case plan.OpReplace:
		if other(1) == "" {
			return s
		}
		return strings.ReplaceAll(s, other(1), other(2))
	case plan.OpSubstring:
		return characters(s, args[1].(int64), args[2].(int64))
	case plan.OpSplitPart:
		return splitPart(strings.Split(s, other(1)), args[2].(int64))
	case plan.OpRegexpExtract:
		m := regexp.MustCompile(other(1)).FindStringSubmatch(s)
		if m == nil {
			return ""
		}
		return m[args[2].(int64)]
	case plan.OpConcat:
		for _, a := range args[1:] {
			s += a.(string)
		}
		return s
	case plan.OpLength:
		return int64(len([]rune(s)))
	case plan.OpCountSubstring:
		return int64(strings.Count(s, other(1)))
	case plan.OpContains:
		return strings.Contains(s, other(1))
	case plan.OpStartsWith:
		return strings.HasPrefix(s, other(1))
	case plan.OpEndsWith:
		return strings.HasSuffix(s, other(1))
	case plan.OpLike:
		return likeRegexp(other(1)).MatchString(s)
	case plan.OpRegexpMatches:
		return regexp.MustCompile(other(1)).MatchString(s)
	case plan.OpSplit:
		return split(s, other(1))
	}
	panic(fmt.Sprintf("plantest: no function %s of strings", op))
}

// characters is those of s at the places [first, first + n), counted from 1.
func characters(s string, first, n int64) string {
	var out []rune
	for i, r := range []rune(s) {
		if at := int64(i) + 1; at >= first && at-n < first {
			out = append(out, r)
		}
	}
	return string(out)
}

func splitPart(parts []string, n int64) string {
	if n < 0 {
		n += int64(len(parts)) + 1
	}
	if n < 1 || n > int64(len(parts)) {
		return ""
	}
	return parts[n-1]
}

func split(s, separator string) List {
	if s == "" {
		return List{""}
	}
	out := List{}
	for _, p := range strings.Split(s, separator) {
		out = append(out, p)
	}
	return out
}

func likeRegexp(pattern string) *regexp.Regexp {
	text, escaped := "(?s)^", false
	for _, r := range pattern {
		switch {
		case r == '\\' && !escaped:
			escaped = true
			continue
		case r == '%' && !escaped:
			text += ".*"
		case r == '_' && !escaped:
			text += "."
		default:
			text += regexp.QuoteMeta(string(r))
		}
		escaped = false
	}
	return regexp.MustCompile(text + "$")
}

func listFunction(op plan.Op, list List, args []any) any {
	switch op {
	case plan.OpListLen:
		return int64(len(list))
	case plan.OpListContains:
		for _, e := range list {
			if e != nil && compare(e, args[1]) == 0 {
				return true
			}
		}
		return false
	}
	i := args[1].(int64)
	if i < 0 {
		i += int64(len(list)) + 1
	}
	if i < 1 || i > int64(len(list)) {
		return nil
	}
	return list[i-1]
}

func floatFunction(op plan.Op, x float64, args []any) (any, error) {
	switch op {
	case plan.OpAbs:
		return math.Abs(x), nil
	case plan.OpFloor:
		return math.Floor(x), nil
	case plan.OpCeil:
		return math.Ceil(x), nil
	case plan.OpExp:
		return math.Exp(x), nil
	case plan.OpPow:
		return math.Pow(x, args[1].(float64)), nil
	case plan.OpSqrt:
		if x < 0 {
			return nil, errBadRow
		}
		return math.Sqrt(x), nil
	case plan.OpLn, plan.OpLog10:
		if x <= 0 {
			return nil, errBadRow
		}
		if op == plan.OpLn {
			return math.Log(x), nil
		}
		return math.Log10(x), nil
	case plan.OpRound:
		power := math.Pow(10, float64(args[1].(int64)))
		if r := math.Round(x*power) / power; r-r == 0 {
			return r, nil
		}
		return x, nil
	}
	panic(fmt.Sprintf("plantest: no function %s of floats", op))
}

// timeFunction is of ticks of the argument's type, in UTC.
func timeFunction(c *plan.Call, ticks int64, args []any) any {
	t := c.Args[0].ResultType()
	at := time.Unix(ticks*86400, 0).UTC()
	if t.Kind == vec.Timestamp {
		per := t.Unit.PerSecond()
		at = time.Unix(ticks/per, ticks%per*(1e9/per)).UTC()
	}
	switch name := args[1].(string); c.Op {
	case plan.OpDatePart:
		return datePart(name, at)
	case plan.OpDateTrunc:
		at = truncated(name, at)
		if t.Kind == vec.Date {
			return at.Unix() / 86400
		}
		per := t.Unit.PerSecond()
		return at.Unix()*per + int64(at.Nanosecond())/(1e9/per)
	}
	panic(fmt.Sprintf("plantest: no function %s of times", c.Op))
}

func datePart(name string, at time.Time) int64 {
	_, week := at.ISOWeek()
	return int64(map[string]int{
		"year": at.Year(), "quarter": (int(at.Month()) + 2) / 3, "month": int(at.Month()), "week": week, "day": at.Day(), "hour": at.Hour(),
		"minute": at.Minute(), "second": at.Second(), "dow": int(at.Weekday()), "doy": at.YearDay(),
	}[name])
}

func truncated(name string, at time.Time) time.Time {
	date := func(year, month, day int) time.Time {
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	}
	y, m, d := at.Year(), int(at.Month()), at.Day()
	switch name {
	case "year":
		return date(y, 1, 1)
	case "quarter":
		return date(y, (m-1)/3*3+1, 1)
	case "month":
		return date(y, m, 1)
	case "week":
		return date(y, m, d-(int(at.Weekday())+6)%7)
	case "day":
		return date(y, m, d)
	}
	unit := map[string]time.Duration{
		"hour": time.Hour, "minute": time.Minute, "second": time.Second, "millisecond": time.Millisecond, "microsecond": time.Microsecond,
	}[name]
	return at.Truncate(unit)
}
