package calc_test

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// function is a node of one argument and constants, with its value computed another way.
func function(name string, t vec.Type, arg *node, build func(calc.Expr) calc.Expr, ref func(vec.Scalar) (vec.Scalar, bool)) *node {
	return &node{name: "function " + name, t: t, args: []*node{arg}, function: build, ref: ref}
}

func textual(s string) (vec.Scalar, bool)   { return vec.Scalar{Type: vec.TString, S: s}, true }
func integer(n int) (vec.Scalar, bool)      { return vec.Scalar{Type: vec.TInt64, I: int64(n)}, true }
func truth(b bool) (vec.Scalar, bool)       { return boolean(b), true }
func floating(x float64) (vec.Scalar, bool) { return vec.Scalar{Type: vec.TFloat64, F: x}, true }

// runes is s character by character; a byte that is no UTF-8 counts as one.
func runes(s string) []string {
	var out []string
	for i, r := range s {
		n := len(string(r))
		if r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD") {
			n = 1
		}
		out = append(out, s[i:i+n])
	}
	return out
}

// words makes a string that the functions have something to do with.
func words(r *rand.Rand) string {
	parts := []string{"a", "b", "A", "é", "日", " ", ",", ",,", "ab", "%", "_", "x/y", "Z", "\xff"}
	var sb strings.Builder
	for range r.IntN(7) {
		sb.WriteString(parts[r.IntN(len(parts))])
	}
	return sb.String()
}

// sweepWords sweeps batches of words of all shapes through the expression.
func sweepWords(t *testing.T, r *rand.Rand, n *node) {
	t.Helper()
	e := n.build()
	for _, size := range []int{0, 1, 2, 3, 65, 1023} {
		for _, s := range shapes {
			v := randomColumn(r, vec.TString, size, s)
			values := v
			if v.Dict != nil {
				values = &v.Dict.Values
			}
			b := vec.NewBuilder(vec.TString, values.N)
			for range values.N {
				b.AppendString(words(r))
			}
			made := b.Finish()
			if v.Dict != nil {
				v.Dict = &vec.Dict{Values: *made}
			} else {
				v.Data, v.Offsets = made.Data, made.Offsets
			}
			for _, sel := range selections(r, size) {
				check(t, n, e, &vec.Batch{N: size, Cols: []*vec.Vec{v}}, sel)
			}
		}
	}
	check(t, n, e, &vec.Batch{N: 9, Cols: []*vec.Vec{emptyDict(vec.TString, 9)}}, nil)
}

func TestTextFunctionsAgainstReference(t *testing.T) {
	r := newRand(t)
	re := regexp.MustCompile(`([a-z]+)/(y?)`)
	like := regexp.MustCompile(`(?s)^a.*,.$`)
	for _, c := range []struct {
		name string
		op   calc.TextOp
		args calc.TextArgs
		ref  func(s string) (vec.Scalar, bool)
	}{
		{"trim", calc.Trim, calc.TextArgs{}, func(s string) (vec.Scalar, bool) { return textual(strings.Trim(s, " ")) }},
		{"replace", calc.Replace, calc.TextArgs{A: "a", B: "éé"}, func(s string) (vec.Scalar, bool) { return textual(strings.ReplaceAll(s, "a", "éé")) }},
		{"substring", calc.Substring, calc.TextArgs{M: 2, N: 3}, func(s string) (vec.Scalar, bool) {
			c := runes(s)
			return textual(strings.Join(c[min(1, len(c)):min(4, len(c))], ""))
		}},
		{"substring before the start", calc.Substring, calc.TextArgs{M: -1, N: 4}, func(s string) (vec.Scalar, bool) {
			c := runes(s)
			return textual(strings.Join(c[:min(2, len(c))], ""))
		}},
		{"substring to the end", calc.Substring, calc.TextArgs{M: 2, N: math.MaxInt64}, func(s string) (vec.Scalar, bool) {
			c := runes(s)
			return textual(strings.Join(c[min(1, len(c)):], ""))
		}},
		{"part", calc.SplitPart, calc.TextArgs{A: ",", N: 2}, func(s string) (vec.Scalar, bool) { return textual(part(strings.Split(s, ","), 1)) }},
		{"last part", calc.SplitPart, calc.TextArgs{A: ",", N: -1}, func(s string) (vec.Scalar, bool) {
			p := strings.Split(s, ",")
			return textual(part(p, len(p)-1))
		}},
		{"third from the end", calc.SplitPart, calc.TextArgs{A: ",", N: -3}, func(s string) (vec.Scalar, bool) {
			p := strings.Split(s, ",")
			return textual(part(p, len(p)-3))
		}},
		{"extract", calc.RegexpExtract, calc.TextArgs{Pattern: re, N: 1}, func(s string) (vec.Scalar, bool) { return textual(part(re.FindStringSubmatch(s), 1)) }},
		{"length", calc.Length, calc.TextArgs{}, func(s string) (vec.Scalar, bool) { return integer(len(runes(s))) }},
		{"count", calc.CountText, calc.TextArgs{A: ","}, func(s string) (vec.Scalar, bool) { return integer(strings.Count(s, ",")) }},
		{"contains", calc.Contains, calc.TextArgs{A: "ab"}, func(s string) (vec.Scalar, bool) { return truth(strings.Contains(s, "ab")) }},
		{"starts", calc.StartsWith, calc.TextArgs{A: "é"}, func(s string) (vec.Scalar, bool) { return truth(strings.HasPrefix(s, "é")) }},
		{"ends", calc.EndsWith, calc.TextArgs{A: "b"}, func(s string) (vec.Scalar, bool) { return truth(strings.HasSuffix(s, "b")) }},
		{"like", calc.Like, calc.TextArgs{A: "a%,_"}, func(s string) (vec.Scalar, bool) { return truth(like.MatchString(s)) }},
		{"like itself", calc.Like, calc.TextArgs{A: `%\%\_%`}, func(s string) (vec.Scalar, bool) { return truth(strings.Contains(s, "%_")) }},
		{"matches", calc.RegexpMatches, calc.TextArgs{Pattern: re}, func(s string) (vec.Scalar, bool) { return truth(re.MatchString(s)) }},
		{"split", calc.Split, calc.TextArgs{A: ","}, func(s string) (vec.Scalar, bool) { return listOf(strings.Split(s, ",")), true }},
		{"characters", calc.Split, calc.TextArgs{}, func(s string) (vec.Scalar, bool) {
			if s == "" {
				return listOf([]string{""}), true
			}
			return listOf(runes(s)), true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := function(c.name, calc.TextType(c.op), col(0, vec.TString), func(e calc.Expr) calc.Expr { return calc.Text(c.op, e, c.args) },
				func(s vec.Scalar) (vec.Scalar, bool) { return c.ref(s.S) })
			sweepWords(t, r, n)
		})
	}
}

// part is p[i], "" if there is none.
func part(p []string, i int) string {
	if i < 0 || i >= len(p) {
		return ""
	}
	return p[i]
}

func listOf(parts []string) vec.Scalar {
	var elems []vec.Scalar
	for _, p := range parts {
		elems = append(elems, vec.Scalar{Type: vec.TString, S: p})
	}
	return vec.ListScalar(vec.TString, elems...)
}

// TestCaseAgainstStrings: on valid text; what isn't stays.
func TestCaseAgainstStrings(t *testing.T) {
	r := newRand(t)
	mapped := func(f func(string) string) func(vec.Scalar) (vec.Scalar, bool) {
		return func(s vec.Scalar) (vec.Scalar, bool) {
			parts := strings.Split(s.S, "\xff")
			for i, p := range parts {
				parts[i] = f(p)
			}
			return textual(strings.Join(parts, "\xff"))
		}
	}
	sweepWords(t, r, function("lower", vec.TString, col(0, vec.TString), func(e calc.Expr) calc.Expr {
		return calc.Text(calc.Lower, e, calc.TextArgs{})
	}, mapped(strings.ToLower)))
	sweepWords(t, r, function("upper", vec.TString, col(0, vec.TString), func(e calc.Expr) calc.Expr {
		return calc.Text(calc.Upper, e, calc.TextArgs{})
	}, mapped(strings.ToUpper)))
}

// goTime is a timestamp or date as package time has it.
func goTime(s vec.Scalar) time.Time {
	loc, err := time.LoadLocation(s.Type.Zone)
	if err != nil {
		panic(err)
	}
	switch {
	case s.Type.Kind == vec.Date:
		return time.Unix(s.I*86400, 0).UTC()
	case s.Type.Unit == vec.Milli:
		return time.UnixMilli(s.I).In(loc)
	}
	return time.Unix(s.I, 0).In(loc)
}

// moments are types of times, and the range in which package time is their reference: years 1 to 9999.
var momentTypes = []vec.Type{vec.TDate, vec.TTimestamp(vec.Milli), vec.TTimestamp(vec.Second), zoned(vec.Milli, "Asia/Kolkata"), zoned(vec.Second, "America/New_York")}

func randomMoment(r *rand.Rand, t vec.Type) vec.Scalar {
	seconds := r.Int64N(253402300800+62135596800) - 62135596800
	switch {
	case t.Kind == vec.Date:
		seconds /= 86400
	case t.Unit == vec.Milli:
		seconds = seconds*1000 + r.Int64N(1000)
	}
	return vec.Scalar{Type: t, I: seconds}
}

func TestTimePartsAgainstPackageTime(t *testing.T) {
	parts := map[calc.TimePart]func(time.Time) int{
		calc.PartYear: time.Time.Year, calc.PartMonth: func(t time.Time) int { return int(t.Month()) }, calc.PartDay: time.Time.Day,
		calc.PartHour: time.Time.Hour, calc.PartMinute: time.Time.Minute, calc.PartSecond: time.Time.Second,
		calc.PartDayOfWeek: func(t time.Time) int { return int(t.Weekday()) }, calc.PartDayOfYear: time.Time.YearDay,
		calc.PartQuarter: func(t time.Time) int { return (int(t.Month()) + 2) / 3 },
		calc.PartWeek:    func(t time.Time) int { _, w := t.ISOWeek(); return w },
	}
	r := newRand(t)
	for _, typ := range momentTypes {
		for p, ref := range parts {
			sweepMoments(t, r, function("part", vec.TInt64, col(0, typ), func(e calc.Expr) calc.Expr { return calc.Extract(p, e) },
				func(s vec.Scalar) (vec.Scalar, bool) { return integer(ref(goTime(s))) }), typ)
		}
	}
}

func TestStrftimeAgainstPackageTime(t *testing.T) {
	r := newRand(t)
	for layout, goLayout := range map[string]string{
		"%Y-%m-%d %H:%M:%S": "2006-01-02 15:04:05", "%d. %b %y, %I %p": "02. Jan 06, 03 PM", "%A %a %B %j": "Monday Mon January 002", "%F %T %D": "2006-01-02 15:04:05 01/02/06",
	} {
		l, err := calc.NewStrftimeLayout(layout)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range momentTypes {
			sweepMoments(t, r, function("strftime", vec.TString, col(0, typ), func(e calc.Expr) calc.Expr { return calc.Strftime(e, l) },
				func(s vec.Scalar) (vec.Scalar, bool) { return textual(goTime(s).Format(goLayout)) }), typ)
		}
	}
	for _, bad := range []string{"%", "%Q", "x%"} {
		if _, err := calc.NewStrftimeLayout(bad); err == nil {
			t.Errorf("layout %q is taken", bad)
		}
	}
}

func TestTruncAgainstPackageTime(t *testing.T) {
	r := newRand(t)
	day := func(t time.Time, y, m, d int) time.Time {
		return time.Date(y, time.Month(m), d, 0, 0, 0, 0, t.Location())
	}
	units := map[calc.TimePart]func(time.Time) time.Time{
		calc.PartYear:    func(t time.Time) time.Time { return day(t, t.Year(), 1, 1) },
		calc.PartQuarter: func(t time.Time) time.Time { return day(t, t.Year(), (int(t.Month())-1)/3*3+1, 1) },
		calc.PartMonth:   func(t time.Time) time.Time { return day(t, t.Year(), int(t.Month()), 1) },
		calc.PartWeek:    func(t time.Time) time.Time { return day(t, t.Year(), int(t.Month()), t.Day()-(int(t.Weekday())+6)%7) },
		calc.PartDay:     func(t time.Time) time.Time { return day(t, t.Year(), int(t.Month()), t.Day()) },
		calc.PartHour: func(t time.Time) time.Time {
			return t.Add(-time.Duration(t.Minute()*60+t.Second())*time.Second - time.Duration(t.Nanosecond()))
		},
		calc.PartMinute: func(t time.Time) time.Time {
			return t.Add(-time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
		},
		calc.PartSecond: func(t time.Time) time.Time { return t.Add(-time.Duration(t.Nanosecond())) },
	}
	for _, typ := range momentTypes {
		for p, ref := range units {
			if typ.Kind == vec.Date && p > calc.PartDay {
				ref = func(t time.Time) time.Time { return t }
			}
			sweepMoments(t, r, function("trunc", typ, col(0, typ), func(e calc.Expr) calc.Expr { return calc.TimeTrunc(p, e) },
				func(s vec.Scalar) (vec.Scalar, bool) {
					at := ref(goTime(s))
					s.I = at.Unix()
					switch {
					case typ.Kind == vec.Date:
						s.I /= 86400 // a midnight
					case typ.Unit == vec.Milli:
						s.I = at.UnixMilli()
					}
					return s, true
				}), typ)
		}
	}
}

// sweepMoments checks batches of times of all shapes.
func sweepMoments(t *testing.T, r *rand.Rand, n *node, typ vec.Type) {
	t.Helper()
	e := n.build()
	for _, size := range []int{0, 1, 3, 300} {
		for _, s := range shapes {
			v := randomColumn(r, typ, size, s)
			values := v
			if v.Dict != nil {
				values = &v.Dict.Values
			}
			b := vec.NewBuilder(typ, values.N)
			for range values.N {
				b.AppendScalar(randomMoment(r, typ))
			}
			if made := b.Finish(); v.Dict != nil {
				v.Dict = &vec.Dict{Values: *made}
			} else {
				v.Data = made.Data
			}
			for _, sel := range selections(r, size) {
				check(t, n, e, &vec.Batch{N: size, Cols: []*vec.Vec{v}}, sel)
			}
		}
	}
}

// TestTruncOutOfRange: the smallest times have no start of their year.
func TestTruncOutOfRange(t *testing.T) {
	for typ, least := range map[vec.Type]int64{vec.TDate: math.MinInt32, vec.TTimestamp(vec.Nano): math.MinInt64, zoned(vec.Nano, "+05:30"): math.MinInt64} {
		for _, p := range []calc.TimePart{calc.PartYear, calc.PartDay, calc.PartHour} {
			if typ.Kind == vec.Date && p != calc.PartYear {
				continue
			}
			e := calc.TimeTrunc(p, calc.Literal(vec.Scalar{Type: typ, I: least}))
			if v, bad := calc.Constant(e); bad == nil {
				t.Errorf("%s cut to part %d is %s", typ, p, calc.AppendScalar(nil, v))
			}
		}
	}
}

func TestNumberFunctionsAgainstReference(t *testing.T) {
	r := newRand(t)
	positive := func(f func(float64) float64, least float64) func(vec.Scalar) (vec.Scalar, bool) {
		return func(s vec.Scalar) (vec.Scalar, bool) {
			if s.F < least || s.F == 0 && least > 0 {
				return s, false
			}
			return floating(f(s.F))
		}
	}
	for op, ref := range map[calc.FloatOp]func(vec.Scalar) (vec.Scalar, bool){
		calc.Floor: func(s vec.Scalar) (vec.Scalar, bool) { return floating(math.Floor(s.F)) },
		calc.Ceil:  func(s vec.Scalar) (vec.Scalar, bool) { return floating(math.Ceil(s.F)) },
		calc.Exp:   func(s vec.Scalar) (vec.Scalar, bool) { return floating(math.Exp(s.F)) },
		calc.Sqrt:  positive(math.Sqrt, 0),
		calc.Ln:    positive(math.Log, math.SmallestNonzeroFloat64),
		calc.Log10: positive(math.Log10, math.SmallestNonzeroFloat64),
	} {
		sweep(t, r, function(op.String(), vec.TFloat64, col(0, vec.TFloat64), func(e calc.Expr) calc.Expr { return calc.Float(op, e) }, ref), vec.TFloat64)
	}
	for _, typ := range append([]vec.Type{vec.TDuration(vec.Milli)}, numbers...) {
		if typ.IsUnsigned() {
			continue
		}
		sweep(t, r, function("abs", typ, col(0, typ), calc.Abs, func(s vec.Scalar) (vec.Scalar, bool) {
			switch {
			case typ.IsFloat():
				s.F = math.Abs(s.F)
				return s, true
			case typ.Kind == vec.Duration:
				return vec.Scalar{Type: typ, I: max(s.I, -s.I)}, s.I != math.MinInt64
			}
			v := units(s)
			return fromUnits(v.Abs(v), typ)
		}), typ)
	}
}

func TestListFunctionsAgainstReference(t *testing.T) {
	r := newRand(t)
	for _, typ := range lists {
		elem := typ.ElemType()
		sweep(t, r, function("len", vec.TInt64, col(0, typ), calc.ListLen, func(s vec.Scalar) (vec.Scalar, bool) { return integer(len(s.Elems())) }), typ)
		for _, at := range []int64{1, 2, -1, 0, 4, math.MinInt64, math.MaxInt64} {
			sweep(t, r, function("get", elem, col(0, typ), func(e calc.Expr) calc.Expr {
				return calc.ListGet(e, calc.Literal(vec.Scalar{Type: vec.TInt64, I: at}))
			}, func(s vec.Scalar) (vec.Scalar, bool) {
				elems, i := s.Elems(), at-1
				if at < 0 {
					i = int64(len(elems)) + at
				}
				if i < 0 || i >= int64(len(elems)) || at == 0 {
					return vec.Scalar{Type: elem, Null: true}, true
				}
				return elems[i], true
			}), typ)
		}
		want := value(r, elem)
		sweep(t, r, function("contains", vec.TBool, col(0, typ), func(e calc.Expr) calc.Expr { return calc.ListContains(e, want) },
			func(s vec.Scalar) (vec.Scalar, bool) {
				for _, e := range s.Elems() {
					if !e.Null && order(e, want) == 0 {
						return truth(true)
					}
				}
				return truth(false)
			}), typ)
	}
}

func TestConcatAgainstReference(t *testing.T) {
	r := newRand(t)
	n := call("concat", vec.TString, col(0, vec.TString), lit(vec.Scalar{Type: vec.TString, S: "-"}), col(1, vec.TString))
	sweep(t, r, n, vec.TString, vec.TString)
	sweep(t, r, call("concat", vec.TString, col(0, vec.TString), lit(vec.Scalar{Type: vec.TString, Null: true})), vec.TString)
}
