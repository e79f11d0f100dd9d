package bench

import (
	"testing"
	"time"

	"github.com/pwcol/pwcol/microbatch"
)

func TestStreamCaseProcessesWhatItIsGiven(t *testing.T) {
	for _, rows := range []bool{false, true} {
		f, err := StreamCase{Rate: 50_000, Tick: 10 * time.Millisecond, Duration: 300 * time.Millisecond, Rows: rows}.Run(t.Context(), microbatch.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Given != 15_000 || f.Processed != f.Given || f.Epochs < 2 || f.P50 <= 0 || f.P50 > f.P99 || f.P99 > f.Max {
			t.Errorf("%+v", f)
		}
	}
}
