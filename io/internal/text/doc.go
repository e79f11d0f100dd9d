// Package text reads files of rows of text, of whatever format, with all workers at once.
//
// A connector makes an Input of each file, which knows where the first row begins, and brings a Format, which finds where rows begin and
// parses them:
//
//	src := text.NewSource(text.Options{Step: "csv.Read", Format: f}, env, scan, inputs)
//
// A file that isn't packed is cut into chunks of a megabyte, and workers take one each; the worker on a chunk learns where its first row begins from the
// one on the chunk before, who finds its end before it parses anything. Nothing is guessed, and no file is read twice. Packed
// files and standard input are unpacked by one goroutine and parsed by all workers.
//
// Files that grow are a stream: one goroutine asks package watch in intervals which have, and cuts what is new into pieces of whole rows, which wait, in a bounded
// queue, for the next epoch (NewStream).
//
// Bad rows are dealt with here, too: counted, rejected, or an error that names file and line.
package text
