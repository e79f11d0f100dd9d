// Package jsonlines reads and writes files of JSON lines (NDJSON): an object a line.
//
//	t := jsonlines.Read("events.jsonl")                                        // columns as the first lines have them
//	t := jsonlines.Read("logs/*.jsonl.gz", schema, jsonlines.Path("city", "user", "city"), jsonlines.Epoch("ts", pw.Milli))
//	out := jsonlines.Write(t, "events-of-today.jsonl")
//	err := microbatch.Run(ctx, out)
//
// # Reading
//
// The path is a file, a glob, a directory (its files that end in .jsonl or .ndjson, perhaps with .gz or .zst behind) or "-" for standard input. Files are
// read in the order of their names, as one table; gzip and zstd are known by their content.
//
// A column is the value of a key of the objects, whatever their order; keys that no column has are skipped, and where a key is missing the column is
// NULL. How values become those of columns is said in package io/format/json. Without a schema, columns and their types are found
// from a sample of the first file, see Infer: keys that only come later are not columns then.
//
// A row that can't be read is dealt with as OnBadRow says: it ends the run (the default), is left out and counted, or
// becomes a row of the table's Rejected. Every line must be an object as JSON has it; but only what is used is converted: a value of a
// column that the program doesn't use, or of a row that a filter on other columns leaves out, can't be bad.
//
// Files are read by all workers at once, as package io/internal/text says.
//
// # Watching
//
// Watch is a stream of the rows that files get: see there. A file is known by its inode, so one that is renamed is not read again; one that is written anew
// is an error, unless Rewritten says what is to become of its old rows.
//
// # Writing
//
// In a batch the file appears, whole, when the run has succeeded; a file that was there is replaced then, and not before. Rows are
// written in the order of the input, where the table has one. On a stream each epoch adds its rows to the file. Package io/format/json says how values are written.
package jsonlines
