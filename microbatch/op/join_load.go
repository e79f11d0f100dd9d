package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Load implements Durable.
func (j *join) Load(table int, b *vec.Batch) error {
	err := checkSaved(b, j.savedTypes(table))
	if err == nil {
		err = j.load(table, b)
	}
	if err != nil {
		return fmt.Errorf("%s: state: table %d: %w", j.env.Name, table, err)
	}
	return nil
}

func (j *join) load(table int, b *vec.Batch) error {
	switch {
	case table == savedJoin:
		return j.loadHead(b)
	case table == savedCounts:
		return j.loadCounts(b)
	case table >= goneLeft:
		j.loadGone(table-goneLeft, b)
	case j.build != nil:
		j.build.load(b)
	default:
		return j.loadRows(table-savedLeft, b)
	}
	return nil
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
func (j *join) savedTypes(table int) []vec.Type {
	s := j.shape
	switch table {
	case savedJoin:
		return []vec.Type{vec.TInt64, vec.TInt64, vec.TBool, vec.TBool}
	case savedLeft, savedRight:
		return j.savedRowTypes(table - savedLeft)
	case goneLeft, goneRight:
		if side := table - goneLeft; s.sides[side].retracts {
			return s.sides[side].types
		}
	case savedCounts:
		if s.counted() < 0 {
			return nil
		}
		return []vec.Type{newJoinTable(s.keyer(0).wide, group.NewHasher(s.hash)).savedType(), vec.TInt64}
	}
	return nil
}

// savedRowTypes are the columns of a side's rows in a checkpoint; nil if they aren't kept.
func (j *join) savedRowTypes(side int) []vec.Type {
	s := j.shape
	types := append(slices.Clone(s.sides[side].types), vec.TInt64)
	switch {
	case j.build != nil && side == 1:
		return types
	case j.build != nil, s.sides[side].forgets, j.onlyCounts(side):
		return nil
	case s.byRow:
		return append(types, vec.TInt64)
	}
	return types
}

// loadHead takes the row that a save begins with.
func (j *join) loadHead(b *vec.Batch) error {
	if b.N != 1 {
		return fmt.Errorf("%d rows, expected 1: it is damaged", b.N)
	}
	j.seen = [2]int64{vec.Of[int64](b.Cols[0].Plain())[0], vec.Of[int64](b.Cols[1].Plain())[0]}
	j.loadedReady = b.Cols[3].Plain().Bool(0)
	if !b.Cols[2].Plain().Bool(0) {
		return nil
	}
	j.forgetParts()
	if j.build != nil {
		j.build.forgetLoaded()
	}
	return nil
}

// dealSaved computes the keys of a side's saved rows and deals them out.
func (j *join) dealSaved(side int, b *vec.Batch) *dealtRows {
	own := &j.shape.sides[side]
	d := &dealtRows{b: &vec.Batch{N: b.N}}
	for _, v := range b.Cols[:len(own.types)] {
		d.b.Cols = append(d.b.Cols, plainFixed(v))
	}
	d.deal(j.shape.keyer(side), dealing{byValue: own.retracts, keepAbsent: true, late: NoWatermark})
	return d
}

// partAt is a partition, made if need be.
func (j *join) partAt(number int) *joinPart {
	if j.parts[number] == nil {
		j.parts[number] = newJoinPart(j)
	}
	return j.parts[number]
}

// loadRows takes a side's rows, in the place of those with the same values if it retracts.
func (j *join) loadRows(side int, b *vec.Batch) error {
	n := len(j.shape.sides[side].types)
	weights, counts := vec.Of[int64](b.Cols[n].Plain()), []int64(nil)
	if j.shape.byRow {
		counts = vec.Of[int64](b.Cols[n+1].Plain())
	}
	for _, weight := range weights {
		if weight <= 0 {
			return fmt.Errorf("a row is there %d times: it is damaged", weight)
		}
	}
	d := j.dealSaved(side, b)
	for number := range group.Partitions {
		if rows := d.part(number); len(rows) > 0 {
			p := j.partAt(number)
			p.loadRows(side, d, rows, weights, counts)
			p.charge()
		}
	}
	return overBudget(j.env)
}

func (p *joinPart) loadRows(side int, d *dealtRows, rows []uint32, weights, counts []int64) {
	store := p.stores[side]
	var from, ids []uint32
	for _, i := range rows {
		id := none
		if d.hashes != nil {
			id = store.findRow(d.b, int(i), d.hashes[i])
		}
		if id == none {
			id = p.newRow(side, d, i)
			from, ids = append(from, i), append(ids, id)
		}
		r := &store.rows[id]
		p.addTotal(side, r.key, weights[i]-r.weight)
		r.weight = weights[i]
		if counts != nil {
			store.counts[id] = counts[i]
		}
	}
	store.appendRows(d.b, from, ids, d.longest)
	if p.buckets != nil {
		p.buckets.settle()
	}
}

// addTotal adds to the weight of a side's rows of a key, where that follows from its rows.
func (p *joinPart) addTotal(side int, key uint32, weight int64) {
	shape := p.join.shape
	if p.totals != nil && shape.sides[1-side].watch != unwatched && shape.counted() != side {
		p.totals[key][side] += weight
	}
}

// loadGone takes rows out, of which some may not be there.
func (j *join) loadGone(side int, b *vec.Batch) {
	d := j.dealSaved(side, b)
	for number := range group.Partitions {
		rows, p := d.part(number), j.parts[number]
		if len(rows) == 0 || p == nil {
			continue
		}
		store := p.stores[side]
		for _, i := range rows {
			id := store.findRow(d.b, int(i), d.hashes[i])
			if id == none {
				continue
			}
			r := store.rows[id]
			p.addTotal(side, r.key, -r.weight)
			p.remove(side, id)
			if p.totals != nil {
				p.dropKey(r.key)
			}
		}
		p.charge()
	}
}

// loadCounts takes the weights of the counted side's rows by key.
func (j *join) loadCounts(b *vec.Batch) error {
	keys, counts := b.Cols[0], vec.Of[int64](b.Cols[1].Plain())
	hash, side := group.NewHasher(j.shape.hash), j.shape.counted()
	for i, count := range counts {
		var word, home uint64
		var key []byte
		if keys.Type.IsVar() {
			key = keys.Str(i)
			word = hash.Bytes(key)
			home = word
		} else {
			word = vec.Of[uint64](keys.Plain())[i]
			home = hash.Word(word)
		}
		p := j.partAt(group.Partition(home, 0))
		id := p.keys.intern(word, key)
		if int(id) >= len(p.totals) {
			p.totals = append(p.totals, [2]int64{})
		}
		p.totals[id][side] = count
		p.dropKey(id)
	}
	for _, p := range j.parts {
		if p != nil {
			p.charge()
		}
	}
	return overBudget(j.env)
}

// Loaded implements Durable. Rows that the watermarks have passed go again.
func (j *join) Loaded() error {
	e := &Epoch{Watermarks: j.seen[:], Parallel: serially}
	j.advance(e)
	if j.build != nil && j.loadedReady {
		if err := j.makeBuild(e); err != nil {
			return err
		}
		j.build.saved = len(j.build.chunks)
	}
	for _, p := range j.parts {
		if p == nil {
			continue
		}
		p.compact()
		p.indexAsOf()
		p.expire(e.Watermarks)
		p.expireAsOf(j.timeAsOf(e))
		p.compact()
		p.charge()
	}
	return overBudget(j.env)
}

// serially is an Epoch's Parallel where there are no workers yet.
func serially(n int, part func(i int, out Out) error) error {
	for i := range n {
		if err := part(i, nil); err != nil {
			return err
		}
	}
	return nil
}

// indexAsOf makes what an as-of join has besides its rows: that all follows from them.
func (p *joinPart) indexAsOf() {
	a := p.asof
	if a == nil {
		return
	}
	right := p.entries(1)
	a.right.insertAll(right)
	a.clock.noteRight(right, nil)
	if a.left == nil {
		return
	}
	a.left.insertAll(p.entries(0))
	left := p.stores[0]
	for id := range left.rows {
		answer, r := none, &left.rows[id]
		if r.weight != 0 && r.key >= reservedKeys {
			answer = a.find(r.key, left.times[id])
		}
		a.answers = append(a.answers, answer)
		if r.weight != 0 {
			p.noteLeft(uint32(id), 0, answer)
		}
	}
}

// entries are a side's rows that have a key.
func (p *joinPart) entries(side int) []timeEntry {
	var out []timeEntry
	store := p.stores[side]
	for id := range store.rows {
		if r := &store.rows[id]; r.weight != 0 && r.key >= reservedKeys {
			out = append(out, timeEntry{key: r.key, row: uint32(id), time: store.times[id]})
		}
	}
	return out
}

// load takes rows of the table, which is made when all are there.
func (b *joinBuild) load(rows *vec.Batch) {
	if b.loaded == nil {
		b.loaded = newRowInbox(b.join.shape.sides[1].types, false, b.join.env.Account)
	}
	b.loaded.add(&vec.Batch{N: rows.N, Cols: rows.Cols[:len(rows.Cols)-1]})
}

// forgetLoaded forgets what was loaded.
func (b *joinBuild) forgetLoaded() {
	if b.loaded != nil {
		b.loaded.reset()
	}
}
