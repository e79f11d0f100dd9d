package plan

import (
	"slices"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

type file struct{ schema *Schema }

func (f file) Schema() *Schema { return f.schema }

func (file) Describe() Description {
	return Description{Kind: "csv", Target: "in.csv", Options: []Option{{"delimiter", ";"}, {"header", "true"}}}
}

type sink string

func (s sink) Describe() Description { return Description{Kind: "csv", Target: string(s)} }

func bound(t *testing.T, e Expr, s *Schema) Expr {
	t.Helper()
	b, err := Bind(e, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sharedPlan is two outputs of one filtered table, and the rows that its source rejects.
func sharedPlan(t *testing.T) []Node {
	s := NewSchema(Field{Name: "name", Type: vec.TString, Nullable: true}, Field{Name: "value", Type: vec.TInt64})
	read := &Read{Base: Base{At: "job.go:3", Bad: Reject}, Source: file{s}, Out: s}
	read.Filter = bound(t, call(OpIsNotNull, col("name")), s)
	filter := &Filter{Base: Base{At: "job.go:4"}, Input: read, Cond: bound(t, call(OpGt, col("value"), lit(1)), s)}
	groups := &Aggregate{
		Base: Base{At: "job.go:5"}, Input: filter, Keys: []int{0},
		Aggs: []Agg{{Func: AggCount, Arg: -1, By: -1, Where: -1, Name: "n", Type: vec.TInt64}, {Func: AggSum, Arg: 1, By: -1, Where: -1, Name: "sum", Type: vec.TDecimal(38, 0)}},
		Out:  NewSchema(s.Field(0), Field{Name: "n", Type: vec.TInt64}, Field{Name: "sum", Type: vec.TDecimal(38, 0)}),
	}
	project := &Project{
		Base: Base{At: "job.go:6", Bad: Skip}, Input: groups,
		Exprs: []Expr{bound(t, col("name"), groups.Out), bound(t, call(OpAdd, col("n"), lit(1)), groups.Out)},
		Out:   NewSchema(s.Field(0), Field{Name: "more", Type: vec.TInt64}),
	}
	top := &Sort{Input: project, Keys: []SortKey{{Column: 1, Desc: true}, {Column: 0, NullsFirst: true}}, Limit: 10, Offset: 5}
	total := &Aggregate{
		Input: &Limit{Input: filter, N: 7}, Aggs: []Agg{{Func: AggMax, Arg: 1, By: -1, Where: -1, Name: "max", Type: vec.TInt64}},
		Out: NewSchema(Field{Name: "max", Type: vec.TInt64, Nullable: true}),
	}
	rejected := &Rejected{Of: read}
	return []Node{
		&Write{Base: Base{At: "job.go:9"}, Input: top, Sink: sink("out.csv")},
		&Write{Input: total, Sink: sink("total.csv")},
		&Write{Input: &Union{In: []Node{rejected, rejected}, Out: RejectedSchema}},
	}
}

func TestExplain(t *testing.T) {
	want := `write csv out.csv  [append, key name, job.go:9]
  sort by more desc, name nulls first limit 10 offset 5  [append, key name]
    project name, n + 1 as more → name string, more int64  [append, key name, bad rows: skip, job.go:6]
      aggregate by name: count() as n, sum(value) as sum → name string, n int64, sum decimal(38, 0)  [append, key name, job.go:5]
        #1 filter value > 1  [append, job.go:4]
          #2 read csv in.csv (delimiter=;, header=true) where name IS NOT NULL → name string, value int64  [append, bad rows: reject, job.go:3]
write csv total.csv  [append, one row]
  aggregate: max(value) as max → max int64  [append, one row]
    limit 7  [append]
      #1, see above
write  [append]
  union → operator string, file string, line int64, column string, value string, reason string, row string  [append]
    #3 rejected by read csv in.csv (delimiter=;, header=true) where name IS NOT NULL → operator string, file string, line int64, column string, value string, reason string, row string  [append]
      #2, see above
    #3, see above
`
	if got := Explain(sharedPlan(t)...); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestKeys(t *testing.T) {
	s := NewSchema(Field{Name: "a", Type: vec.TInt64}, Field{Name: "b", Type: vec.TInt64}, Field{Name: "c", Type: vec.TInt64})
	read := &Read{Source: file{s}, Out: s}
	groups := &Aggregate{Input: read, Keys: []int{2, 0}, Out: NewSchema(s.Field(2), s.Field(0))}
	project := func(columns ...string) Node {
		p := &Project{Input: groups}
		for _, c := range columns {
			p.Exprs = append(p.Exprs, bound(t, col(c), groups.Out))
		}
		return p
	}
	for _, c := range []struct {
		n    Node
		want []int
	}{
		{read, nil},
		{groups, []int{0, 1}},
		{&Filter{Input: &Limit{Input: &Sort{Input: groups}}}, []int{0, 1}},
		{project("a", "c", "c"), []int{1, 0}},
		{project("a"), nil},
		{&Union{In: []Node{groups, groups}}, nil},
		{&Aggregate{Input: read}, []int{}},
		{&Project{Input: &Aggregate{Input: read}}, []int{}},
	} {
		if got := KeyOf(c.n); !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: got %v, want %v", Describe(c.n), got, c.want)
		}
	}
}

// TestKinds is the table of changelog kinds: what each node makes of inputs that only insert, and of ones that retract,
// in an epoch that is the only one and in one of many.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		n                                    Node
		appendFinal, append, retract, retrFi Changelog
	}{
		{&Read{}, Append, Append, Append, Append},
		{&Rejected{Of: &Read{}}, Append, Append, Append, Append},
		{&Filter{}, Append, Append, Retract, Retract},
		{&Project{}, Append, Append, Retract, Retract},
		{&Union{}, Append, Append, Retract, Retract},
		{&Write{}, Append, Append, Retract, Retract},
		{&Aggregate{}, Append, Retract, Retract, Append},
		{&Sort{Limit: -1}, Append, Append, Retract, Retract},
		{&Sort{Limit: 3}, Append, Retract, Retract, Append},
		{&Limit{}, Append, Append, Retract, Append},
	} {
		got := [4]Changelog{
			KindOf(c.n, []Changelog{Append}, true), KindOf(c.n, []Changelog{Append}, false),
			KindOf(c.n, []Changelog{Retract}, false), KindOf(c.n, []Changelog{Retract}, true),
		}
		if want := [4]Changelog{c.appendFinal, c.append, c.retract, c.retrFi}; got != want {
			t.Errorf("%T: got %v, want %v", c.n, got, want)
		}
	}
}

// TestKindsOfRejected: bad rows go again where the rows go that they are among, however those come out of the step.
func TestKindsOfRejected(t *testing.T) {
	appends, revises := &Read{Out: NewSchema()}, &FromChanges{Input: &Read{Out: NewSchema()}, Out: NewSchema()}
	for _, c := range []struct {
		of   Node
		want Changelog
	}{
		{appends, Append},
		{&Project{Input: appends}, Append},
		{&Project{Input: revises}, Retract},
		{revises, Append},
		{&Window{Input: revises}, Retract},
		{&Join{Left: appends, Right: appends, Kind: Inner}, Append},
		{&Join{Left: appends, Right: revises, Kind: Inner}, Retract},
	} {
		if got := Changing(&Rejected{Of: c.of}); got != c.want {
			t.Errorf("rejected by %T over %v: got %v, want %v", c.of, c.of.Inputs(), got, c.want)
		}
	}
}

func TestUpstreamHasInputsFirstAndOnce(t *testing.T) {
	roots := sharedPlan(t)
	order := Upstream(roots...)
	at := map[Node]int{}
	for i, n := range order {
		if _, twice := at[n]; twice {
			t.Errorf("%s is there twice", Describe(n))
		}
		at[n] = i
		for _, in := range n.Inputs() {
			if _, ok := at[in]; !ok {
				t.Errorf("%s comes before its input %s", Describe(n), Describe(in))
			}
		}
	}
	if len(order) != 12 {
		t.Errorf("%d nodes, want 12", len(order))
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		f    Field
		want string
	}{
		{Field{Type: vec.TBool}, "column 2 has no name"},
		{Field{Name: "x"}, `column "x" has no type`},
		{Field{Name: "a", Type: vec.TBool}, `column "a" is there twice (columns 1 and 2)`},
		{Field{Name: "x", Type: vec.Type{Kind: vec.Decimal, Precision: 39}}, `column "x": a decimal has 1 to 38 digits, of which none to all are behind the point`},
		{Field{Name: "x", Type: vec.Type{Kind: vec.Int64, Unit: vec.Nano}}, `column "x": int64 has no unit`},
		{Field{Name: "x", Type: vec.TTimestamp(9)}, `column "x": there is no unit 9; units are Second, Milli, Micro and Nano`},
		{Field{Name: "x", Type: vec.Type{Kind: vec.Date, Zone: "UTC"}}, `column "x": date has no time zone`},
		{Field{Name: "x", Type: vec.Type{Kind: vec.Timestamp, Zone: "Mars/Olympus"}}, `column "x": there is no time zone "Mars/Olympus": expected an IANA name such as Europe/Vienna, or an offset such as +01:00`},
		{Field{Name: "x", Type: vec.TString, Layout: "%Y"}, `column "x": string has no layout`},
	} {
		err := NewSchema(Field{Name: "a", Type: vec.TInt64}, c.f).Validate()
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if err := testSchema.Validate(); err != nil {
		t.Error(err)
	}
}
