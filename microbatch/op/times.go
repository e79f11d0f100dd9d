package op

import (
	"fmt"
	"math/bits"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// How often a row comes or goes is an int64, which may be anything. What adds such numbers up keeps them within ±2^62, or says
// that they can't be counted: so that the difference of two fits, too.

// maxTimes is how often the rows of an epoch may come and go, and how many rows there may be of a group. With both no count leaves its 64 bits,
// and the order of the rows doesn't show.
const maxTimes = 1 << 62

// plusTimes is a number and how often a batch's rows come and go, or maxTimes + 1 if that is more.
func plusTimes(sum uint64, b *vec.Batch) uint64 {
	for k := range b.Rows() {
		sum = min(sum+min(magnitude(b.Diff[b.Row(k)]), maxTimes+1), maxTimes+1)
	}
	return sum
}

// checkTimes is an error if an epoch's rows come and go so often that they can't be counted; sum is as plusTimes has it.
func checkTimes(env *Env, sum uint64) error {
	if sum <= maxTimes {
		return nil
	}
	return fmt.Errorf("%s: the rows of an epoch come and go more than %d times (2^62) in all, more than can be counted", env.Name, maxTimes)
}

// addTimes is a + b, and whether it can be counted: it is within ±maxTimes.
func addTimes(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (a^sum)&(b^sum) >= 0 && magnitude(sum) <= maxTimes
}

// timesError is the error about row i of b, of which there are more, or more results, than can be counted.
func timesError(env *Env, schema *plan.Schema, b *vec.Batch, i int) error {
	return fmt.Errorf("%s: a row, or what it has matches with, is there more than %d times (2^62), more than can be counted: %s", env.Name, maxTimes, rowText(schema, b, i))
}

// mulTimes is a · b, and whether it fits.
func mulTimes(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > 1<<63-1 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
