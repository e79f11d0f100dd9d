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

func nexmarkLine() NexmarkLine {
	return NexmarkLine{
		Query: "q5", Case: NexmarkCase{Events: 10_000_000, EventRate: 100_000}, F: NexmarkFigures{Seconds: 2, CPU: 4, Rows: 1234, Epochs: 100, Peak: 5e6, State: 3e6},
		Offered: 2_500_000, Latency: Latencies{P50: 1.25, P95: 2, P99: 7, Max: 9},
	}
}

func TestWriteNexmarkText(t *testing.T) {
	unmeasured := nexmarkLine()
	unmeasured.Query, unmeasured.Offered = "q99", 0
	var out bytes.Buffer
	if err := WriteNexmarkText(&out, []NexmarkLine{nexmarkLine(), unmeasured}); err != nil {
		t.Fatal(err)
	}
	narrow(t, out.String())
	lines := strings.Split(out.String(), "\n")
	for i, want := range map[int]string{
		2: "q5 2,500 22 868 5,000 2.00 1,234 100 5 3", 3: "q99 2,500 5,000 2.00 1,234 100 5 3", 6: "q5 2,500 1.2 2.0 7.0 9.0", 7: "",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
	out.Reset()
	if err := WriteNexmarkText(&out, []NexmarkLine{unmeasured}); err != nil || strings.Contains(out.String(), "offered") {
		t.Errorf("without latencies, %v:\n%s", err, out.String())
	}
}

func TestWriteNexmarkCSV(t *testing.T) {
	unmeasured := nexmarkLine()
	unmeasured.Offered = 0
	var out bytes.Buffer
	if err := WriteNexmarkCSV(&out, []NexmarkLine{nexmarkLine(), unmeasured}); err != nil {
		t.Fatal(err)
	}
	const want = `query,events,event_rate,duration,throughput,throughput_per_core,cpu_seconds,rows_out,epochs,peak_memory_mb,state_mb,offered,p50_ms,p95_ms,p99_ms,max_ms
q5,10000000,100000,2.000,5000000,2500000,4.000,1234,100,5.0,3.0,2500000,1.250,2.000,7.000,9.000
q5,10000000,100000,2.000,5000000,2500000,4.000,1234,100,5.0,3.0,,,,,
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
