package op

import (
	"encoding/binary"
	"math"
)

// timeBuckets is the keys of an interval join's partition in the order of the bucket of time that they have in them (see joinTimes), so that
// what can't match any more is found without a look at the rest:
//
//	passed  left ≤ 3, right ≤ 4
//	index   (4, key 3) (4, key 17) (5, key 9) (7, key 4)
//
// A key that comes or goes costs O(log n), in whatever order the times are.
type timeBuckets struct {
	within *joinWithin
	index  timeIndex     // a row is a key, and its time the bucket
	of     []bucketOfKey // by key
	fresh  []timeEntry   // keys of the epoch that are not in the index yet
	passed [2]int64      // each side's rows of buckets up to this are gone
	begun  bool
	gone   []uint32 // scratch
}

// bucketOfKey is the bucket of a key that is there.
type bucketOfKey struct {
	number int64
	in     bool
}

func (t *timeBuckets) held() int64 {
	if t == nil {
		return 0
	}
	return t.index.held() + int64(16*cap(t.of)+16*cap(t.fresh)+4*cap(t.gone))
}

// enter takes note of a key, unless it is there.
func (t *timeBuckets) enter(table *joinTable, key uint32) {
	for len(t.of) <= int(key) {
		t.of = append(t.of, bucketOfKey{})
	}
	if t.of[key].in {
		return
	}
	bytes := table.bytes(key)
	number := int64(binary.BigEndian.Uint64(bytes[len(bytes)-8:]) ^ 1<<63)
	t.of[key] = bucketOfKey{number, true}
	t.fresh = append(t.fresh, timeEntry{row: key, time: number})
}

// settle puts the epoch's keys into the index: many at once, as rows may come in any order of time.
func (t *timeBuckets) settle() {
	t.index.insertAll(t.fresh)
	t.fresh = scratchOf(t.fresh, maxPartScratch)
}

// leave takes a key out.
func (t *timeBuckets) leave(key uint32) {
	t.index.remove(timeEntry{row: key, time: t.of[key].number})
	t.of[key].in = false
}

// reach is the bucket up to which a side's rows are of no use any more: the other side's watermark has passed all that they
// can match, and, if they can be retracted, their own has passed them.
//
//	left   in bucket b begins before (b+1)·width, is lo earlier, and ends hi − lo later
//	right  in bucket b is before (b+1)·width; left rows that match begin no later
func (t *timeBuckets) reach(side int, watermarks []int64, retracts bool) int64 {
	if len(watermarks) < 2 {
		return math.MinInt64
	}
	in := t.within
	matches := [2]int64{satSub(0, satSub(in.hi, in.lo)), in.lo} // what to add to the other side's watermark
	own := [2]int64{in.lo, 0}                                   // and to its own
	reach := t.bucketsBefore(watermarks[1-side], matches[side])
	if retracts {
		reach = min(reach, t.bucketsBefore(watermarks[side], own[side]))
	}
	return reach
}

// bucketsBefore is the last bucket that ends by the watermark, moved by so much.
func (t *timeBuckets) bucketsBefore(watermark, by int64) int64 {
	if watermark == NoWatermark || watermark == EndOfTime {
		return watermark // no bucket, or all
	}
	at := satAdd(watermarkIn(t.within.unit, watermark), by)
	return satAdd(floorDiv(at, t.within.width), -1)
}

// expires reports whether there are rows that these watermarks have passed.
func (p *joinPart) expires(watermarks []int64) bool {
	t := p.buckets
	if t == nil || t.index.rows == 0 {
		return false
	}
	first := t.index.at(place{}).time
	for side := range t.passed {
		if reach := t.reach(side, watermarks, p.join.shape.sides[side].retracts); reach >= first && (!t.begun || reach > t.passed[side]) {
			return true
		}
	}
	return false
}

// expire removes them.
func (p *joinPart) expire(watermarks []int64) {
	t := p.buckets
	if t == nil {
		return
	}
	if !t.begun {
		t.passed, t.begun = [2]int64{math.MinInt64, math.MinInt64}, true
	}
	for side := range t.passed {
		reach := t.reach(side, watermarks, p.join.shape.sides[side].retracts)
		keys := t.between(t.passed[side], reach)
		p.markExpired(side, keys)
		for _, key := range keys {
			for p.keys.keys[key].head[side] != none {
				p.remove(side, p.keys.keys[key].head[side])
			}
		}
		t.passed[side] = max(t.passed[side], reach)
	}
}

// between is the keys of the buckets behind one, up to another. It is valid until the next call.
func (t *timeBuckets) between(from, to int64) []uint32 {
	t.gone = scratchOf(t.gone, maxPartScratch)
	for at := t.index.bound(0, from, true); t.index.valid(at) && t.index.at(at).time <= to; at = t.index.next(at) {
		t.gone = append(t.gone, t.index.at(at).row)
	}
	return t.gone
}

// isExpired reports whether a row is of a time of which its side keeps nothing any more.
func (p *joinPart) isExpired(side int, id uint32) bool {
	if p.buckets == nil || !p.buckets.begun {
		return false
	}
	key := p.stores[side].rows[id].key
	return key >= reservedKeys && p.buckets.of[key].number <= p.buckets.passed[side]
}
