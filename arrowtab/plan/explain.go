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
// one is known, the policy for bad rows if it isn't to fail, and the line of the program. A node with several consumers has a
// number and is written out once: it is computed once.
func Explain(roots ...Node) string {
	x := explainer{uses: map[Node]int{}, kinds: map[Node]Changelog{}, numbers: map[Node]int{}}
	for _, n := range Upstream(roots...) {
		for _, in := range n.Inputs() {
			x.uses[in]++
		}
	}
	for _, r := range roots {
		x.uses[r]++
	}
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
	case *Read, *Project, *Aggregate, *Union, *Rejected:
		fmt.Fprintf(&x.text, " → %s", n.Schema())
	}
	fmt.Fprintf(&x.text, "  [%s]\n", strings.Join(x.properties(n), ", "))
	for _, in := range n.Inputs() {
		x.write(in, depth+1)
	}
}

func (x *explainer) properties(n Node) []string {
	props := []string{x.kind(n).String()}
	switch key := KeyOf(n); {
	case key == nil:
	case len(key) == 0:
		props = append(props, "one row")
	default:
		props = append(props, "key "+columnList(n.Schema(), key))
	}
	if n.Policy() != Fail {
		props = append(props, "bad rows: "+n.Policy().String())
	}
	if n.Pos() != "" {
		props = append(props, n.Pos())
	}
	return props
}

// kind is the changelog kind of n's output. All sources there are are bounded, so every node sees a final epoch.
func (x *explainer) kind(n Node) Changelog {
	if k, done := x.kinds[n]; done {
		return k
	}
	var in []Changelog
	for _, i := range n.Inputs() {
		in = append(in, x.kind(i))
	}
	k := KindOf(n, in, true)
	x.kinds[n] = k
	return k
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
	in := n.Input.Schema()
	text := "aggregate"
	if len(n.Keys) > 0 {
		text += " by " + columnList(in, n.Keys)
	}
	parts := make([]string, len(n.Aggs))
	for i, a := range n.Aggs {
		arg := ""
		if a.Arg >= 0 {
			arg = in.Field(a.Arg).Name
		}
		parts[i] = fmt.Sprintf("%s(%s) as %s", a.Func, arg, a.Name)
	}
	if len(parts) == 0 {
		return text
	}
	return text + ": " + strings.Join(parts, ", ")
}

func (n *Sort) describe() string {
	parts := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		parts[i] = n.Schema().Field(k.Column).Name
		if k.Desc {
			parts[i] += " desc"
		}
		if k.NullsFirst {
			parts[i] += " nulls first"
		}
	}
	text := "sort by " + strings.Join(parts, ", ")
	if n.Limit >= 0 {
		text += " limit " + strconv.FormatInt(n.Limit, 10)
	}
	return text + offsetText(n.Offset)
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
