package main

import (
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/microbatch"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		rows, read, total int64
		passed            time.Duration
		want              string
	}{
		{12_000_000, 400e6, 1000e6, 2 * time.Second, "12,000,000 rows, 200 MB/s, 40 %, 3 s left"},
		{5, 1e6, 0, time.Second, "5 rows, 1 MB/s"},
		{5, 0, 0, time.Second, "5 rows"},
		{5, 0, 1e9, time.Second, "5 rows"},
		{1000, 1e6, 3601e6, time.Second, "1,000 rows, 1 MB/s, 0 %, 1 h 0 min left"},
		{1000, 1e6, 131e6, time.Second, "1,000 rows, 1 MB/s, 0 %, 2 min 10 s left"},
	} {
		if got := progressLine(c.rows, c.read, c.total, c.passed); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestProgressIsShownAfterASecondAndErased(t *testing.T) {
	var w strings.Builder
	start := time.Now()
	p := &progress{w: &w, start: start}
	s := &microbatch.Stats{}
	s.RowsRead.Store(1_000_000)
	p.show(s, start.Add(900*time.Millisecond))
	p.erase()
	if w.Len() != 0 {
		t.Errorf("written in the first second: %q", w.String())
	}
	p.show(s, start.Add(time.Second))
	s.RowsRead.Store(2)
	p.show(s, start.Add(2*time.Second))
	p.erase()
	const want = "\r1,000,000 rows" + "\r2 rows        " + "\r      \r"
	if w.String() != want {
		t.Errorf("%q, not %q", w.String(), want)
	}
}
