package op_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// updater is a group-by of a stream with count, sum(float64) and max, and one worker.
type updater struct {
	b     *testing.B
	a     op.Operator
	local op.Local
	rows  int64 // emitted
}

func newUpdater(b *testing.B, kind plan.Changelog) *updater {
	in := input(plan.Field{Name: "k", Type: vec.TInt64}, plan.Field{Name: "x", Type: vec.TFloat64}, plan.Field{Name: "n", Type: vec.TInt64})
	node := aggregateNode(in, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 1), plan.MakeAgg(plan.AggMax, 2))
	return newUpdaterOf(b, node, kind)
}

func newUpdaterOf(b *testing.B, node *plan.Aggregate, kind plan.Changelog) *updater {
	a, err := op.NewAggregate(node, op.Env{Name: "group by k", Workers: 1, Seed: 1, Account: vec.NewBudget(0).Account("bench"), Stats: &op.Stats{}})
	if err != nil {
		b.Fatal(err)
	}
	newLocal, err := a.Open([]op.Port{{Schema: node.Input.Schema(), Kind: kind}})
	if err != nil {
		b.Fatal(err)
	}
	return &updater{b: b, a: a, local: newLocal()}
}

func (u *updater) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	u.rows += int64(b.N)
	return nil
}

// epoch pushes batches and ends.
func (u *updater) epoch(batches ...*vec.Batch) {
	for _, batch := range batches {
		if err := u.local.Push(0, op.Seq{}, batch, u); err != nil {
			u.b.Fatal(err)
		}
	}
	if err := u.a.EndEpoch(&op.Epoch{Parallel: parallelOn(1, u)}, u); err != nil {
		u.b.Fatal(err)
	}
}

// load makes groups 0 to n−1, in epochs of 100,000. It returns how long the longest took.
func (u *updater) load(rng *rand.Rand, n int) time.Duration {
	longest := time.Duration(0)
	for from := 0; from < n; {
		var batches []*vec.Batch
		for end := min(n, from+100_000); from < end; from += vec.BatchRows {
			keys := make([]int64, min(vec.BatchRows, end-from))
			for i := range keys {
				keys[i] = scattered(from + i)
			}
			batches = append(batches, updates(rng, keys))
			if len(keys) < vec.BatchRows {
				from = end
				break
			}
		}
		start := time.Now()
		u.epoch(batches...)
		longest = max(longest, time.Since(start))
	}
	return longest
}

// scattered is a key for group i: they aren't dense.
func scattered(i int) int64 { return int64(uint64(i) * 0x9e3779b97f4a7c15) }

func updates(rng *rand.Rand, keys []int64) *vec.Batch {
	k, x, n := vec.NewBuilder(vec.TInt64, len(keys)), vec.NewBuilder(vec.TFloat64, len(keys)), vec.NewBuilder(vec.TInt64, len(keys))
	for _, key := range keys {
		vec.AppendFixed(k, key)
		vec.AppendFixed(x, rng.Float64()*100)
		vec.AppendFixed(n, rng.Int64N(1_000_000))
	}
	return &vec.Batch{N: len(keys), Cols: []*vec.Vec{k.Finish(), x.Finish(), n.Finish()}}
}

// BenchmarkGroupUpdate is the cost of changing 1,000 groups of many in an epoch, each of which then has two rows out: the goal
// is 200 ns a change at 10 M groups, and 10 times that at 1,000 groups.
func BenchmarkGroupUpdate(b *testing.B) {
	for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
		for _, groups := range []int{1_000, 1_000_000, 10_000_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, groups), func(b *testing.B) {
				benchmarkGroupUpdate(b, kind, groups, 1000)
			})
		}
	}
}

// BenchmarkTinyEpochs changes 5 groups an epoch.
func BenchmarkTinyEpochs(b *testing.B) {
	for _, groups := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) { benchmarkGroupUpdate(b, plan.Append, groups, 5) })
	}
}

func benchmarkGroupUpdate(b *testing.B, kind plan.Changelog, groups, changes int) {
	rng := rand.New(rand.NewPCG(1, 1))
	u := newUpdater(b, kind)
	longest := u.load(rng, groups)
	var epochs []*vec.Batch
	for range 200 {
		keys := map[int64]bool{}
		for len(keys) < changes {
			keys[scattered(rng.IntN(groups))] = true
		}
		var list []int64
		for k := range keys {
			list = append(list, k)
		}
		epochs = append(epochs, updates(rng, list))
	}
	u.rows = 0
	n := 0
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least, stretch := time.Duration(math.MaxInt64), threadTime() // of 20 epochs: other programs disturb a long run
	for b.Loop() {
		if n%20 == 0 && n > 0 {
			now := threadTime()
			least, stretch = min(least, now-stretch), now
		}
		batch := *epochs[n/2%len(epochs)]
		if kind == plan.Retract && n%2 == 1 {
			batch.Diff = make([]int64, batch.N)
			for i := range batch.Diff {
				batch.Diff[i] = -1
			}
		} else if kind == plan.Append {
			batch = *epochs[n%len(epochs)]
		}
		u.epoch(&batch)
		n++
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*changes), "ns/change")
	b.ReportMetric(float64(least.Nanoseconds())/float64(20*changes), "least-ns/change")
	b.ReportMetric(float64(u.rows)/float64(n*changes), "rows/change")
	b.ReportMetric(float64(longest.Milliseconds()), "longest-load-ms")
	b.ReportMetric(float64(u.a.(op.Stateful).State().Bytes)/float64(groups), "B/group")
	if err := u.a.Close(); err != nil {
		b.Fatal(err)
	}
}

// threadTime is the processor time that this thread has had.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// BenchmarkEmptyEpochs is the cost of an epoch without rows, which must not depend on how many groups there are.
func BenchmarkEmptyEpochs(b *testing.B) {
	for _, groups := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			u := newUpdater(b, plan.Append)
			u.load(rand.New(rand.NewPCG(1, 1)), groups)
			for b.Loop() {
				u.epoch()
			}
			if err := u.a.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkFewGroups is the seed stream's reduction of columns to 5 groups, in epochs of as many rows: the goal is 50 M rows/s on two cores.
func BenchmarkFewGroups(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	dict := dictionaryOf(5)
	batches := make([]*vec.Batch, benchBatches)
	for i := range batches {
		batches[i] = &vec.Batch{N: vec.BatchRows, Cols: []*vec.Vec{randomCodes(rng, vec.BatchRows, dict), randomFloats(rng, vec.BatchRows)}}
	}
	in := input(nullable("s", vec.TString), nullable("f", vec.TFloat64))
	node := aggregateNode(in, []int{0}, plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 1), plan.MakeAgg(plan.AggAvg, 1))
	for _, each := range []int{1, 8, 32} {
		b.Run(fmt.Sprint(each*vec.BatchRows), func(b *testing.B) {
			u := newUpdaterOf(b, node, plan.Append)
			least := time.Duration(math.MaxInt64)
			for b.Loop() {
				start := time.Now()
				for from := 0; from < len(batches); from += each {
					u.epoch(batches[from : from+each]...)
				}
				least = min(least, time.Since(start))
			}
			b.ReportMetric(float64(least.Nanoseconds())/float64(len(batches)*vec.BatchRows), "least-ns/row")
			if err := u.a.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
