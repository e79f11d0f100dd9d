package op

import (
	"fmt"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// join pairs rows of the left side (port 0) and of the right side (port 1) that have equal keys. There are two ways.
//
// If the right side is bounded and only grows, its rows are put into a table when they are all there (EndPort), and rows of the left side are
// answered as they come, without being kept: see joinBuild and joinProbe.
//
// Else both sides are kept, by the hash of their key in 64 partitions (joinPart), and what an epoch changes follows from the delta
// rule
//
//	Δ(L ⋈ R)  =  ΔL ⋈ R  +  (L + ΔL) ⋈ ΔR
//
// where rows have weights, which multiply: a row that goes has −1. With L = {a}, R = {}, an epoch that brings
// ΔL = {+b, −a} and ΔR = {+r}, all of the same key, gives nothing for ΔL ⋈ R, leaves L = {b}, and emits +(b, r). Rows of outer, semi and anti joins depend
// on whether a row has a match: the weight of those is counted by key, or by row where there are more
// conditions than equality, and when it leaves or comes to 0 the row's NULL-padded form goes or comes (joinPads).
// Frank McSherry's differential dataflow and DBSP (Budiu and others, 2023) have the rule; both keep the sides as
// sorted runs, here they are hashed chains, as one epoch at a time needs no history.
//
// A side is forgotten after each epoch where no later row of the other one can come: if that one is bounded, if the epoch
// has all rows of its keys (Port.Final), and the left side of an as-of-now join. An interval join forgets rows when
// the other side's watermark has passed all that they match. So it leaves out rows that come when their own side's watermark has passed them (late): what
// they would have matched may be forgotten. What it yields is what a batch would, over the rows that were not late.
//
// Cost of a changed row: a look-up of its key, one step for each pair that it makes, and, where rows can be retracted, a look-up of
// its values. It doesn't grow with the state. Memory: the rows and about 100 bytes for each, 130 where they can be retracted;
// a table that is built for probing, the rows and 32 to 64 bytes.
type join struct {
	env       Env
	node      *plan.Join // nil: an as-of join (see asOf)
	makeShape func(in []Port) *joinShape
	shape     *joinShape

	mu     sync.Mutex
	locals []*joinLocal
	idle   []*joinWork

	parts     [group.Partitions]*joinPart
	build     *joinBuild // nil: rows of both sides are kept
	watermark int64
	seen      [2]int64 // watermarks of both sides
	late      [2]int64 // rows of a side with a time before it are late, in the unit of its times

	saving      joinSaving
	loadedReady bool // the right side's table was complete when what is loaded was saved
}

func newJoin(env Env, makeShape func(in []Port) *joinShape) join {
	unknown := [2]int64{NoWatermark, NoWatermark}
	return join{env: env, makeShape: makeShape, watermark: NoWatermark, seen: unknown, late: unknown}
}

// NewJoin makes the operator of a Join.
func NewJoin(n *plan.Join, env Env) (Operator, error) {
	if len(n.LeftKeys) != len(n.RightKeys) {
		return nil, fmt.Errorf("%s: %d key columns on the left and %d on the right", env.Name, len(n.LeftKeys), len(n.RightKeys))
	}
	if n.Now && n.Kind != plan.Inner && n.Kind != plan.LeftOuter {
		return nil, fmt.Errorf("%s: an as-of-now join is inner or left, not %s", env.Name, n.Kind)
	}
	j := newJoin(env, func(in []Port) *joinShape { return newJoinShape(n, in, env) })
	j.node = n
	return &j, nil
}

func (j *join) Open(in []Port) (func() Local, error) {
	j.shape = j.makeShape(in)
	if j.shape.probes {
		j.build = &joinBuild{join: j}
	}
	return func() Local {
		local := newJoinLocal(j)
		j.mu.Lock()
		defer j.mu.Unlock()
		j.locals = append(j.locals, local)
		return local
	}, nil
}

// joinLocal is one worker's part.
type joinLocal struct {
	join  *join
	in    [2]*rowInbox // rows of the epoch, or of the right side's table
	kept  []*vec.Batch // left rows that came before the table was made
	probe *joinProbe   // nil: there is no table
}

func newJoinLocal(j *join) *joinLocal {
	l := &joinLocal{join: j}
	if j.build != nil {
		l.probe = newJoinProbe(j)
	}
	for s := range l.in {
		side := &j.shape.sides[s]
		l.in[s] = newRowInbox(side.types, side.retracts, j.env.Account)
	}
	return l
}

func (l *joinLocal) Push(port int, at Seq, b *vec.Batch, out Out) error {
	j := l.join
	switch {
	case b.Rows() == 0:
		return nil
	case b.Diff != nil && !j.shape.sides[port].retracts:
		return fmt.Errorf("%s: its input retracts rows, and it takes insertions only", j.env.Name)
	case port == 1 || j.build == nil:
		l.in[port].add(b)
	case j.build.ready:
		return l.probe.push(at, b, out)
	default:
		l.kept = append(l.kept, b.Keep(j.env.Account))
	}
	return overBudget(j.env)
}

// EndPort makes the table of the right side.
func (j *join) EndPort(port int, e *Epoch, _ Out) error {
	if port != 1 || j.build == nil || j.build.ready {
		return nil
	}
	return j.makeBuild(e)
}

func (j *join) EndEpoch(e *Epoch, out Out) error {
	defer j.advance(e)
	if j.build == nil {
		return j.change(e, out)
	}
	if !j.build.ready {
		if err := j.makeBuild(e); err != nil {
			return err
		}
	}
	if err := j.probeKept(e); err != nil {
		return err
	}
	if err := j.build.emitUnmatched(out); err != nil {
		return err
	}
	if j.shape.final {
		j.release()
	}
	return nil
}

// Watermark is the least time that a left row among the rows to come can have, of a right join a right one: what comes on the other side may match rows
// that are kept.
func (j *join) Watermark() int64 { return j.watermark }

// advance takes note of the watermarks.
func (j *join) advance(e *Epoch) {
	if len(e.Watermarks) < 2 {
		return
	}
	left, right := e.Watermarks[0], e.Watermarks[1]
	j.seen = [2]int64{left, right}
	switch in := j.shape.within; {
	case j.shape.now:
		j.watermark = left
	case in != nil:
		j.watermark = min(left, shiftTime(right, -j.node.Within.Hi))
		if j.node.Kind == plan.RightOuter {
			j.watermark = min(right, shiftTime(left, j.node.Within.Lo))
		}
		j.late = [2]int64{watermarkIn(in.unit, left), watermarkIn(in.unit, right)}
	default:
		j.watermark = min(left, right)
		j.late[0] = j.timeAsOf(e)
		j.late[1] = j.late[0]
	}
}

// timeAsOf is the time of an as-of join that forgets by watermarks, in the unit of its columns: of others it is never known.
func (j *join) timeAsOf(e *Epoch) int64 {
	if !j.shape.clocked || len(e.Watermarks) < 2 {
		return NoWatermark
	}
	return watermarkIn(j.shape.sides[0].times.unit, min(e.Watermarks[0], e.Watermarks[1]))
}

// watermarkIn is the least time in a unit that isn't before a watermark.
func watermarkIn(unit vec.Unit, watermark int64) int64 {
	switch per := ticks(unit); {
	case watermark == NoWatermark || watermark == EndOfTime:
		return watermark
	case per < ticks(vec.Micro):
		return -floorDiv(-watermark, ticks(vec.Micro)/per)
	default:
		return satMul(watermark, per/ticks(vec.Micro))
	}
}

// shiftTime moves a watermark; those that are not times stay.
func shiftTime(watermark, by int64) int64 {
	if watermark == NoWatermark || watermark == EndOfTime {
		return watermark
	}
	return max(satAdd(watermark, by), NoWatermark+1)
}

// State counts the rows of both sides.
func (j *join) State() State {
	s := State{Bytes: j.env.Account.Used()}
	for _, p := range j.parts {
		if p != nil {
			s.Keys += p.count()
		}
	}
	if j.build != nil {
		s.Keys += j.build.rows
	}
	return s
}

func (j *join) Close() error {
	j.release()
	return nil
}

// release gives back everything.
func (j *join) release() {
	for _, l := range j.locals {
		l.kept, l.in = nil, [2]*rowInbox{}
	}
	j.parts, j.idle = [group.Partitions]*joinPart{}, nil
	if j.build != nil {
		j.build.drop()
	}
	j.env.Account.Clear()
}
