package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// joinProbe is what one worker needs to answer left rows by a table of the right side.
//
// A batch's keys are looked up first, in blocks whose slots are touched before they are compared, so that many cache misses are under way at
// once. If each row has one match at most, and most have one, the left columns go out as they are with a selection, and only the right ones are gathered
// beside them. Else pairs of rows are gathered, a batch at a time, so a row of a million matches takes no more memory than
// others.
type joinProbe struct {
	join  *join
	keyer *joinKeyer
	cond  *joinCond
	keys  joinKeys
	rows  []uint32 // by row that is meant: its first match; none: none
	marks [][]byte // by chunk: bitmap of the rows that were matched; only if the right side is watched

	batch     *vec.Batch
	left      joinRows
	at        Seq
	to        Out
	lrows     []uint32 // pairs: row of the batch
	rrefs     []vec.Ref
	lrefs     []vec.Ref
	matched   []byte // bitmap of the batch's rows that have a match
	sel       []uint32
	refs      []vec.Ref
	diff      []int64
	right     []*vec.Builder
	views     []vec.Vec
	leftOut   []*vec.Builder
	leftViews []vec.Vec
	touched   uint64 // keeps the touching loop from being optimised away
}

func newJoinProbe(j *join) *joinProbe {
	p := &joinProbe{join: j, keyer: j.shape.keyer(0)}
	if j.shape.cond != nil {
		p.cond = newJoinCond(j.shape, j.env)
	}
	for _, t := range j.shape.rightTypes() {
		p.right = append(p.right, vec.NewBuilder(t, 0))
	}
	for _, t := range j.shape.sides[0].types {
		p.leftOut = append(p.leftOut, vec.NewBuilder(t, 0))
	}
	p.views, p.leftViews = make([]vec.Vec, len(p.right)), make([]vec.Vec, len(p.leftOut))
	return p
}

// push answers a batch.
func (p *joinProbe) push(at Seq, b *vec.Batch, out Out) error {
	b = normalized(b)
	p.batch, p.to = b, out
	p.at = Seq{Source: p.join.env.Source, Partition: at.Partition, Offset: at.Offset}
	p.keyer.of(b, b.Sel, &p.keys)
	hits := p.find(b.Rows())
	shape := p.join.shape
	switch {
	case p.cond == nil && !shape.pairs:
		return p.emitRows(func(k int) bool { return (p.rows[k] != none) == (shape.sides[0].watch == ifMatched) })
	case p.cond == nil && p.fits(hits):
		return p.emitBeside()
	default:
		return p.emitPairs()
	}
}

// probeRows is how many rows are touched ahead.
const probeRows = 256

// find looks up the keys of n rows, and returns how many were found.
func (p *joinProbe) find(n int) int {
	p.rows = slices.Grow(p.rows[:0], n)[:n]
	hits := 0
	for from := 0; from < n; from += probeRows {
		to := min(n, from+probeRows)
		p.touch(from, to)
		if p.keys.bytes == nil {
			hits += p.findWords(from, to)
		} else {
			hits += p.findBytes(from, to)
		}
	}
	return hits
}

// touch brings the slots of some keys into the cache.
func (p *joinProbe) touch(from, to int) {
	parts, sum := &p.join.build.parts, uint64(0)
	for _, h := range p.keys.hashes[from:to] {
		slots := parts[h>>(64-group.PartitionBits)].slots
		sum += slots[h&uint64(len(slots)-1)].word
	}
	p.touched += sum
}

func (p *joinProbe) findWords(from, to int) int {
	parts, hits := &p.join.build.parts, 0
	words, hashes, rows := p.keys.words[from:to], p.keys.hashes[from:to], p.rows[from:to]
	for k, word := range words {
		h := hashes[k]
		slots := parts[h>>(64-group.PartitionBits)].slots
		mask := uint64(len(slots) - 1)
		i := h & mask
		for slots[i].word != word && slots[i].id != 0 {
			i = (i + 1) & mask
		}
		id := slots[i].id
		rows[k] = id - 1 // of a free slot: none
		if id != 0 {
			hits++
		}
	}
	return hits - p.dropAbsent(from, to)
}

func (p *joinProbe) findBytes(from, to int) int {
	build, hits := p.join.build, 0
	for k := from; k < to; k++ {
		part := &build.parts[group.Partition(p.keys.hashes[k], 0)]
		p.rows[k] = build.find(part, p.keys.words[k], p.keys.hashes[k], p.keys.row(k)).id - 1
		if p.rows[k] != none {
			hits++
		}
	}
	return hits - p.dropAbsent(from, to)
}

// dropAbsent makes rows whose key is NULL match nothing, and returns how many seemed to.
func (p *joinProbe) dropAbsent(from, to int) int {
	if p.keys.absent == nil {
		return 0
	}
	n := 0
	for k := from; k < to; k++ {
		if p.rows[k] != none && vec.Bit(p.keys.absent, k) {
			p.rows[k] = none
			n++
		}
	}
	return n
}

// emitRows emits the rows of the batch for which keep, of their number among those that are meant, is true.
func (p *joinProbe) emitRows(keep func(k int) bool) error {
	p.sel = p.sel[:0]
	for k := range p.batch.Rows() {
		if keep(k) {
			p.sel = append(p.sel, uint32(p.batch.Row(k)))
		}
	}
	if len(p.sel) == 0 {
		return nil
	}
	passed := *p.batch
	if passed.Sel = p.sel; len(p.sel) == passed.N {
		passed.Sel = nil
	}
	return p.to.Emit(Main, p.at, &passed)
}

// fits reports whether right columns can be put beside the left ones as they are.
func (p *joinProbe) fits(hits int) bool {
	b := p.join.build
	most := p.join.shape.sides[0].watch != unwatched || 2*hits >= p.batch.N
	return most && b.next == nil && p.batch.N <= max(1, vec.MaxPlainBytes/max(1, b.source.longest))
}

// emitBeside emits the batch's own columns, and the right ones with each row at the place of the left row that it matches.
func (p *joinProbe) emitBeside() error {
	b, outer := p.batch, p.join.shape.sides[0].watch != unwatched
	p.refs, p.sel = slices.Grow(p.refs[:0], b.N)[:b.N], p.sel[:0]
	if b.Sel != nil || len(p.rows) < b.N {
		for i := range p.refs {
			p.refs[i] = vec.Ref{Row: vec.NoRow}
		}
	}
	for k, found := range p.rows {
		row := b.Row(k)
		if found == none {
			p.refs[row] = vec.Ref{Row: vec.NoRow}
		} else {
			p.refs[row] = refOf(found)
			p.mark(p.refs[row])
		}
		if found != none || outer {
			p.sel = append(p.sel, uint32(row))
		}
	}
	if len(p.sel) == 0 {
		return nil
	}
	out := &vec.Batch{N: b.N, Cols: slices.Clip(b.Cols), Diff: b.Diff}
	if len(p.sel) < b.N {
		out.Sel = p.sel
	}
	out.Cols = p.gatherRight(out.Cols, p.refs)
	return p.to.Emit(Main, p.at, out)
}

// gatherRight appends the right columns of those rows to cols.
func (p *joinProbe) gatherRight(cols []*vec.Vec, refs []vec.Ref) []*vec.Vec {
	source := &p.join.build.source
	for i, builder := range p.right {
		builder.Reset()
		builder.AppendRefs(source.cols[i], refs)
		builder.View(&p.views[i])
		cols = append(cols, &p.views[i])
	}
	return cols
}

// mark notes that a right row has a match.
func (p *joinProbe) mark(r vec.Ref) {
	if p.join.shape.sides[1].watch == unwatched {
		return
	}
	chunks := p.join.build.chunks
	if p.marks == nil {
		p.marks = make([][]byte, len(chunks))
	}
	if p.marks[r.Batch] == nil {
		n := vec.BitmapLen(chunks[r.Batch].N)
		p.marks[r.Batch] = vec.Alloc(n)
		p.join.env.Account.Charge(int64(n))
	}
	vec.SetBit(p.marks[r.Batch], int(r.Row))
}

// emitPairs emits all pairs, then left rows that have none.
func (p *joinProbe) emitPairs() error {
	b, build, shape := p.batch, p.join.build, p.join.shape
	p.begin()
	limit := min(vec.BatchRows, max(1, vec.MaxPlainBytes/max(p.left.longest, build.source.longest)))
	for k, row := range p.rows {
		for ; row != none; row = build.after(row) {
			p.lrows, p.rrefs = append(p.lrows, uint32(b.Row(k))), append(p.rrefs, refOf(row))
			if len(p.lrows) < limit {
				continue
			}
			if err := p.flushPairs(); err != nil {
				return err
			}
		}
	}
	if err := p.flushPairs(); err != nil {
		return err
	}
	switch watch := shape.sides[0].watch; {
	case watch == unwatched:
		return nil
	case shape.pairs:
		return p.emitPadded(limit)
	default:
		return p.emitRows(func(k int) bool { return vec.Bit(p.matched, b.Row(k)) == (watch == ifMatched) })
	}
}

// begin readies the memory for a batch's pairs.
func (p *joinProbe) begin() {
	b := p.batch
	p.lrows, p.rrefs = p.lrows[:0], p.rrefs[:0]
	p.matched = vec.Grow(p.matched[:0], vec.BitmapLen(b.N))
	clear(p.matched)
	p.left.longest = longestValue(b)
	if p.cond == nil {
		return
	}
	p.left.cols = p.left.cols[:0]
	for _, v := range b.Cols {
		p.left.cols = append(p.left.cols, []*vec.Vec{plainFixed(v)})
	}
}

// flushPairs emits the pairs for which the condition is true.
func (p *joinProbe) flushPairs() error {
	if len(p.lrows) == 0 {
		return nil
	}
	if p.cond != nil {
		if err := p.choose(); err != nil {
			return err
		}
	}
	for i, row := range p.lrows {
		vec.SetBit(p.matched, int(row))
		p.mark(p.rrefs[i])
	}
	var err error
	if p.join.shape.pairs {
		err = p.emitGathered(p.lrows, p.rrefs)
	}
	p.lrows, p.rrefs = p.lrows[:0], p.rrefs[:0]
	return err
}

// choose leaves out pairs for which the condition isn't true.
func (p *joinProbe) choose() error {
	p.lrefs = p.lrefs[:0]
	for _, row := range p.lrows {
		p.lrefs = append(p.lrefs, vec.Ref{Row: row})
	}
	sel, err := p.cond.choose(p.left, p.join.build.source, p.lrefs, p.rrefs, p.diffsOf(p.lrows), p.at, p.to)
	if err != nil {
		return err
	}
	for k, i := range sel {
		p.lrows[k], p.rrefs[k] = p.lrows[i], p.rrefs[i]
	}
	p.lrows, p.rrefs = p.lrows[:len(sel)], p.rrefs[:len(sel)]
	return nil
}

// emitGathered emits pairs of those rows.
func (p *joinProbe) emitGathered(lrows []uint32, rrefs []vec.Ref) error {
	if len(lrows) == 0 {
		return nil
	}
	out := &vec.Batch{N: len(lrows)}
	for i, v := range p.batch.Cols {
		out.Cols = append(out.Cols, p.takeLeft(i, v, lrows))
	}
	out.Diff = p.diffsOf(lrows)
	out.Cols = p.gatherRight(out.Cols, rrefs)
	return p.to.Emit(Main, p.at, out)
}

// diffsOf is the Diff of those rows of the batch, valid until the next call; nil if it has none.
func (p *joinProbe) diffsOf(rows []uint32) []int64 {
	if p.batch.Diff == nil {
		return nil
	}
	p.diff = p.diff[:0]
	for _, row := range rows {
		p.diff = append(p.diff, p.batch.Diff[row])
	}
	return p.diff
}

// takeLeft is rows of left column i, in memory of the probe's own; a dictionary is passed on.
func (p *joinProbe) takeLeft(i int, v *vec.Vec, rows []uint32) *vec.Vec {
	if v.Dict != nil {
		return v.Take(rows)
	}
	b := p.leftOut[i]
	b.Reset()
	b.Append(v, rows)
	b.View(&p.leftViews[i])
	return &p.leftViews[i]
}

// emitPadded emits the left rows without a match.
func (p *joinProbe) emitPadded(limit int) error {
	p.lrows, p.rrefs = p.lrows[:0], p.rrefs[:0]
	for k := range p.batch.Rows() {
		row := p.batch.Row(k)
		if vec.Bit(p.matched, row) {
			continue
		}
		p.lrows, p.rrefs = append(p.lrows, uint32(row)), append(p.rrefs, vec.Ref{Row: vec.NoRow})
	}
	for from := 0; from < len(p.lrows); from += limit {
		to := min(len(p.lrows), from+limit)
		if err := p.emitGathered(p.lrows[from:to], p.rrefs[from:to]); err != nil {
			return err
		}
	}
	return nil
}

// probeKept answers the left rows that came before the table was made.
func (j *join) probeKept(e *Epoch) error {
	type task struct {
		local *joinLocal
		b     *vec.Batch
	}
	var tasks []task
	for _, l := range j.locals {
		for _, b := range l.kept {
			tasks = append(tasks, task{l, b})
		}
		l.kept = nil
	}
	if len(tasks) == 0 {
		return nil
	}
	probes := make(chan *joinProbe, len(j.locals)) // those that nobody uses
	for _, l := range j.locals {
		probes <- l.probe
	}
	return e.Parallel(len(tasks), func(i int, out Out) error {
		p := <-probes
		defer func() { probes <- p }()
		defer tasks[i].b.Drop(j.env.Account)
		return p.push(Seq{Partition: uint32(i)}, tasks[i].b, out)
	})
}

// plainFixed puts in the dictionary of a column of values of fixed width: AppendRefs reads through others only.
func plainFixed(v *vec.Vec) *vec.Vec {
	if v.Dict == nil || v.Type.IsVar() || v.Type.Kind == vec.List {
		return v
	}
	return v.Plain()
}
