package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/pwcol/pwcol/bench"
)

// benchCompareCmd measures pwcol side by side with its peers.
type benchCompareCmd struct {
	dataFlag
	Rows     int      `default:"10000000" help:"Rows of the inputs; by default 10,000,000." placeholder:"N"`
	Rounds   int      `default:"5" help:"Rounds that are measured, after one to warm up."`
	Only     []string `help:"Queries to run, or starts of their names (seed, groupby); by default all." placeholder:"QUERY"`
	Engines  []string `help:"Engines to compare pwcol with; by default those that are installed." placeholder:"NAME"`
	Python   string   `help:"Python that has the peers; by default that of .venv here or in a folder above." placeholder:"FILE"`
	Out      string   `help:"Folder for results, which are removed; on a memory disk, how fast the disk is doesn't count. By default that for temporary files." placeholder:"DIR" type:"path"`
	JSON     string   `name:"json" help:"Write the report as JSON, too." placeholder:"FILE" type:"path"`
	Markdown string   `help:"Write the report as Markdown, too." placeholder:"FILE" type:"path"`
}

// Help is what --help says below the flags.
func (benchCompareCmd) Help() string {
	return `Examples:
  bench/peers/setup.sh && pwcol bench compare
  pwcol bench compare --only seed_csv,groupby --rounds 7
  pwcol bench compare --rows 1000000 --engines duckdb --markdown report.md

bench/peers/setup.sh installs the peers into .venv.

Queries: ` + strings.Join(queryNames(), ", ") + `.

Engines: pwcol, ` + strings.Join(bench.PeerNames(), ", ") + `; --engines pwcol runs pwcol alone.

Of all engines only pwcol syncs its results to the disk, so that they are there whole or not at all; --out /dev/shm takes
the disk out of the comparison.`
}

func queryNames() []string {
	var names []string
	for _, q := range bench.Queries() {
		names = append(names, q.Name)
	}
	return names
}

// Run measures and prints the report. Engines that disagree, or fail, make it fail.
func (c *benchCompareCmd) Run(ctx context.Context, io console, s *Settings) error {
	queries, err := bench.Select(c.Only)
	if err != nil {
		return err
	}
	if c.Rounds < 1 || c.Rows < 1 {
		return fmt.Errorf("--rounds=%d --rows=%d: there is at least one of each", c.Rounds, c.Rows)
	}
	scripts, err := os.MkdirTemp("", "pwcol-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scripts)
	compare, err := c.comparison(io, s, scripts)
	if err != nil {
		return err
	}
	report, err := compare.Run(ctx, queries)
	if err != nil {
		return err
	}
	if err := c.write(io, report); err != nil {
		return err
	}
	if n := len(report.Problems); n > 0 {
		return fmt.Errorf("%d problems, the first: %s", n, report.Problems[0])
	}
	return nil
}

// comparison is pwcol and the engines that were asked for or, if none were, those that are there.
func (c *benchCompareCmd) comparison(io console, s *Settings, scripts string) (*bench.Compare, error) {
	self, err := selfCommand(s)
	if err != nil {
		return nil, err
	}
	threads := s.Threads
	if threads == 0 {
		threads = runtime.NumCPU()
	}
	compare := &bench.Compare{
		Engines: []bench.Command{self}, Rows: c.Rows, Rounds: c.Rounds, Threads: threads, Data: c.data(io), OutDir: c.Out, Log: logTo(io),
	}
	job := func(in, out string) []string { return []string{self.Args[0], "bench", "job", "seed_csv", in, out} }
	compare.Whole = []bench.Whole{{Name: "pwcol", Version: version(), Args: job}}

	peers, err := c.peers()
	if err != nil || len(peers) == 0 {
		return compare, err
	}
	python, err := c.python()
	if err != nil {
		return nil, err
	}
	if err := bench.UnpackPeers(scripts); err != nil {
		return nil, err
	}
	compare.Data.Python, compare.Data.Scripts = python, scripts
	for _, name := range peers {
		compare.Engines = append(compare.Engines, bench.PeerCommand(python, scripts, name, threads))
	}
	if program := duckdbProgram(python); program != "" && slices.Contains(peers, "duckdb") {
		compare.Whole = append(compare.Whole, bench.DuckDBProgram(program))
	}
	return compare, nil
}

// peers is the engines besides pwcol.
func (c *benchCompareCmd) peers() ([]string, error) {
	known := bench.PeerNames()
	if len(c.Engines) == 0 {
		return known, nil
	}
	var peers []string
	for _, name := range c.Engines {
		switch {
		case name == "pwcol":
		case slices.Contains(known, name):
			peers = append(peers, name)
		default:
			return nil, fmt.Errorf("there is no engine %q; there are pwcol, %s", name, strings.Join(known, ", "))
		}
	}
	return peers, nil
}

// python is the Python that has the peers.
func (c *benchCompareCmd) python() (string, error) {
	if c.Python != "" {
		return c.Python, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		for _, program := range []string{".venv/bin/python", ".venv/Scripts/python.exe"} {
			if path := filepath.Join(dir, filepath.FromSlash(program)); isFile(path) {
				return path, nil
			}
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", errors.New("the peers aren't installed: run bench/peers/setup.sh, name a Python that has them (--python), or run pwcol alone (--engines pwcol)")
		}
		dir = above
	}
}

// duckdbProgram is DuckDB's own program in the virtual environment of that Python: the binary, not the script in bin that
// starts Python to start it. "" if it isn't there.
func duckdbProgram(python string) string {
	top := filepath.Dir(filepath.Dir(python))
	found, err := filepath.Glob(filepath.Join(top, "lib", "python*", "site-packages", "duckdb_cli", "duckdb"))
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0]
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (c *benchCompareCmd) write(io console, report *bench.Report) error {
	if c.JSON != "" {
		if err := writeJSON(c.JSON, report); err != nil {
			return err
		}
	}
	if c.Markdown != "" {
		if err := writeFile(c.Markdown, func(f *os.File) error { return report.WriteMarkdown(f) }); err != nil {
			return err
		}
	}
	return report.WriteText(io.stdout)
}
