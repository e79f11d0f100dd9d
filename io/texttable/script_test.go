package texttable_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/texttable"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

var rewrite = flag.Bool("rewrite", false, "write what scripts yield into them, as what is expected")

// positions are the lines of this test's own code, where in a user's plan theirs are.
var positions = regexp.MustCompile(`(\n|^)\w+\.go:\d+: |, \w+\.go:\d+| \(\w+\.go:\d+\)`)

const scripts = "../../testdata/scripts"

// TestScripts runs each script of testdata/scripts as a stream and as a batch; its README says what is in one.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(scripts, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", scripts, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			s := readScript(t, file)
			s.run(t)
			if *rewrite {
				s.write(t)
			}
		})
	}
}

// script is a file cut at lines like "-- input orders".
type script struct {
	file     string
	comment  string
	sections []section
}

type section struct {
	kind, name string // "input", "orders"
	text       string
}

// sectionKinds are those that there are: what isn't looked at couldn't fail.
var sectionKinds = []string{"input", "upserts", "plan", "explain", "changes", "table", "batch", "error"}

func readScript(t *testing.T, file string) *script {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{file: file}
	comment, rest, _ := strings.Cut("\n"+string(data), "\n-- ")
	s.comment = strings.TrimPrefix(comment, "\n")
	for _, part := range strings.Split(rest, "\n-- ") {
		head, text, _ := strings.Cut(part, "\n")
		kind, name, _ := strings.Cut(strings.TrimSpace(head), " ")
		switch {
		case !slices.Contains(sectionKinds, kind):
			t.Fatalf("%s: there is no section %q; there are %s", file, "-- "+head, strings.Join(sectionKinds, ", "))
		case s.find(kind, name) != nil:
			t.Fatalf("%s: the section %q is there twice", file, "-- "+head)
		}
		s.sections = append(s.sections, section{kind, name, strings.TrimRight(text, "\n") + "\n"})
	}
	return s
}

func (s *script) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString(s.comment)
	for _, x := range s.sections {
		b.WriteString(strings.TrimRight("\n-- "+x.kind+" "+x.name, " ") + "\n" + x.text)
	}
	if err := os.WriteFile(s.file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// find is the section of that kind and name; nil if there is none.
func (s *script) find(kind, name string) *section {
	for i := range s.sections {
		if s.sections[i].kind == kind && s.sections[i].name == name {
			return &s.sections[i]
		}
	}
	return nil
}

// expect compares what came out with a section, or makes the section say it.
func (s *script) expect(t *testing.T, kind, name, got string) {
	t.Helper()
	x := s.find(kind, name)
	got = positions.ReplaceAllString(got, "$1")
	switch {
	case x == nil:
	case *rewrite:
		x.text = got
	case x.text != got:
		t.Errorf("-- %s %s: got\n%s\nwant\n%s", kind, name, got, x.text)
	}
}

func (s *script) run(t *testing.T) {
	plan := s.find("plan", "")
	if plan == nil {
		t.Fatal(`there is no section "-- plan"`)
	}
	outputs := s.outputs()
	stream, err := s.record(t, plan.text, outputs, false)
	if err != nil {
		s.expect(t, "error", "", err.Error()+"\n")
		if s.find("error", "") == nil {
			t.Error(err)
		}
		return
	}
	if s.find("error", "") != nil {
		t.Error("expected an error, there was none")
	}
	batch, err := s.record(t, plan.text, outputs, true)
	if err != nil {
		t.Fatalf("as a batch: %v", err)
	}
	for _, name := range outputs {
		s.expect(t, "changes", name, stream[name].Changes())
		s.expect(t, "table", name, stream[name].Table(-1))
		if s.find("batch", name) != nil {
			s.expect(t, "batch", name, batch[name].Table(-1))
		} else if got, want := batch[name].Table(-1), stream[name].Table(-1); got != want {
			t.Errorf("%s: the batch yields\n%s\nthe stream's changes add up to\n%s", name, got, want)
		}
	}
}

// outputs is the names of the tables that something is expected of.
func (s *script) outputs() []string {
	names := map[string]bool{}
	for _, x := range s.sections {
		if x.kind == "changes" || x.kind == "table" || x.kind == "batch" || x.kind == "explain" {
			names[x.name] = true
		}
	}
	if len(names) == 0 {
		names["out"] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// record runs the plan and records its outputs.
func (s *script) record(t *testing.T, text string, outputs []string, batch bool) (map[string]*texttable.Recorder, error) {
	tables, err := interpret(text, s.inputs(batch))
	if err != nil {
		return nil, err
	}
	recorders := map[string]*texttable.Recorder{}
	var writes []pw.Output
	for _, name := range outputs {
		table, ok := tables[name]
		if !ok {
			return nil, fmt.Errorf("the plan has no table %q", name)
		}
		if !batch {
			if n, err := table.Plan(); err == nil {
				s.expect(t, "explain", name, plan.Explain(n))
			}
		}
		recorders[name] = &texttable.Recorder{}
		writes = append(writes, recorders[name].Output(table))
	}
	// In the bubble it is the year 2000, and the rows of a time come a second after those of the one before.
	synctest.Test(t, func(t *testing.T) {
		err = microbatch.Config{Threads: 2, Autocommit: time.Second, Test: op.TestSettings{PoisonLent: true}}.Run(t.Context(), writes...)
	})
	return recorders, err
}

// inputs is the script's tables: sections "input NAME", or "upserts NAME by KEY".
func (s *script) inputs(batch bool) map[string]*pw.Table {
	var times []int64
	for _, x := range s.sections {
		if x.kind == "input" || x.kind == "upserts" {
			times = append(times, texttable.TimesOf(x.text)...)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	tables := map[string]*pw.Table{}
	for _, x := range s.sections {
		if x.kind != "input" && x.kind != "upserts" {
			continue
		}
		options := []texttable.Option{texttable.Times(times...)}
		name, keys, _ := strings.Cut(x.name, " by ")
		if x.kind == "upserts" {
			options = append(options, texttable.Upserts(strings.Split(keys, ", ")...))
		}
		if batch {
			options = append(options, texttable.AsBatch())
		}
		tables[name] = texttable.Read(x.text, options...)
	}
	return tables
}
