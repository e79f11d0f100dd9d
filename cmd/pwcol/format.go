package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// format is how a file is written.
type format string

const (
	formatCSV     format = "csv"
	formatJSON    format = "jsonl"
	formatParquet format = "parquet"
)

// endings of the formats. "-" is standard input or output: CSV, which can be read and written from start to end.
var endings = map[format][]string{
	formatCSV:     {".csv", ".tsv", ".txt", "-"},
	formatJSON:    {".jsonl", ".ndjson"},
	formatParquet: {".parquet", ".pq"},
}

// compressions are endings that stand behind the format's. What a file really is, its content says.
var compressions = []string{".gz", ".gzip", ".zst", ".zstd"}

// formatOf is the format that was asked for or, if none was, that of the file's ending.
func formatOf(path, asked, flag string) (format, error) {
	if asked != "" {
		return format(asked), nil
	}
	if path == "" {
		return "", errors.New("the name of a file is empty")
	}
	ending := endingOf(path)
	for f, list := range endings {
		if slices.Contains(list, ending) {
			return f, nil
		}
	}
	return "", fmt.Errorf("%s: the ending doesn't say the format: add --%s=csv, --%s=jsonl or --%s=parquet", path, flag, flag, flag)
}

// endingOf is the ending of a file's name, in small letters, without that of a compression; "-" stays as it is.
func endingOf(path string) string {
	if path == "-" {
		return path
	}
	if ext := strings.ToLower(filepath.Ext(path)); slices.Contains(compressions, ext) {
		path = path[:len(path)-len(ext)]
	}
	return strings.ToLower(filepath.Ext(path))
}
