// Package csv reads and writes files of comma-separated values.
//
//	t := csv.Read("data/input.csv")                                     // columns as the file has them
//	t := csv.Read("data/2024-*.csv.gz", schema, csv.NullTexts("NA"))    // several files, packed, columns as declared
//	out := csv.Write(t, "data/output.csv")
//	err := microbatch.Run(ctx, out)
//
// # Reading
//
// The path is a file, a glob, a directory (its files that end in .csv, .tsv or .txt, perhaps with .gz or .zst behind) or "-" for
// standard input. Files are read in the order of their names, as one table; gzip and zstd are known by their content. Every
// file must have the same columns; with a header they may come in any order.
//
// Without a schema the columns' types are found from a sample of the first file, see Infer. A file that
// turns out to hold something else further down ends the run with an error that says so.
//
// What is a row and what is NULL is said in package io/format/csv: RFC 4180, with blank lines skipped; the empty field
// is NULL and "" is the empty string.
//
// A row that can't be read is dealt with as OnBadRow says: it ends the run (the default), is left out and counted, or
// becomes a row of the table's Rejected. Only what is used is looked at: a field of a column that the program doesn't use, or of
// a row that a filter on other columns leaves out, is not parsed and can't be bad. Every row must have its number of fields all the same.
//
// # How files are read in parallel
//
// A file that isn't packed is cut into chunks of a megabyte, and workers take one each. A worker has to know where its first
// row begins, which depends on all quotes before; it learns it from the worker on the chunk before, who finds its end before it
// parses anything (format/csv's Splitter). Nothing is guessed, and no file is read twice. Packed files and standard input
// are unpacked by one goroutine and parsed by all workers.
//
// # Watching
//
// Watch is a stream of the rows that files get: see there. A file is known by its inode, so one that is renamed is not read again; one that is written anew
// is an error, unless Rewritten says what is to become of its old rows.
//
// # Writing
//
// In a batch the file appears, whole, when the run has succeeded; a file that was there is replaced then, and not before. Rows are
// written in the order of the input, where the table has one. On a stream each epoch adds its rows to the file.
package csv
