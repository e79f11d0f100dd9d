package microbatch

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/microbatch/op"
)

// stage is a part of an epoch: sources are read, then steps that have all their rows end. A graph without joins has one.
// The rows of a join's build side (port 1) come a stage before those that are to be looked up in it:
//
//	orders ─────────▶ join ──▶ aggregate ──▶ write      stage 0: read customers; end filter; tell join that port 1 has all
//	customers ─▶ filter ─▶┘                             stage 1: read orders; end join, aggregate, write
//
// A source that feeds both sides can't be read twice: then both ports get their rows in one stage, and the join keeps them.
type stage struct {
	reads []*step
	ports []edge // whose rows are all there when the reads' steps have ended, before their own step ends
	ends  []*step
}

// schedule cuts the graph into stages.
func (g *graph) schedule() {
	for moved := true; moved; {
		moved = false
		for _, s := range g.steps {
			for _, in := range s.inputs {
				s.stage = max(s.stage, in.stage)
			}
			if endsPorts(s) && g.delayProbes(s) {
				moved = true
			}
		}
	}
	for _, s := range g.steps {
		for len(g.stages) <= s.stage {
			g.stages = append(g.stages, stage{})
		}
		at := &g.stages[s.stage]
		if s.operator == nil {
			at.reads = append(at.reads, s)
			continue
		}
		at.ends = append(at.ends, s)
	}
	for _, s := range g.steps {
		if endsPorts(s) && len(s.inputs) > 1 && s.inputs[1].stage < s.stage {
			at := &g.stages[s.inputs[1].stage]
			at.ports = append(at.ports, edge{s, 1})
		}
	}
}

func endsPorts(s *step) bool {
	_, ok := s.operator.(op.PortEnder)
	return ok
}

// delayProbes puts the sources of a join's port 0 behind those of port 1, and reports whether that changed anything.
func (g *graph) delayProbes(join *step) bool {
	build, probe := readsOf(join.inputs[1]), readsOf(join.inputs[0])
	after := -1
	for _, r := range build {
		if !slices.Contains(probe, r) {
			after = max(after, r.stage)
		}
	}
	moved := false
	for _, r := range probe {
		if !slices.Contains(build, r) && r.stage <= after && after < g.reads() { // joins that want each other's sides first would go on for ever
			r.stage, moved = after+1, true
		}
	}
	return moved
}

// readsOf is the Reads that s's rows come from.
func readsOf(s *step) []*step {
	if _, ok := s.node.(*plan.Read); ok {
		return []*step{s}
	}
	var out []*step
	for _, in := range s.inputs {
		for _, r := range readsOf(in) {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

func (g *graph) reads() int {
	n := 0
	for _, s := range g.steps {
		if s.operator == nil {
			n++
		}
	}
	return n
}

// lastReads is the last stage in which sources are read.
func (g *graph) lastReads() int {
	last := 0
	for i, st := range g.stages {
		if len(st.reads) > 0 {
			last = i
		}
	}
	return last
}

// readsBounded reports whether some of the sources are bounded.
func (g *graph) readsBounded() bool {
	return slices.ContainsFunc(g.steps, func(s *step) bool { return s.operator == nil && s.bounded })
}
