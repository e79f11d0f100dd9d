package bench

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/microbatch"
)

// TestNexmarkCase: what a query yields adds up to the same, however the events are cut, with one worker or two.
func TestNexmarkCase(t *testing.T) {
	for _, query := range []string{"q0", "q3", "q4", "q17", "q18"} {
		var first NexmarkFigures
		for i, c := range []NexmarkCase{{Commit: 30_000, Queue: 1}, {Commit: 700, Queue: 2_000}, {Commit: 5_000, Offered: 300_000}} {
			c.Query, c.Events = query, 30_000
			f, err := c.Run(t.Context(), microbatch.Config{Threads: 1 + i%2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = f
			}
			if f.Sum != first.Sum || f.Rows == 0 || f.Sum == 0 {
				t.Errorf("%s, %+v: %d rows with the sum %x, before it was %x", query, c, f.Rows, f.Sum, first.Sum)
			}
			if f.P50 <= 0 || f.P50 > f.P99 || f.P99 > f.Max || f.CPU < 0 || f.Seconds <= 0 || f.Epochs == 0 {
				t.Errorf("%s, %+v: %+v", query, c, f)
			}
			if query == "q0" && f.Rows != 30_000*46/50 {
				t.Errorf("of 30,000 events %d are bids", f.Rows)
			}
		}
	}
}

func TestNexmarkCaseRefusesUnknownQueries(t *testing.T) {
	_, err := NexmarkCase{Query: "q99", Events: 1}.Run(t.Context(), microbatch.Config{}, nil)
	if err == nil || !strings.Contains(err.Error(), `there is no query "q99"; there are q0, q1`) {
		t.Errorf("got %v", err)
	}
}

func TestWriteNexmarkText(t *testing.T) {
	line := NexmarkLine{
		Query: "q5", Case: NexmarkCase{Events: 10_000_000}, F: NexmarkFigures{Seconds: 2, CPU: 4, Rows: 1234, Epochs: 100, Peak: 5e6, State: 3e6},
		Offered: 2_500_000, Latency: Latencies{P50: 1.25, P99: 7, Max: 9},
	}
	var out bytes.Buffer
	if err := WriteNexmarkText(&out, []NexmarkLine{line}); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(strings.Split(out.String(), "\n")[1]), " ")
	if want := "q5 2,500 22 868 5,000 2.00 1,234 100 5 3 2,500 1.2 7.0 9.0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
