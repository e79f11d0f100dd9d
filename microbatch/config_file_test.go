package microbatch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

func readConfig(t *testing.T, text string) (microbatch.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pwcol.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return microbatch.ReadConfig(path)
}

func TestReadConfig(t *testing.T) {
	t.Setenv("PGPASSWORD", "secret")
	c, err := readConfig(t, `
executor:   {num_threads: 4, max_memory: 8GB, temp_dir: /var/tmp, autocommit: 100ms,
             max_epoch_rows: 1000, inconsistent: skip, sink_retries: 3, log_interval: 1m}
state:      {storage: local, path: ./state, checkpoint_interval: 60s, allow_drop: true}
connectors:
  kafka:    {bootstrap_servers: "localhost:9092", consumer_group: pwcol}
  postgres: {host: localhost, port: 5432, user: pwcol, password: ${PGPASSWORD}, database: pwcol_db}
`)
	if err != nil {
		t.Fatal(err)
	}
	var pg struct {
		Host     string `setting:"host"`
		Port     int    `setting:"port"`
		User     string `setting:"user"`
		Password string `setting:"password"`
		Database string `setting:"database"`
	}
	if err := c.Connectors["postgres"].Decode(&pg); err != nil || pg.Password != "secret" {
		t.Errorf("%+v, %v", pg, err)
	}
	if c.Connectors["kafka"] == nil {
		t.Error("no settings of kafka")
	}
	if c.Threads != 4 || c.MaxMemory != 8e9 || c.TempDir != "/var/tmp" || c.Autocommit != 100*time.Millisecond || c.MaxEpochRows != 1000 ||
		c.Inconsistent != pw.Skip || c.SinkRetries != 3 || c.LogInterval != time.Minute {
		t.Errorf("executor: %+v", c)
	}
	if want := (microbatch.State{Path: "./state", CheckpointInterval: time.Minute, AllowDrop: true}); c.State != want {
		t.Errorf("state: %+v, want %+v", c.State, want)
	}
}

func TestReadConfigMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"executor: {num_thread: 4}":                       "pwcol.yaml:1:12: there is no setting num_thread in executor; did you mean num_threads?",
		"state: {storage: s3, path: a}":                   `pwcol.yaml:1:18: state.storage: there is no storage "s3": write local`,
		"state: {checkpoint_interval: 1s}":                "pwcol.yaml:1:8: state: there is no path",
		"state: {path: a, checkpoint_interval: -1s}":      "checkpoint_interval (-1s) must not be negative",
		"executor: {inconsistent: reject}":                `pwcol.yaml:1:26: executor.inconsistent: "reject" is neither fail nor skip`,
		"executor: {num_threads: -1}":                     "threads (-1)",
		"executor: {max_memory: 5 apples}":                `executor.max_memory: "5 apples" is not a size`,
		"state: {path: ${PWCOL_TEST_NONE}}":               "the environment variable PWCOL_TEST_NONE is not set",
		"executor: {num_threads: x}\nstate: {storage: y}": "pwcol.yaml:2:18",
	} {
		if _, err := readConfig(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n  got  %v\n  want %s", text, err, want)
		}
	}
}
