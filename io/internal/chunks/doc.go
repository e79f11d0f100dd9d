// Package chunks is what sources have in common whose rows come into being in the process itself: a function's, a generator's, a file's that
// is played again; of files that grow, the Queue. Whoever makes the rows puts them into a Queue, a Chunk at a time; the engine polls the queue, and its workers
// make batches of the chunks by a Reader:
//
//	function → Put ─ Queue ─ Poll → morsels (*Chunk) → Reader.Read → batches
//
// What a chunk's rows are made of, structs or columns, only the connector knows: it gives the Reader an Encoder.
package chunks
