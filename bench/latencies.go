package bench

import (
	"math"
	"slices"
	"sync"
	"time"
)

// dueRows is when rows were due that are not written yet.
type dueRows struct {
	mu   sync.Mutex
	due  []time.Time
	upTo []int64 // how many rows were given with those of due and before
}

// add says that all rows up to the upTo-th were due by then.
func (t *dueRows) add(due time.Time, upTo int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.due, t.upTo = append(t.due, due), append(t.upTo, upTo)
}

// written takes off what is among the first n rows, and appends the latencies.
func (t *dueRows) written(n int64, now time.Time, to []time.Duration) []time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	done := 0
	for done < len(t.due) && t.upTo[done] <= n {
		to = append(to, now.Sub(t.due[done]))
		done++
	}
	t.due, t.upTo = slices.Delete(t.due, 0, done), slices.Delete(t.upTo, 0, done)
	return to
}

// Latencies is how long rows took from when they were due until what they change was written, in milliseconds.
type Latencies struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
	// Late is the median of the last tenth over that of the first half: a backlog that grows shows in it.
	Late float64 `json:"late"`
}

// cells is p50, p95, p99 and max as they are written to CSV.
func (l Latencies) cells() []string {
	return []string{decimal(l.P50, 3), decimal(l.P95, 3), decimal(l.P99, 3), decimal(l.Max, 3)}
}

// latenciesOf is of batches of the same number of rows, in their order.
func latenciesOf(all []time.Duration) Latencies {
	if len(all) == 0 {
		return Latencies{}
	}
	median := func(d []time.Duration) float64 {
		s := slices.Sorted(slices.Values(d))
		return float64(max(s[len(s)/2], 1)) // a clock may stand still
	}
	sorted := slices.Sorted(slices.Values(all))
	at := func(q float64) float64 {
		return float64(sorted[min(len(sorted)-1, int(math.Ceil(q*float64(len(sorted))))-1)]) / 1e6
	}
	return Latencies{
		P50: at(0.5), P95: at(0.95), P99: at(0.99), Max: at(1),
		Late: median(all[len(all)*9/10:]) / median(all[:max(1, len(all)/2)]),
	}
}
