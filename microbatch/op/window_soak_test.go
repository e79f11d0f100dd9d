package op_test

import (
	"runtime"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestWindowMemoryIsFlat: on an endless stream, whose keys change all the time, the memory of windows is that of those that are open. Half an
// hour of event time is one step of the test; what is held after a fifth of the steps is compared with the end.
func TestWindowMemoryIsFlat(t *testing.T) {
	steps := 100
	if testing.Short() {
		steps = 15
	}
	const minute = 60 * second
	count, most := plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggMax, 2)
	for name, n := range map[string]plan.Window{
		"sliding":           {Kind: plan.Sliding, Size: 10 * minute, Step: 10 * second, Keys: []int{0}},
		"sliding corrected": {Kind: plan.Sliding, Size: 10 * minute, Step: minute, Keys: []int{0}, Lateness: 5 * minute},
		"sliding early":     {Kind: plan.Sliding, Size: 10 * minute, Step: minute, Keys: []int{0}, Early: 5 * minute},
		"session":           {Kind: plan.Session, Size: minute, Keys: []int{1}},
		"session corrected": {Kind: plan.Session, Size: minute, Keys: []int{1}, Lateness: 5 * minute, Early: minute},
		"session dropped":   {Kind: plan.Session, Size: minute, Keys: []int{1}, Lateness: 5 * minute, Drop: true},
		"tumbling dropped":  {Kind: plan.Tumbling, Size: minute, Keys: []int{1}, Early: minute, Drop: true},
	} {
		t.Run(name, func(t *testing.T) { soak(t, bidWindow(n, count, most), steps) })
	}
}

// soak runs a window for steps of half an hour of event time, of 18,000 rows in 30 epochs.
func soak(t *testing.T, n *plan.Window, steps int) {
	budget := vec.NewBudget(0)
	w, err := op.NewWindow(n, op.Env{Workers: 1, Account: budget.Account("soak"), Stats: &op.Stats{}})
	if err != nil {
		t.Fatal(err)
	}
	newLocal, err := w.Open([]op.Port{{Schema: windowBidSchema, Time: 3}})
	if err != nil {
		t.Fatal(err)
	}
	local, out := newLocal(), &counted{}
	const epochs, rows, perSecond = 30, 600, 10
	batches := windowBids(epochs, rows, perSecond)
	var early [2]uint64 // charged, live heap
	for step := range steps {
		for _, b := range batches {
			for i, v := range vec.Of[int64](b.Cols[3]) { // half an hour later than the step before, with keys of its own
				vec.Of[int64](b.Cols[0])[i] += epochs * rows / 16
				vec.Of[int64](b.Cols[1])[i] += epochs * rows / 50
				vec.Of[int64](b.Cols[3])[i] = v + epochs*rows*second/perSecond
			}
			if err := local.Push(0, op.Seq{}, b, out); err != nil {
				t.Fatal(err)
			}
			last := vec.Of[int64](b.Cols[3])[b.N-1]
			e := &op.Epoch{Now: last, Watermarks: []int64{last - 4*second}, Parallel: parallelOn(1, out)}
			if err := w.EndEpoch(e, out); err != nil {
				t.Fatal(err)
			}
		}
		if step == steps/5 {
			early = [2]uint64{uint64(budget.Used()), liveHeap()}
		}
	}
	end := [2]uint64{uint64(budget.Used()), liveHeap()}
	for i, what := range []string{"charged bytes", "live heap"} {
		if end[i] > early[i]+early[i]/10 {
			t.Errorf("%s: %d after a fifth of the time, %d at the end", what, early[i], end[i])
		}
	}
	if out.rows == 0 {
		t.Error("no rows came out")
	}
	t.Logf("%d rows out, %d bytes charged, %d bytes of heap", out.rows, end[0], end[1])
	runtime.KeepAlive(w)
}

// TestWindowsGiveBackMemory: what an epoch of very many keys has needed is given back when it is over.
func TestWindowsGiveBackMemory(t *testing.T) {
	for _, n := range []plan.Window{
		{Kind: plan.Tumbling, Size: 100},
		{Kind: plan.Sliding, Size: 160, Step: 10},
		{Kind: plan.Sliding, Size: 100, Step: 50, Lateness: 20, Early: 1},
		{Kind: plan.Session, Size: 10},
		{Kind: plan.Session, Size: 10, Lateness: 20, Early: 1},
	} {
		for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
			n.Keys = []int{0}
			calm, burst := heldBehind(t, n, kind, 100), heldBehind(t, n, kind, 10_000)
			t.Logf("%s, %s: %d bytes without a large epoch, %d behind one", n.Kind, kind, calm, burst)
			if burst > 2*calm {
				t.Errorf("%s, lateness %d, %s: %d bytes are held without a large epoch, %d behind one", n.Kind, n.Lateness, kind, calm, burst)
			}
		}
	}
}

// heldBehind is the bytes held behind many epochs of 100 rows, of which one has had more.
func heldBehind(t *testing.T, n plan.Window, kind plan.Changelog, rows int) int64 {
	budget := vec.NewBudget(0)
	c := openWindow(t, n, vec.Micro, op.Port{Kind: kind}, op.Env{Account: budget.Account("window")})
	for epoch := range 200 {
		events := make([]event, 100)
		if epoch == 10 {
			events = make([]event, rows)
		}
		for i := range events {
			events[i] = event{time: int64(10*epoch + i%10), key: 7*epoch + i, value: int64(i % 50), diff: 1}
		}
		if err := c.push(events...); err != nil {
			t.Fatal(err)
		}
		if err := c.end(int64(epoch), int64(10*epoch)); err != nil {
			t.Fatal(err)
		}
	}
	return budget.Used()
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
