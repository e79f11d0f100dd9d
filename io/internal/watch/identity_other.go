//go:build !unix

package watch

import "io/fs"

// identity is what a file is known by where the system tells nothing better cheaply: its name. One that is renamed is read again there.
type identity struct{ path string }

func identify(path string, _ fs.FileInfo) identity { return identity{path} }

func (identity) note(*Mark) {}

func identityOf(m *Mark) identity { return identity{string(m.Path)} }

func (identity) among(map[identity]string) (identity, bool) { return identity{}, false }
