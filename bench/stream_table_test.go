package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeCase runs no stream: it needs half a core, of which the generator takes a fifth, and sustains 3,000,000 rows/s. "failing" doesn't run,
// "hanging" doesn't end.
func fakeCase(how, text string) {
	var c StreamCase
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		panic(err)
	}
	switch how {
	case "failing":
		fmt.Fprintln(os.Stderr, "no module named pathway")
		os.Exit(1)
	case "hanging":
		time.Sleep(time.Minute)
	}
	f := StreamFigures{Seconds: c.Duration.Seconds(), CPU: 0.5 * c.Duration.Seconds(), Given: 1000, Processed: 1000, Peak: 20e6, Epochs: 300}
	f.Latencies = Latencies{P50: 1, P95: 2, P99: 3, Max: 4, Late: 1}
	if c.Rate > 3_000_000 {
		f.Latencies = Latencies{P50: 100, P95: 200, P99: 300, Max: 400, Late: 20}
	}
	if c.Alone {
		f.CPU, f.Latencies = 0.2*c.Duration.Seconds(), Latencies{}
	}
	if err := json.NewEncoder(os.Stdout).Encode(f); err != nil {
		panic(err)
	}
}

// fakeTable measures fakes.
func fakeTable(how string) *StreamTable {
	return &StreamTable{
		Self: []string{os.Args[0], "case", "good"}, Rates: []int{100, 200}, Ticks: []time.Duration{time.Millisecond, 100 * time.Millisecond},
		Duration: 30 * time.Second, Peers: map[string][]string{"other": {os.Args[0], "case", how}}, Log: func(string, ...any) {},
	}
}

func TestStreamTable(t *testing.T) {
	table := fakeTable("good")
	table.Search = true
	lines, err := table.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprintf("%s %s %d %s %.0f", l.Engine, l.Mode, l.Case.Rate, l.Case.Tick, l.OwnCPU))
	}
	want := []string{
		"pwcol stream 100 1ms 30", "other stream 100 1ms 30", "pwcol stream 200 1ms 30", "other stream 200 1ms 30",
		"pwcol stream 100 100ms 30", "other stream 100 100ms 30", "pwcol stream 200 100ms 30", "other stream 200 100ms 30",
		"pwcol sustainable, source of columns 3000000 1ms 30", "pwcol sustainable, source of single rows 3000000 1ms 30",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestStreamTableWithoutPeer: a peer that doesn't run has no lines.
func TestStreamTableWithoutPeer(t *testing.T) {
	table, said := fakeTable("failing"), ""
	table.Log = func(format string, args ...any) { said += fmt.Sprintf(format, args...) }
	lines, err := table.Run(t.Context())
	if err != nil || len(lines) != 4 || !strings.Contains(said, "no module named pathway") {
		t.Errorf("%d lines, %v; said: %s", len(lines), err, said)
	}
}

func TestStreamTableChecksFirst(t *testing.T) {
	for _, change := range []func(*StreamTable){
		func(s *StreamTable) { s.Rates[1] = 0 }, func(s *StreamTable) { s.Ticks[1] = -1 }, func(s *StreamTable) { s.Duration = 1 },
	} {
		table := fakeTable("good")
		change(table)
		if lines, err := table.Run(t.Context()); err == nil || len(lines) > 0 {
			t.Errorf("%d lines, %v", len(lines), err)
		}
	}
}

func TestStreamTableIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	table := fakeTable("hanging")
	table.Log = func(format string, _ ...any) {
		if strings.HasPrefix(format, "%s, %s rows/s") { // the first case is done, its peer is next
			time.AfterFunc(50*time.Millisecond, cancel)
		}
	}
	if lines, err := table.Run(ctx); err != context.Canceled || len(lines) != 1 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

func TestHighest(t *testing.T) {
	for most, want := range map[int]int{62_499: 0, 62_500: 62_500, 700_000: 687_500, 1_000_000: 1_000_000, 3_000_000: 3_000_000, 9_900_000: 9_500_000} {
		found := 0
		err := highest(func(rate int) (bool, error) {
			if rate <= most {
				found = max(found, rate)
			}
			return rate <= most, nil
		})
		if err != nil || found != want {
			t.Errorf("of %d it finds %d, want %d; %v", most, found, want, err)
		}
	}
}

// A terminal is 80 columns wide, and the table is for one.
const terminal = 80

func TestWriteStreamText(t *testing.T) {
	c := StreamCase{Rate: 1_000_000, Tick: 100 * time.Millisecond}
	f := StreamFigures{Seconds: 30, Given: 30_000_000, Processed: 29_999_999, Peak: 237e6, Epochs: 30_000, Latencies: Latencies{P50: 1.25, P95: 2, P99: 210, Max: 1234.5}}
	most := c
	most.Rate = 124_000_000
	var out bytes.Buffer
	err := WriteStreamText(&out, []StreamLine{
		{Engine: "pwcol", Mode: "stream", Case: c, F: f, OwnCPU: 12.34},
		{Engine: "pathway", Mode: "stream", Case: c, F: f, OwnCPU: 100},
		{Engine: "pwcol", Mode: sustainedRows, Case: most, F: f, OwnCPU: 170},
	})
	if err != nil {
		t.Fatal(err)
	}
	narrow(t, out.String())
	lines := strings.Split(out.String(), "\n")
	for i, want := range map[int]string{
		2: "pwcol 1,000,000 100ms 100.0 12.3 237 1000 1.25 2.00 210.00 1234.50", 4: "pwcol** 124,000,000 100ms 100.0 170.0 237 1000 1.25 2.00 210.00 1234.50",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func narrow(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if len(line) > terminal+1 { // its end
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

func TestWriteStreamCSV(t *testing.T) {
	l := StreamLine{Engine: "pwcol", Mode: "stream", Case: StreamCase{Rate: 500, Tick: 500 * time.Microsecond}, OwnCPU: 0.128}
	l.F = StreamFigures{Seconds: 2, Given: 1000, Processed: 1000, Peak: 20e6, Epochs: 300, Latencies: Latencies{P50: 1, P95: 2, P99: 3.0625, Max: 4}}
	var out bytes.Buffer
	if err := WriteStreamCSV(&out, []StreamLine{l}); err != nil {
		t.Fatal(err)
	}
	const want = `engine,mode,rate,tick_ms,duration,throughput,given_records,processed_records,own_cpu_percent,peak_memory_mb,epochs_per_second,p50_ms,p95_ms,p99_ms,max_ms
pwcol,stream,500,0.5,2.000,500,1000,1000,0.13,20.0,150,1.000,2.000,3.062,4.000
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
