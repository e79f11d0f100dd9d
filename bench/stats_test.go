package bench

import (
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{5, 1}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 9, 2}, 3}} {
		before := append([]float64(nil), c.values...)
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %v", c.values, got)
		}
		for i := range before {
			if before[i] != c.values[i] {
				t.Errorf("%v was sorted", before)
			}
		}
	}
}

func TestGeometricMean(t *testing.T) {
	if got := geometricMean([]float64{0.5, 2, 8}); math.Abs(got-2) > 1e-12 {
		t.Errorf("%v", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 10_000_000: "10,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}

func TestStatusKiB(t *testing.T) {
	const status = "Name:\tpwcol\nVmHWM:\t  123456 kB\nRssFile:\t     789 kB\nThreads:\t3\n"
	if statusKiB(status, "VmHWM") != 123456 || statusKiB(status, "RssFile") != 789 || statusKiB(status, "VmPeak") != 0 {
		t.Error("wrong")
	}
	if cpuSeconds() <= 0 {
		t.Error("no CPU time")
	}
}
