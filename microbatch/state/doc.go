// Package state keeps what a stream's operators know in a folder, so that the next run goes on from there.
//
//	store, err := state.Open(disk.OS{}, "state", state.Options{})
//	defer store.Close()
//	for _, c := range checkpoints {                          // store.Checkpoints(), the newest first
//		err = store.Load(c.Manifest, "3 group-by", func(table int, b *vec.Batch) error { … })
//	}
//	store.Resume(manifest)                                   // the one that was loaded
//
// and, beside the running epochs, again and again:
//
//	w, err := store.Begin(epoch)
//	err = w.Operator("3 group-by", structure, store.WantsWhole("3 group-by", structure))
//	err = w.Add(0, batch)                                    // copies; compressed and written in the background
//	err = w.Finish()                                         // on disk, but nobody knows
//	_, err = w.Publish(positions)                            // when all sinks have the epoch
//	err = store.Release(2)                                   // two checkpoints are kept
//
// # Checkpoints
//
// A checkpoint is a manifest that names the blocks which make up each operator's state: a whole part, and the deltas that came after it, to be
// loaded in that order. What a delta means is the operator's business; usually it is the groups that have changed, and those that
// are gone. So nothing has to be merged here: when the deltas outweigh the whole part, or are many, WantsWhole asks for a new one, and
// files that no kept manifest refers to are removed.
//
//	checkpoint 10   group-by: [a whole]
//	checkpoint 20   group-by: [a whole][b delta]
//	checkpoint 30   group-by: [a whole][b delta][c delta]
//	checkpoint 40   group-by: [d whole]                      b and c had become larger than a
//
// A checkpoint is published when every sink has its epoch, and so not before the epoch is safe in the journal: if the checkpoint is found
// damaged later, the journal has to lead on from the one before, without a hole.
//
// A manifest gets its name when all that it refers to is safe, so after a crash a checkpoint is there whole or not at all. Flink's changelog state
// and RisingWave's Hummock publish state in the same way, by small documents that refer to immutable files.
//
// # The folder
//
//	LOCK                                  held while a run writes; says whose it is
//	JOB                                   the job's random id, and the generation of the latest run
//	checkpoints/00001763838427123456.manifest    a checkpoint's manifest, by its epoch
//	blocks/000007-000012.blk              the 12th file of blocks that generation 7 wrote
//	journal/                              see package journal
//
// Each run raises the generation before it writes anything else; names are made of it, so no name is ever given twice. Files are written under another
// name, synced and renamed. They have a format version; what a newer version has written is refused as such. JOB and manifests are JSON
// below a line with their length and checksum (document.go), files of blocks have a header (blockfile.go) and then blocks, each with a checksum (package blocks).
//
// Manifests and blocks go through a Storage of named immutable objects, so that an object store can take the folder's place.
package state
