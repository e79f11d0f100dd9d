package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain turns the test program into an engine when it is started as one, "engine NAME HOW", or into
// one that does a job and ends, "job NAME IN OUT", or into one that runs a case of streams, "case HOW CASE".
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "engine" {
		fakeEngine(os.Args[2], os.Args[3])
		os.Exit(0)
	}
	if len(os.Args) == 5 && os.Args[1] == "job" {
		fakeJob(os.Args[2], os.Args[4])
		os.Exit(0)
	}
	if len(os.Args) == 4 && os.Args[1] == "case" {
		fakeCase(os.Args[2], os.Args[3])
		os.Exit(0)
	}
	// The engines are this program: under the race detector it would wait for a second at its end.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// fakeJob is a program that writes a result; "broken" doesn't.
func fakeJob(name, out string) {
	if name == "broken" {
		fmt.Fprintln(os.Stderr, "it broke as it was meant to")
		os.Exit(1)
	}
	if err := os.WriteFile(out, []byte("category,sum\nA,1\n"), 0o666); err != nil {
		panic(err)
	}
}

// fake is the command of an engine that answers without computing.
func fake(name, how string) Command {
	return Command{Name: name, Args: []string{os.Args[0], "engine", name, how}}
}

// fakeEngine answers every query. how is what is odd about it: "good", nothing; "wrong", its results; "failing", it
// answers with errors; "dying", it ends at the first query; "absent", it doesn't start.
func fakeEngine(name, how string) {
	if how == "absent" {
		fmt.Fprintln(os.Stderr, "Traceback: lots of text\nModuleNotFoundError: no module")
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(Hello{Name: name, Version: "1.0", Queries: []string{"seed_csv", "groupby_q1", "groupby_q2", "convert", "parquet_sums"}})
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		var r Request
		if err := json.Unmarshal(requests.Bytes(), &r); err != nil {
			panic(err)
		}
		if log := os.Getenv("PWCOL_BENCH_TEST_LOG"); log != "" {
			f, _ := os.OpenFile(log, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o666)
			fmt.Fprintf(f, "%s %s %d\n", name, r.Query, os.Getpid())
			f.Close()
		}
		_ = out.Encode(fakeAnswer(name, how, r))
	}
}

func fakeAnswer(name, how string, r Request) Answer {
	switch how {
	case "failing":
		return Answer{Error: name + ": out of luck"}
	case "dying":
		fmt.Fprintln(os.Stderr, "Segmentation fault")
		os.Exit(3)
	}
	sum := 1.5
	if how == "wrong" {
		sum = 1.6
	}
	if r.Out != "" {
		text := fmt.Sprintf("category,sum\nB,%v\nA,2\n", sum)
		if name == "fast" { // another order of rows, and a sum that is the same but for rounding
			text = fmt.Sprintf("category,sum\nA,2.0\nB,%v\n", sum*(1+1e-12))
		}
		if err := os.WriteFile(r.Out, []byte(text), 0o666); err != nil {
			panic(err)
		}
	}
	a := Answer{Seconds: 0.2, CPU: 0.3, Peak: 50e6, Processed: 1000, Rows: 3, Sums: map[string]float64{"v1": sum}}
	if name == "fast" {
		a.Seconds = 0.1
	}
	if r.Query == "parquet_sums" {
		time.Sleep(time.Millisecond)
		if strings.Contains(r.File, "liar") {
			a.Rows = 4
		}
	}
	return a
}
