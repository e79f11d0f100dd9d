package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// Explain is plans as text: a line a node, its inputs below it, indented.
//
//	write csv out.csv  [append, key name, job.go:14]
//	  aggregate by name: count() as count → name string, count int64  [append, key name, job.go:12]
//	    filter value > 100  [append, job.go:11]
//	      read csv in.csv → id int64, name string, value float64  [append, job.go:7]
//
// Behind the arrow is the schema, for nodes that don't pass on their input's; in brackets the changelog kind, the key if
// one is known, the column of event time whose watermark goes along, whether the result depends on the cuts into epochs (time-bound), the policy for bad rows if it isn't to fail, and the line of the program. A node with several consumers has a
// number and is written out once: it is computed once.
func Explain(roots ...Node) string {
	x := explainer{uses: map[Node]int{}, numbers: map[Node]int{}}
	for _, n := range Upstream(roots...) {
		for _, in := range n.Inputs() {
			x.uses[in]++
		}
	}
	for _, r := range roots {
		x.uses[r]++
	}
	x.kinds = Kinds(roots...)
	for _, r := range roots {
		x.write(r, 0)
	}
	return x.text.String()
}

type explainer struct {
	text    strings.Builder
	uses    map[Node]int // consumers of a node; to be a root is one
	kinds   map[Node]Changelog
	numbers map[Node]int // of shared nodes that are written out already
}

func (x *explainer) write(n Node, depth int) {
	x.text.WriteString(strings.Repeat("  ", depth))
	if number, done := x.numbers[n]; done {
		fmt.Fprintf(&x.text, "#%d, see above\n", number)
		return
	}
	if x.uses[n] > 1 {
		x.numbers[n] = len(x.numbers) + 1
		fmt.Fprintf(&x.text, "#%d ", x.numbers[n])
	}
	x.text.WriteString(Describe(n))
	switch n.(type) {
	case *Read, *Project, *Aggregate, *Union, *Rejected, *Late, *Window, *Join, *AsOf, *Top, *Apply, *Flatten, *Changes, *FromChanges:
		fmt.Fprintf(&x.text, " → %s", n.Schema())
	}
	fmt.Fprintf(&x.text, "  [%s]\n", strings.Join(x.properties(n), ", "))
	for _, in := range n.Inputs() {
		x.write(in, depth+1)
	}
}

func (x *explainer) properties(n Node) []string {
	props := []string{x.kinds[n].String()}
	switch key := KeyOf(n); {
	case key == nil:
	case len(key) == 0:
		props = append(props, "one row")
	default:
		props = append(props, "key "+columnList(n.Schema(), key))
	}
	if c := EventTime(n); c >= 0 {
		props = append(props, "time "+n.Schema().Field(c).Name)
	}
	if TimeBound(n) {
		props = append(props, "time-bound")
	}
	if n.Policy() != Fail {
		props = append(props, "bad rows: "+n.Policy().String())
	}
	if n.Pos() != "" {
		props = append(props, n.Pos())
	}
	return props
}

func (p BadRows) String() string { return [...]string{"fail", "skip", "reject"}[p] }

// Describe is what a node does, on one line, without its inputs: "filter value > 100".
func Describe(n Node) string {
	switch n := n.(type) {
	case *Read:
		return n.describe()
	case *Filter:
		return "filter " + n.Cond.String()
	case *Project:
		return n.describe()
	case *Aggregate:
		return n.describe()
	case *Sort:
		return n.describe()
	case *Limit:
		return "limit " + strconv.FormatInt(n.N, 10) + offsetText(n.Offset)
	case *Union:
		return "union"
	case *Rejected:
		return "rejected by " + Describe(n.Of)
	case *Write:
		if n.Sink == nil {
			return "write"
		}
		return "write " + n.Sink.Describe().String()
	case interface{ describe() string }:
		return n.describe()
	}
	return fmt.Sprintf("%T", n)
}

// String is "csv in.csv (delimiter=;)".
func (d Description) String() string {
	text := d.Kind
	if d.Target != "" {
		text += " " + d.Target
	}
	if len(d.Options) == 0 {
		return text
	}
	parts := make([]string, len(d.Options))
	for i, o := range d.Options {
		parts[i] = o.Key + "=" + o.Value
	}
	return text + " (" + strings.Join(parts, ", ") + ")"
}

func (n *Read) describe() string {
	text := "read " + n.Source.Describe().String()
	if n.Filter != nil {
		text += " where " + n.Filter.String()
	}
	return text
}

func (n *Project) describe() string {
	parts := make([]string, len(n.Exprs))
	for i, e := range n.Exprs {
		parts[i] = e.String()
		if name := n.Out.Field(i).Name; name != parts[i] {
			parts[i] += " as " + name
		}
	}
	return "project " + strings.Join(parts, ", ")
}

func (n *Aggregate) describe() string {
	text := "aggregate"
	if len(n.Keys) > 0 {
		text += " by " + columnList(n.Input.Schema(), n.Keys)
	}
	return text + aggList(n.Aggs, n.Input.Schema())
}

// aggList is ": sum(x) as total, count() as n", or "" of none.
func aggList(aggs []Agg, in *Schema) string {
	parts := make([]string, len(aggs))
	for i, a := range aggs {
		parts[i] = a.text(in) + " as " + a.Name
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// text is "arg_max(price by ts) where ok".
func (a *Agg) text(in *Schema) string {
	text := a.Func.String() + "("
	if a.Arg >= 0 {
		text += in.Field(a.Arg).Name
	}
	if a.By >= 0 {
		text += " by " + in.Field(a.By).Name
	}
	switch a.Func {
	case AggQuantileCont, AggQuantileDisc:
		text += ", " + strconv.FormatFloat(a.Param, 'g', -1, 64)
	case AggStringAgg:
		text += ", " + strconv.Quote(a.Text)
	}
	text += ")"
	if a.Where >= 0 {
		text += " where " + in.Field(a.Where).Name
	}
	return text
}

func (n *Sort) describe() string {
	text := "sort by " + orderList(n.Schema(), n.Keys)
	if n.Limit >= 0 {
		text += " limit " + strconv.FormatInt(n.Limit, 10)
	}
	return text + offsetText(n.Offset)
}

// orderList is "a desc, b".
func orderList(s *Schema, keys []SortKey) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = s.Field(k.Column).Name
		if k.Desc {
			parts[i] += " desc"
		}
		if k.NullsFirst {
			parts[i] += " nulls first"
		}
	}
	return strings.Join(parts, ", ")
}

func offsetText(n int64) string {
	if n == 0 {
		return ""
	}
	return " offset " + strconv.FormatInt(n, 10)
}

func columnList(s *Schema, columns []int) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = s.Field(c).Name
	}
	return strings.Join(names, ", ")
}
