package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is what the tests' files may hold: the shape of pwcol's own.
type program struct {
	Executor   executor         `setting:"executor"`
	State      *state           `setting:"state"`
	Connectors map[string]*Node `setting:"connectors"`
}

type executor struct {
	Threads   int     `setting:"num_threads"`
	MaxMemory Size    `setting:"max_memory"`
	Share     float64 `setting:"share"`
	Verbose   bool    `setting:"verbose"`
	Seed      uint8   `setting:"seed"`
	private   int
}

type state struct {
	Path     string        `setting:"path"`
	Interval time.Duration `setting:"checkpoint_interval"`
}

type postgres struct {
	Host     string   `setting:"host"`
	Port     int      `setting:"port"`
	Password string   `setting:"password"`
	Hosts    []string `setting:"hosts"`
}

func environment(name string) (string, bool) {
	value, ok := map[string]string{"PGPASSWORD": "s3cr: {t}", "EMPTY": "", "PORT": "hunter2"}[name]
	return value, ok
}

func read(t *testing.T, text string) (program, error) {
	t.Helper()
	root, err := Parse("job.yaml", []byte(text), environment)
	if err != nil {
		return program{}, err
	}
	p := program{Executor: executor{Threads: 7, private: 1}}
	return p, root.Decode(&p)
}

func TestAFile(t *testing.T) {
	p, err := read(t, `
executor:   {num_threads: 4, max_memory: 8GB, share: 0.5, verbose: true, seed: 255}
state:      {path: ./state, checkpoint_interval: 60s}
connectors:
  postgres: &pg {host: "$${host}", port: 5432, password: ${PGPASSWORD}, hosts: [a, "${NONE:-b c}", "${EMPTY:-d}", "x${EMPTY}y"]}
  other: *pg
`)
	if err != nil {
		t.Fatal(err)
	}
	if want := (executor{4, 8e9, 0.5, true, 255, 1}); p.Executor != want {
		t.Errorf("executor: %+v, want %+v", p.Executor, want)
	}
	if want := (state{"./state", time.Minute}); *p.State != want {
		t.Errorf("state: %+v, want %+v", p.State, want)
	}
	for _, kind := range []string{"postgres", "other"} {
		var pg postgres
		if err := p.Connectors[kind].Decode(&pg); err != nil {
			t.Fatal(err)
		}
		if pg.Host != "${host}" || pg.Port != 5432 || pg.Password != "s3cr: {t}" || strings.Join(pg.Hosts, "|") != "a|b c|d|xy" {
			t.Errorf("%s: %+v", kind, pg)
		}
	}
}

func TestWhatIsNotThereStays(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "executor:\n", "executor: {}", "executor: {num_threads: }", "---\nexecutor: {num_threads: ~}"} {
		p, err := read(t, text)
		if err != nil || p.Executor.Threads != 7 || p.State != nil {
			t.Errorf("%q: %+v, %v", text, p, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"executor: {num_thread: 4}", "job.yaml:1:12: there is no setting num_thread in executor; did you mean num_threads?"},
		{"executr: {}", "job.yaml:1:1: there is no setting executr; did you mean executor?"},
		{"zzz: 1", "The settings are: executor, state, connectors"},
		{"executor: 4", "job.yaml:1:11: executor: is a value, expected a mapping"},
		{"executor: [4]", "executor: is a list, expected a mapping"},
		{"- executor", "job.yaml:1:1: is a list, expected a mapping"},
		{"executor:\n  num_threads: four", `job.yaml:2:16: executor.num_threads: "four" is not a whole number`},
		{"executor: {num_threads: 4.5}", `"4.5" is not a whole number`},
		{"executor: {num_threads: {a: 1}}", "executor.num_threads: is a mapping, expected a whole number"},
		{"executor: {seed: 256}", `"256" is not a whole number`},
		{"executor: {share: much}", `"much" is not a number`},
		{"executor: {verbose: yes}", `"yes" is not true or false`},
		{"executor: {max_memory: lots}", `"lots" is not a size: write 512MB`},
		{"executor: {max_memory: -1GB}", `"-1GB" is not a size`},
		{"state: {checkpoint_interval: 60}", `"60" is not a duration: write 500ms, 60s`},
		{"state: {path: ${NOWHERE}}", "job.yaml:1:15: state.path: the environment variable NOWHERE is not set"},
		{"state: {path: '${PGPASSWORD'}", "a ${ has no }"},
		{"state: {path: '${a b}'}", "${a b} is no name of a variable"},
		{"executor: {num_threads: 1}\nexecutor: {num_threads: 2}", "job.yaml:2:1: executor is there a second time; the first is in line 1"},
		{"state: {path: a}\n---\nstate: {path: b}", "job.yaml:2:1: a second document begins here"},
		{"state: {path: a", "job.yaml:1:1: this isn't YAML"},
		{"state: {path: \"${PGPASSWORD}\", checkpoint_interval: 1x}", "job.yaml:1:53: state.checkpoint_interval"},
		{"a: b: c", "this isn't YAML"},
		{"state: *nowhere", "this isn't YAML: unknown anchor"},
		{"executor: {num_threads: a, share: b}", "job.yaml:1:35: executor.share"},
	} {
		_, err := read(t, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q:\n  got  %v\n  want %s", c.text, err, c.want)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	root, err := Parse("job.yaml", []byte("host: {a: hunter2}\nport: ${PORT}\npassword: [hunter2]\nhosts: hunter2"), environment)
	if err != nil {
		t.Fatal(err)
	}
	err = root.Decode(&postgres{})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	if want := "port: the value (not shown) is not a whole number"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	if _, err := ReadFile(path); err == nil {
		t.Error("no error without a file")
	}
	if err := os.WriteFile(path, []byte("state: {path: x}"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var p program
	if err := root.Decode(&p); err != nil || p.State.Path != "x" {
		t.Errorf("%+v, %v", p, err)
	}
	if err := os.WriteFile(path, []byte("#"+strings.Repeat(" ", maxFile)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %v", err)
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, " 4 kb ": 4000, "1.5GiB": 3 << 29, "2T": 2e12, "7m": 7e6, "1tib": 1 << 40, "3mib": 3 << 20, "5b": 5, "1KiB": 1024} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q: %d, %v, want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "NaN", "Inf", "1e30", "GB", "1 XB", "1ib", "1bb"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q: %d, want an error", text, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"executor: {num_threads: 4, max_memory: 8GB}", "state: &a {path: *a}", "a: &a [*a]", "connectors: {kafka: {<<: {a: ${b}}}}", "? [a]\n: b", "\x00", "!!binary x: y",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := Parse("job.yaml", text, environment)
		if err != nil {
			return
		}
		var p program
		err = root.Decode(&p)
		if err != nil && strings.Contains(err.Error(), "hunter2") && !strings.Contains(string(text), "hunter2") {
			t.Errorf("a secret is shown: %v", err)
		}
		for _, n := range p.Connectors {
			_ = n.Decode(&postgres{})
		}
	})
}
