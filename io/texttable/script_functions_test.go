package texttable_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// Functions that scripts apply.

// square is one of batches.
func square(x, out []float64) error {
	for i := range out {
		out[i] = x[i] * x[i]
	}
	return nil
}

// numbered says something else each time that it is asked.
func numbered(name string) string { return fmt.Sprint(name, " ", calls.Add(1)) }

var calls atomic.Int64

// looksUp waits for its answer.
func looksUp(ctx context.Context, name string) (string, error) {
	select {
	case <-time.After(time.Duration(len(name)) * time.Millisecond):
		return "<" + name + ">", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fails has no answer for negative numbers.
func fails(x float64) (float64, error) {
	if x < 0 {
		return 0, errors.New("no root")
	}
	return math.Sqrt(x), nil
}

func panics(x float64) float64 {
	if x < 0 {
		panic("out of luck")
	}
	return x
}

// moved is that a value is more than a half away from the one that is kept.
func moved(now, kept float64) bool { return math.Abs(now-kept) > 0.5 }
