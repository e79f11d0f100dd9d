// Package files finds the files that a path names and opens them: a file, a glob, a directory or
// standard input, compressed or not.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// File is one file of the input.
type File struct {
	Path string // as it can be opened; Stdin for standard input
	Size int64  // bytes as stored; −1 where it can't be known: standard input, a FIFO, a device
}

// List is the files that path names, ordered by path:
//
//   - "-" is standard input;
//   - what exists under that very name: a file, or a directory, which stands for the files in it, not in its
//     sub-folders, whose names have one of the endings (".csv", ".csv.gz");
//   - else a glob as of filepath.Match ("data/2024-*.csv"), whatever the endings.
//
// Hidden files, whose names start with a dot, are left out of directories and of globs that don't ask
// for a dot. Finding nothing is an error, fs.ErrNotExist to errors.Is.
func List(path string, endings ...string) ([]File, error) {
	if path == Stdin {
		return []File{{Path: Stdin, Size: -1}}, nil
	}
	names, err := Names(path, endings...)
	if err != nil {
		return nil, err
	}
	var out []File
	for _, name := range names {
		if out, err = appendFile(out, name); err != nil {
			return nil, err
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	if isDir(path) {
		return nil, notFound("folder %s holds no files with ending %s", path, strings.Join(endings, ", "))
	}
	return nil, notFound("glob %s matches nothing", path)
}

// Names are the names, ordered, of what path names, as List has it, for those who look at each themselves: there may be folders among them, links
// to nothing, and what has gone since. Of a folder or glob there may be none.
func Names(path string, endings ...string) ([]string, error) {
	if path == "" {
		return nil, errors.New("the path is empty")
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return namesInDir(path, endings)
	case err == nil:
		return []string{path}, nil
	case strings.ContainsAny(path, "*?["):
		return namesOfGlob(path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing(path)
	}
	return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// missing says how much of a path that doesn't exist does.
func missing(path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return notFound("no such file: %s (there is no folder %s)", path, dir)
	}
	return notFound("no such file: %s", path)
}

// notFound is an error that is fs.ErrNotExist, too.
func notFound(format string, args ...any) error {
	return &explained{fmt.Sprintf(format, args...), fs.ErrNotExist}
}

func namesInDir(dir string, endings []string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read folder %s: %w", dir, cause(err))
	}
	var names []string
	for _, e := range entries {
		if !isHidden(e.Name()) && hasEnding(e.Name(), endings) {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}

func namesOfGlob(pattern string) ([]string, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("glob %s is not valid: %w", pattern, err)
	}
	slices.Sort(names)
	if isHidden(filepath.Base(pattern)) {
		return names, nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return isHidden(filepath.Base(name)) }), nil
}

// appendFile appends the file at path; directories are left out.
func appendFile(out []File, path string) ([]File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, cause(err))
	}
	if info.IsDir() {
		return out, nil
	}
	return append(out, fileOf(path, info)), nil
}

func fileOf(path string, info fs.FileInfo) File {
	if !info.Mode().IsRegular() {
		return File{Path: path, Size: -1}
	}
	return File{Path: path, Size: info.Size()}
}

func isHidden(name string) bool { return strings.HasPrefix(name, ".") }

func hasEnding(name string, endings []string) bool {
	lower := strings.ToLower(name)
	return len(endings) == 0 || slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(lower, e) })
}

// cause is the system's own part of an error about a path.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
