package plan

import "slices"

// EventTime is the column of n whose watermark the engine carries along with n's rows, −1 if there is none.
func EventTime(n Node) int {
	switch n := n.(type) {
	case *Watermark:
		return n.Time
	case *Window:
		return 0 // window_start: the least that a window to come can have
	case *Filter, *Consolidate, *Sort, *Limit, *Upsert, *Accept:
		return EventTime(n.Inputs()[0])
	case *Apply:
		return EventTime(n.Input)
	case *Flatten:
		return EventTime(n.Input)
	case *Project:
		return n.eventTime()
	case *Union:
		return n.eventTime()
	case *Join:
		return n.eventTime()
	}
	return -1
}

func (n *Project) eventTime() int {
	of := EventTime(n.Input)
	if of < 0 {
		return -1
	}
	return slices.IndexFunc(n.Exprs, func(e Expr) bool {
		c, ok := e.(*Column)
		return ok && c.Index == of
	})
}

// eventTime is that of the side of which each row has the columns, if its rows come in the order of time.
func (n *Join) eventTime() int {
	switch {
	case n.Within == nil && !n.Now || n.Kind == FullOuter:
		return -1
	case n.Kind != RightOuter:
		return EventTime(n.Left)
	case EventTime(n.Right) < 0:
		return -1
	}
	return n.Left.Schema().Len() + EventTime(n.Right)
}

// eventTime is the inputs', if all have it in the same column.
func (n *Union) eventTime() int {
	first := EventTime(n.In[0])
	for _, in := range n.In[1:] {
		if EventTime(in) != first {
			return -1
		}
	}
	return first
}

// KeepsSeq reports whether n's rows still have the places that they had in their source: then, and only then, some
// arrived before others.
func KeepsSeq(n Node) bool {
	switch n := n.(type) {
	case *Read:
		feed, _ := FeedOf(n.Source)
		return feed != Revisions // a row that goes has another place than when it came
	case *Filter, *Project, *Watermark:
		return KeepsSeq(n.Inputs()[0])
	case *Apply: // one that remembers results emits rows as they are kept
		return KeepsSeq(n.Input) && !n.Func.Remembers(Changing(n.Input))
	case *Union:
		return !slices.ContainsFunc(n.In, func(in Node) bool { return !KeepsSeq(in) })
	}
	return false
}

// TimeBound reports whether what n yields depends on how its input was cut into epochs, and when.
func TimeBound(n Node) bool {
	switch n := n.(type) {
	case *Join:
		return n.Now && !Bounded(n)
	case *Window:
		return n.Processing || n.Drop
	case *Accept:
		return !Bounded(n)
	case *Changes:
		return true
	case *Limit:
		return !Bounded(n)
	case *Late: // which rows are, the watermark says, and it moves between epochs
		return !Bounded(n)
	case *Rejected:
		return !Bounded(n) && n.timeBound()
	}
	return false
}

// timeBound: a time is too far ahead of some epoch's clock, and which rows a function is asked about depends on those before.
func (n *Rejected) timeBound() bool {
	switch of := n.Of.(type) {
	case *Watermark:
		return of.Ahead > 0
	case *Accept:
		return true
	}
	return false
}
