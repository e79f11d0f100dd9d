package op

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// timeBuckets is the keys of an interval join's partition by the bucket of time that they have in them (see joinTimes), so that
// what can't match any more is found without a look at the rest:
//
//	passed  left ≤ 3, right ≤ 4
//	list    4 → keys 17, 3     5 → key 9     7 → key 4
//
// Expiring costs a few steps for each row that goes.
type timeBuckets struct {
	within *joinWithin
	list   []timeBucket // ascending
	links  []bucketLink // by key
	passed [2]int64     // each side's rows of buckets up to this are gone
	begun  bool
}

type timeBucket struct {
	number int64
	head   uint32 // its first key
}

// bucketLink is a key's place in the list of its bucket.
type bucketLink struct {
	number     int64
	next, prev uint32
	in         bool
}

func (t *timeBuckets) held() int64 {
	if t == nil {
		return 0
	}
	return int64(16*cap(t.list) + 24*cap(t.links))
}

// enter puts a key into the list of its bucket, unless it is there.
func (t *timeBuckets) enter(table *joinTable, key uint32) {
	for len(t.links) <= int(key) {
		t.links = append(t.links, bucketLink{})
	}
	link := &t.links[key]
	if link.in {
		return
	}
	bytes := table.bytes(key)
	number := int64(binary.BigEndian.Uint64(bytes[len(bytes)-8:]) ^ 1<<63)
	at, found := t.search(number)
	if !found {
		t.list = slices.Insert(t.list, at, timeBucket{number: number, head: none})
	}
	bucket := &t.list[at]
	*link = bucketLink{number: number, next: bucket.head, prev: none, in: true}
	if bucket.head != none {
		t.links[bucket.head].prev = key
	}
	bucket.head = key
}

// search is the place of a bucket in the list. Most are at its end.
func (t *timeBuckets) search(number int64) (int, bool) {
	if n := len(t.list); n == 0 || t.list[n-1].number < number {
		return n, false
	}
	return slices.BinarySearchFunc(t.list, number, func(b timeBucket, n int64) int { return cmp.Compare(b.number, n) })
}

// leave takes a key out.
func (t *timeBuckets) leave(key uint32) {
	link := t.links[key]
	t.links[key].in = false
	if link.next != none {
		t.links[link.next].prev = link.prev
	}
	if link.prev != none {
		t.links[link.prev].next = link.next
		return
	}
	at, _ := t.search(link.number)
	t.list[at].head = link.next
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
	switch watermark {
	case NoWatermark:
		return math.MinInt64
	case EndOfTime:
		return math.MaxInt64
	}
	at := satAdd(satMul(watermark, ticks(t.within.unit)/ticks(vec.Micro)), by)
	return satAdd(floorDiv(at, t.within.width), -1)
}

// expires reports whether there are rows that these watermarks have passed.
func (p *joinPart) expires(watermarks []int64) bool {
	t := p.buckets
	if t == nil || len(t.list) == 0 {
		return false
	}
	for side := range t.passed {
		if reach := t.reach(side, watermarks, p.join.shape.sides[side].retracts); reach >= t.list[0].number && (!t.begun || reach > t.passed[side]) {
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
		for i := 0; i < len(t.list) && t.list[i].number <= reach; i++ {
			if t.list[i].number > t.passed[side] {
				p.expireBucket(side, t.list[i].head)
			}
		}
		t.passed[side] = max(t.passed[side], reach)
	}
	done := 0
	for done < len(t.list) && t.list[done].head == none {
		done++
	}
	t.list = slices.Delete(t.list, 0, done)
}

// expireBucket removes a side's rows of keys from that one on.
func (p *joinPart) expireBucket(side int, key uint32) {
	for key != none {
		next := p.buckets.links[key].next
		for p.keys.keys[key].head[side] != none {
			p.remove(side, p.keys.keys[key].head[side])
			if !p.buckets.links[key].in { // it was the key's last
				break
			}
		}
		key = next
	}
}

// isExpired reports whether a row is of a time of which its side keeps nothing any more.
func (p *joinPart) isExpired(side int, id uint32) bool {
	if p.buckets == nil || !p.buckets.begun {
		return false
	}
	key := p.stores[side].rows[id].key
	return key >= reservedKeys && p.buckets.links[key].number <= p.buckets.passed[side]
}
