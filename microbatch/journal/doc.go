// Package journal is a log on disk of what a stream has taken in, epoch by epoch, from which a run that was ended at any moment is played again.
//
//	log, err := journal.Open(fsys, "state/journal", journal.Identity{Job: job, Generation: 7})
//	err = log.Read(checkpoint, func(f journal.Frame) error { … })     // what came after the checkpoint's epoch
//	at, err := log.Append(ctx, journal.Entry, epoch, header, rows)    // returns at once
//	err = log.Wait(ctx, at)                                           // now sinks may commit the epoch
//	err = log.Release(older)                                          // a checkpoint has what came up to here
//	err = log.Close()
//
// What frames hold is the engine's business. Append gathers them in memory; one goroutine writes what has gathered and
// syncs once for all of it, so that with a slow disk groups grow and nobody waits for more than two syncs:
//
//	append   a  b   c d e  f       g
//	sync       [a    ][b c d e][f g ]       b to e are safe when the second one has returned
//
// # What a crash leaves
//
// What Wait has returned for is there at the next Open, whole and in order; of what came after, a beginning may be. No frame is
// there in part, or changed.
//
// A log is read up to the first frame that isn't whole. Is it the end of what was written when the power went, which may be cut off, or has the disk
// damaged a frame that a sink relies on? Every frame says up to where the file was safe when it was written. A bad frame is
// damage if a good one behind it says that it was safe, and Open fails with its place; else it is the torn tail. (The idea is Pebble's, whose chunks carry a
// sync offset for that; etcd guesses from sectors of zeros.) So that the last group is vouched for as well, a mark, a frame
// without content, is written after the sync when nothing else waits. Only if the power takes away the mark, and the disk
// damages the group before it at the same time, damage looks like a torn tail.
//
// Open begins a new segment, whose header says how long the one before is, and so cuts off its tail for good, as it does what a run writes
// that was fenced off and doesn't know. What was in the tail and is whole, but which nothing vouches for, is written again to the new segment:
// the page cache may show bytes that a failed sync has given up, and no later sync would save them.
//
// After an error in writing or syncing, the log takes nothing more, and every call returns that error.
//
// # The format, version 1
//
// A folder of segments, 000000000001.log and so on, without a gap; old ones go from the front. All numbers are little endian. A segment:
//
//	0    "PWCOLJNL"
//	8    uint32  format, 1
//	12   uint32  crc32c of the header's other bytes
//	16   the job's id, 16 bytes
//	32   int64   the run's generation
//	40   int64   the segment's number
//	48   int64   length of the segment before it; 0 if there was none
//	56   int64   greatest epoch in all segments before it, or taken over from them; 0 if there was none
//	64   int64   length of this one when it got its name: so much was safe before anything else
//	72   frames
//
// and a frame, padded with zeros to 8 bytes:
//
//	0    uint32  crc32c of the header's other bytes, begun with the segment's, so that no other file's frame is taken for this one's
//	4    uint32  crc32c of the payload and its padding
//	8    int64   epoch
//	16   uint64  up to where this segment was safe when the frame was written
//	24   uint32  length of the payload
//	28   uint8   kind; 0 is a mark
//	29   zeros
//	32   payload
package journal
