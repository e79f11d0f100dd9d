// Package watch sees which of the files that a path names are new, have grown, were written anew or are gone. It knows nothing of what is in them.
//
//	w, err := watch.New("logs", ".jsonl")
//	news, err := w.Scan()             // every now and then
//	for _, n := range news { … }      // read n.File from place n.File.Taken on, and set that
//
// A file is known by its device and inode and not by its name: one that is renamed is not read twice, and a new one under an old name
// is a new one. What it held is known by a hash of its first bytes, up to 4 KiB, and its size: if either says that bytes that were taken are no longer there, the file was
// rewritten. A file that is changed in place behind its first 4 KiB, and doesn't become shorter, isn't found out.
//
// Files are looked at in intervals and not when the system says that they have changed: that works the same on all systems and on files
// of other machines, costs a few microseconds a file, and misses nothing.
package watch
