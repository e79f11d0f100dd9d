package state

import (
	"fmt"
	"path"
)

// Release keeps the newest checkpoints, so many, and removes the older ones and the files of blocks that none of them refers to, those that a
// crash has left among them. Checkpoints whose manifest is damaged don't count; as long as there is one that isn't older than those
// kept, no file is removed: what it refers to isn't known, and somebody may want to save it.
func (s *Store) Release(keep int) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if keep < 1 {
		return fmt.Errorf("of the checkpoints at least one is kept, not %d", keep)
	}
	all, err := s.Checkpoints()
	if err != nil {
		return err
	}
	var needed []Manifest
	var gone []string
	damaged := false
	for _, c := range all {
		switch {
		case len(needed) == keep:
			gone = append(gone, manifestName(c.Epoch))
		case c.Err != nil:
			damaged = true
		default:
			needed = append(needed, c.Manifest)
		}
	}
	// Manifests first, so that after a crash none refers to a file that isn't there.
	if err := s.storage.Delete(gone...); err != nil || damaged {
		return err
	}
	return s.releaseBlocks(needed)
}

// releaseBlocks removes the files of blocks that neither these checkpoints need nor those that are to be published.
func (s *Store) releaseBlocks(needed []Manifest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := map[string]bool{}
	for _, m := range needed {
		use(used, m.Operators...)
	}
	for _, o := range s.base {
		use(used, *o)
	}
	for w := range s.held {
		used[w.name] = true
		use(used, w.operators...)
	}
	names, err := s.storage.List(BlocksFolder)
	if err != nil {
		return err
	}
	var gone []string
	for _, name := range names {
		if name = path.Join(BlocksFolder, name); blockNames.MatchString(name) && !used[name] {
			gone = append(gone, name)
		}
	}
	return s.storage.Delete(gone...)
}

// use notes the files that operators' parts are in.
func use(files map[string]bool, operators ...Operator) {
	for _, o := range operators {
		for _, p := range o.Parts {
			files[p.File] = true
		}
	}
}
