package plan

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func (n *Join) describe() string {
	text := n.Kind.String() + " join"
	if n.Now {
		text = "as-of-now " + text
	}
	text += onText(n.Left, n.Right, n.LeftKeys, n.RightKeys)
	if n.NullsEqual {
		text += " nulls equal"
	}
	if w := n.Within; w != nil {
		text += fmt.Sprintf(" within %s of %s − %s of %s", micros(w.Lo)+" to "+micros(w.Hi), n.Right.Schema().Field(w.RightTime).Name,
			n.Left.Schema().Field(w.LeftTime).Name, "left")
	}
	if n.Cond != nil {
		text += " where " + n.Cond.String()
	}
	return text
}

// onText is " on a = b, c = d".
func onText(left, right Node, leftKeys, rightKeys []int) string {
	parts := make([]string, len(leftKeys))
	for i, l := range leftKeys {
		parts[i] = left.Schema().Field(l).Name + " = " + right.Schema().Field(rightKeys[i]).Name
	}
	if len(parts) == 0 {
		return ""
	}
	return " on " + strings.Join(parts, ", ")
}

func (n *AsOf) describe() string {
	text := fmt.Sprintf("as-of %s join %s by %s, %s", n.Kind, n.Direction, n.Left.Schema().Field(n.LeftTime).Name, n.Right.Schema().Field(n.RightTime).Name)
	text += onText(n.Left, n.Right, n.LeftKeys, n.RightKeys)
	if n.Strict {
		text += " strict"
	}
	if n.Tolerance >= 0 {
		text += " tolerance " + strconv.FormatInt(n.Tolerance, 10)
	}
	return text
}

func (n *Watermark) describe() string {
	text := "watermark " + n.Schema().Field(n.Time).Name
	if n.Delay != 0 {
		text += " delay " + micros(n.Delay)
	}
	if n.Idle != 0 {
		text += " idle " + micros(n.Idle)
	}
	return text
}

func (n *Window) describe() string {
	text := n.Kind.String() + " window " + micros(n.Size)
	if n.Step != 0 {
		text += " every " + micros(n.Step)
	}
	if n.Origin != 0 {
		text += " from " + micros(n.Origin)
	}
	if n.Processing {
		text += " of processing time"
	} else {
		text += " on " + n.Input.Schema().Field(n.Time).Name
	}
	if len(n.Keys) > 0 {
		text += " by " + columnList(n.Input.Schema(), n.Keys)
	}
	for _, part := range []struct {
		name string
		d    int64
	}{{"lateness", n.Lateness}, {"early every", n.Early}} {
		if part.d != 0 {
			text += " " + part.name + " " + micros(part.d)
		}
	}
	if n.Drop {
		text += " dropped when closed"
	}
	return text + aggList(n.Aggs, n.Input.Schema())
}

func (n *Late) describe() string { return "late for " + Describe(n.Of) }

func (n *Top) describe() string {
	text := "top"
	if n.N >= 0 {
		text += " " + strconv.FormatInt(n.N, 10)
	}
	if len(n.Keys) > 0 {
		text += " by " + columnList(n.Input.Schema(), n.Keys)
	}
	if len(n.Order) > 0 {
		text += " ordered by " + orderList(n.Input.Schema(), n.Order)
	}
	if n.Last {
		text += " latest first"
	}
	return text + offsetText(n.Offset)
}

func (n *Accept) describe() string {
	return "deduplicate by " + columnList(n.Schema(), n.Keys) + " where " + n.Func.String() + " accepts " + n.Schema().Field(n.Value).Name
}

func (n *Upsert) describe() string { return "upsert by " + columnList(n.Schema(), n.Key) }

func (n *Changes) describe() string { return "changes" }

func (n *FromChanges) describe() string {
	return "from changes by " + n.Input.Schema().Field(n.Diff).Name
}

func (n *Consolidate) describe() string { return "consolidate" }

func (n *Apply) describe() string {
	return "apply " + n.Func.String() + "(" + columnList(n.Input.Schema(), n.Args) + ")"
}

func (n *Flatten) describe() string { return "flatten " + n.Input.Schema().Field(n.Column).Name }

// String is the function's name and version: "score v2".
func (f *Function) String() string {
	if f.Version == "" {
		return f.Name
	}
	return f.Name + " v" + f.Version
}

// micros is a number of microseconds as people write it: "5m0s".
func micros(n int64) string { return (time.Duration(n) * time.Microsecond).String() }
