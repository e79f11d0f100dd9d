// Package watch sees which of the files that a path names are new, have grown, were written anew or are gone. It knows nothing of what is in them.
//
//	w, err := watch.New("logs", ".jsonl")
//	news, err := w.Scan()             // every now and then
//	for _, n := range news { … }      // read n.File from place n.File.Taken on, and Take what was read
//
// A file is known by its device and inode and not by its name: one that is renamed is not read twice, one that has several names, by links, is read once, and
// a new one under an old name is a new one. What it held is known by its size and by hashes of up to 4 KiB of its beginning and of what was taken last: if one
// of them says that bytes that were taken are no longer there, the file was rewritten. What changes in place between these isn't found out, unless it is to
// be: then a file that was changed and hasn't grown, or comes to rest, is read again and compared as a whole.
//
// File systems' clocks go in steps, so what is written twice within a step may have the same time. A file is therefore looked at once more when it has
// been at rest for 2 seconds.
//
// Another process goes on where this one has stopped by the files' marks: Mark, Resume.
//
// Files are looked at in intervals and not when the system says that they have changed: that works the same on all systems and on files
// of other machines, costs a few microseconds a file, and misses nothing.
package watch
