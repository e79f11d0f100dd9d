package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinShape is what is known of a join before any row.
type joinShape struct {
	sides [2]joinSide
	both  *plan.Schema // of a pair
	cond  plan.Expr    // nil: none
	reads []int        // columns of a pair that cond reads

	pairs   bool // pairs come out; else left rows
	byRow   bool // matches are counted by row, as a pair has more conditions than equal keys
	byKey   bool // matches are counted by key
	keyOnly bool // of right rows only their number by key is kept
	appends bool // what comes out is insertions
	final   bool // all is forgotten after each epoch
	now     bool
	within  *joinWithin // nil: none
	asof    *plan.AsOf  // nil: not an as-of join
	clocked bool        // an as-of join that forgets rows by the inputs' watermarks
	probes  bool        // the right side is a table that left rows are looked up in as they come

	hash       group.Options
	nullsEqual bool
}

// joinSide is what is known of a side.
type joinSide struct {
	schema   *plan.Schema
	types    []vec.Type
	keys     []int
	retracts bool
	forgets  bool  // its rows are forgotten after each epoch, since no row of the other side comes later
	watch    watch // what comes out of its rows alone
	times    *joinTimes
}

// watch is what comes out of a row alone.
type watch uint8

const (
	unwatched    watch = iota
	ifMatched          // the row itself, if it has a match
	ifNotMatched       // the row, padded with NULLs, if it has none
)

// comes is how often a row of that weight comes out by itself if its matches weigh count.
func (w watch) comes(weight, count int64) int64 {
	if w == unwatched || (w == ifMatched) != (count != 0) {
		return 0
	}
	return weight
}

// joinWithin is an interval in the unit in which both sides' times are computed.
type joinWithin struct {
	lo, hi int64
	width  int64    // of a bucket
	unit   vec.Unit // of times
}

func newJoinShape(n *plan.Join, in []Port, env Env) *joinShape {
	s := &joinShape{
		cond: n.Cond, now: n.Now, nullsEqual: n.NullsEqual, final: in[0].Final && in[1].Final,
		hash: group.Options{Seed: env.Seed, Collide: env.Test.ForceCollisions},
	}
	fields := append(append([]plan.Field(nil), n.Left.Schema().Fields()...), n.Right.Schema().Fields()...)
	s.both = plan.NewSchema(fields...)
	s.sides[0] = newJoinSide(n.Left.Schema(), n.LeftKeys, in[0])
	s.sides[1] = newJoinSide(n.Right.Schema(), n.RightKeys, in[1])
	s.sides[0].forgets = in[1].Bounded || s.now
	s.sides[1].forgets = in[0].Bounded && !s.now
	if s.cond != nil {
		s.reads = plan.ColumnsOf(s.cond)
	}
	s.appends = plan.KindOf(n, []plan.Changelog{in[0].Kind, in[1].Kind}, s.final) == plan.Append
	s.setWatches(n)
	s.setInterval(n)
	matched := s.sides[0].watch != unwatched || s.sides[1].watch != unwatched
	s.byRow = matched && (s.cond != nil || s.within != nil)
	s.byKey = matched && !s.byRow
	s.keyOnly = s.byKey && !s.pairs
	s.probes = s.canProbe(n, in)
	return s
}

func newJoinSide(schema *plan.Schema, keys []int, in Port) joinSide {
	side := joinSide{schema: schema, keys: keys, retracts: in.Kind == plan.Retract}
	for _, f := range schema.Fields() {
		side.types = append(side.types, f.Type)
	}
	return side
}

func (s *joinShape) setWatches(n *plan.Join) {
	s.pairs = n.Kind != plan.Semi && n.Kind != plan.Anti
	switch n.Kind {
	case plan.LeftOuter, plan.Anti:
		s.sides[0].watch = ifNotMatched
	case plan.Semi:
		s.sides[0].watch = ifMatched
	case plan.RightOuter:
		s.sides[1].watch = ifNotMatched
	case plan.FullOuter:
		s.sides[0].watch, s.sides[1].watch = ifNotMatched, ifNotMatched
	}
}

// setInterval computes times in the finer of both columns' units, and microseconds, in which the interval is given.
func (s *joinShape) setInterval(n *plan.Join) {
	if n.Within == nil {
		return
	}
	left := n.Left.Schema().Field(n.Within.LeftTime).Type.Unit
	right := n.Right.Schema().Field(n.Within.RightTime).Type.Unit
	unit := max(left, right, vec.Micro)
	factor := ticks(unit) / ticks(vec.Micro)
	w := &joinWithin{lo: satMul(n.Within.Lo, factor), hi: satMul(n.Within.Hi, factor), unit: unit}
	w.width = max(1, satSub(w.hi, w.lo))
	s.within = w
	s.sides[0].times = &joinTimes{column: n.Within.LeftTime, unit: left, to: unit, shift: w.lo, width: w.width}
	s.sides[1].times = &joinTimes{column: n.Within.RightTime, unit: right, to: unit, width: w.width}
}

// canProbe reports whether left rows can be answered as they come: all right rows are there before, and what comes out of a left row depends on
// nothing else. Right rows without a match are known only when all left rows are there, too.
func (s *joinShape) canProbe(n *plan.Join, in []Port) bool {
	if !in[1].Bounded || in[1].Kind != plan.Append || n.Within != nil || s.final && in[0].Kind != plan.Append {
		return false
	}
	return s.sides[1].watch == unwatched || in[0].Bounded && in[0].Kind == plan.Append
}

// keyer makes the keyer of a side.
func (s *joinShape) keyer(side int) *joinKeyer {
	own := &s.sides[side]
	return newJoinKeyer(own.keys, own.types, s.nullsEqual, own.times, s.hash)
}

// rightTypes are the types of the columns that come out behind the left ones.
func (s *joinShape) rightTypes() []vec.Type {
	if !s.pairs {
		return nil
	}
	return s.sides[1].types
}
