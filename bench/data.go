package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// dataset names a generated input.
type dataset int

const (
	seedCSV dataset = iota
	seedParquet
	groupByParquet
)

// Data is a folder of generated inputs, which are made when they are first asked for.
type Data struct {
	Dir string
	// Python, if not "", is a Python with pyarrow: it writes the Parquet files, so that no engine reads its own. Without
	// it pwcol does, into files of other names.
	Python  string
	Scripts string // folder of make_data.py
	// Log says what is being made.
	Log func(format string, args ...any)
}

// DefaultDataDir is a folder for generated inputs in the user's cache.
func DefaultDataDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "pwcol-bench")
}

// Seed is the CSV file of the seed workload with that many rows.
func (d *Data) Seed(ctx context.Context, rows int) (string, error) {
	return d.csv(ctx, "seed", rows, WriteSeed)
}

func (d *Data) file(ctx context.Context, what dataset, rows int) (string, error) {
	switch what {
	case seedCSV:
		return d.Seed(ctx, rows)
	case seedParquet:
		csv, err := d.Seed(ctx, rows)
		if err != nil {
			return "", err
		}
		return d.parquet(ctx, "seed", csv)
	default:
		csv, err := d.csv(ctx, "groupby", rows, WriteGroupBy)
		if err != nil {
			return "", err
		}
		return d.parquet(ctx, "groupby", csv)
	}
}

// csv is the generated file of that name, which is made under another one and renamed.
func (d *Data) csv(ctx context.Context, name string, rows int, write func(io.Writer, int) error) (path string, err error) {
	path = filepath.Join(d.Dir, fmt.Sprintf("%s-%d.csv", name, rows))
	if exists(path) {
		return path, nil
	}
	d.Log("generating %s", path)
	if err := os.MkdirAll(d.Dir, 0o777); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(d.Dir, ".unfinished-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(&cancellable{ctx, f}, rows); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	return path, os.Rename(f.Name(), path)
}

// cancellable writes until ctx is done.
type cancellable struct {
	ctx context.Context
	w   io.Writer
}

func (c *cancellable) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// parquet is the Parquet file of a generated CSV file.
func (d *Data) parquet(ctx context.Context, name, csvPath string) (string, error) {
	stem := csvPath[:len(csvPath)-len(".csv")]
	path := stem + ".parquet"
	if d.Python == "" {
		path = stem + ".by-pwcol.parquet"
	}
	if exists(path) {
		return path, nil
	}
	d.Log("generating %s", path)
	if d.Python == "" {
		return path, writeParquet(ctx, name, csvPath, path)
	}
	cmd := exec.CommandContext(ctx, d.Python, filepath.Join(d.Scripts, "make_data.py"), name, csvPath, path)
	said := &lastLine{}
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w", path, said.about(err))
	}
	return path, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
