// Package text reads files of rows of text, of whatever format, with all workers at once.
//
// A connector brings a Format, which finds where the first row of a file begins, where the others do, and parses them:
//
//	f := &text.Files{Path: "data", Endings: []string{".csv", ".csv.gz"}}
//	schema, err := f.Infer(find) // unless one is given
//	src, err := f.Open(text.Options{Step: "csv.Read", Format: format}, env, scan)
//
// A file that isn't packed is cut into chunks of a megabyte, and workers take one each; the worker on a chunk learns where its first row begins from the
// one on the chunk before, who finds its end before it parses anything. Nothing is guessed, and no file is read twice. Packed
// files and standard input are unpacked by one goroutine and parsed by all workers.
//
// Files that grow are a stream: one goroutine asks package watch in intervals which have, and cuts what is new into pieces of whole rows, which wait in the
// bounded queue of package chunks for the next epoch (Growing).
//
// With a state, a poll's range says where its pieces lie in their files, and the stream's position how far the engine has taken each file, which is not as far
// as the goroutine has read. Reread reads the same pieces again, or fails.
//
// Bad rows are dealt with here, too: counted, rejected, or an error that names file and line.
package text
