package op_test

import (
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestSessionCostIsThatOfChanges: where rows also go, an epoch of a few rows of a session costs about the same however many rows the session has, also
// if it comes out in each epoch: of 40,000 times not a tenth as much more as it has more of them.
func TestSessionCostIsThatOfChanges(t *testing.T) {
	for name, early := range map[string]int64{"on close": 0, "early": 1} {
		t.Run(name, func(t *testing.T) {
			short, long := sessionEpoch(t, 400, early), sessionEpoch(t, 40_000, early)
			t.Logf("%s of 400 times, %s of 40,000", short, long)
			if long > 10*short {
				t.Errorf("an epoch takes %s in a session of 400 times, and %s of 40,000", short, long)
			}
		})
	}
}

// sessionEpoch is the least time that an epoch takes in which two rows come to a session of that many times, and two go: in the middle of it.
func sessionEpoch(t *testing.T, times int, early int64) time.Duration {
	n := plan.Window{Kind: plan.Session, Size: 10_000, Keys: []int{0}, Early: early}
	c := openWindow(t, n, vec.Micro, op.Port{Kind: plan.Retract}, op.Env{})
	now := int64(0)
	epoch := func(events ...event) time.Duration {
		now += 10
		began := time.Now()
		if err := c.push(events...); err != nil {
			t.Fatal(err)
		}
		if err := c.end(now, op.NoWatermark); err != nil {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	all := make([]event, times)
	for i := range all {
		all[i] = event{time: int64(10 * i), value: 1, diff: 1}
	}
	epoch(all...)
	least := time.Hour
	middle := int64(times / 2 * 10)
	for range 100 {
		least = min(least, epoch(event{time: middle + 1, value: 1, diff: 1}, event{time: middle + 2, value: 1, diff: 1}))
		least = min(least, epoch(event{time: middle + 1, value: 1, diff: -1}, event{time: middle + 2, value: 1, diff: -1}))
	}
	return least
}
