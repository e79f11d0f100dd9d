package bench

import (
	"testing"
	"time"
)

func TestLatencies(t *testing.T) {
	var all []time.Duration
	for i := range 200 { // 200 ms, 199 ms … 1 ms
		all = append(all, time.Duration(200-i)*time.Millisecond)
	}
	got := latenciesOf(all)
	if got.P50 != 100 || got.P95 != 190 || got.P99 != 198 || got.Max != 200 {
		t.Errorf("%+v", got)
	}
	if want := 11.0 / 151; got.Late != want { // the middle of 20 … 1 over that of 200 … 101
		t.Errorf("late %v, want %v", got.Late, want)
	}
	if one := latenciesOf([]time.Duration{7e6}); one.P50 != 7 || one.P99 != 7 || one.Max != 7 || one.Late != 1 {
		t.Errorf("of one %+v", one)
	}
	if still := latenciesOf([]time.Duration{0, 0}); still != (Latencies{Late: 1}) {
		t.Errorf("on a clock that stands still %+v", still)
	}
	if none := latenciesOf(nil); none != (Latencies{}) {
		t.Errorf("of none %+v", none)
	}
}

// TestDueRows: what is read but not written waits, and latencies count from when rows were due.
func TestDueRows(t *testing.T) {
	var due dueRows
	start := time.Now()
	for i := range 4 {
		due.add(start.Add(time.Duration(i)*time.Second), int64(10*(i+1)))
	}
	got := due.written(29, start.Add(5*time.Second), nil)
	got = due.written(29, start.Add(6*time.Second), got)
	got = due.written(40, start.Add(7*time.Second), got)
	want := []time.Duration{5 * time.Second, 4 * time.Second, 5 * time.Second, 4 * time.Second}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
