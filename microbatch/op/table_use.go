package op

// peak is the most that something has held, and how long ago that was.
type peak struct {
	most   int // since the last time that it had passed
	recent int // of the looks since there was nearly as much
	looks  int // how many those are
}

// peakEpochs is after how many epochs a peak has passed.
const peakEpochs = 64

// passed takes a look: n is what is held now, or was since the last look. It reports whether the last looks, so many of them, have all found less than
// three quarters of the most. Then what they have found is the most from now on.
//
//	1000 1000 9000 1000 … 1000   passed
//	1000 1100  950 1000 … 1020   not
//
// Who makes a table anew when it has passed fills it with less than it has held before, and once in so many looks at most, so that is paid for.
func (p *peak) passed(n, looks int) bool {
	if n >= p.most-p.most/4 {
		*p = peak{most: max(n, p.most)}
		return false
	}
	p.recent = max(p.recent, n)
	p.looks++
	if p.looks < looks {
		return false
	}
	*p = peak{most: p.recent}
	return true
}

// tableUse says when a table that is emptied after each epoch, and keeps its memory for the next, has too much of it. A table has the size of
// the largest epoch that it has had, and epochs are large after the machine was busy with something else.
type tableUse struct {
	rows int // that the table has taken in this epoch
	peak peak
}

func (u *tableUse) add(rows int) { u.rows += rows }

// A table of a few bytes may be as large as it likes. One that has more than so many bytes for each row of an epoch isn't emptied but made anew: to
// empty it takes time by its size, which must not be what a small epoch behind a large one pays for.
const (
	smallTable  = 64 << 10
	bytesPerRow = 1 << 10
)

// outgrown ends an epoch. It reports whether the table, of that many bytes, is to be made anew.
func (u *tableUse) outgrown(bytes int64) bool {
	rows := u.rows
	u.rows = 0
	if bytes <= smallTable {
		u.peak = peak{}
		return false
	}
	passed := u.peak.passed(rows, peakEpochs)
	if rows > 0 && bytes > bytesPerRow*int64(rows) {
		u.peak = peak{}
		return true
	}
	return passed
}
