package spill

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// folderPrefix begins a folder's name. Behind it come the number of the process and the name of its machine, or
// container, where alone that number means it:
//
//	pwcol-spill-4711-host.example-2290387465
const folderPrefix = "pwcol-spill-"

// folderPattern is what os.MkdirTemp makes a folder's name of.
func folderPattern() string {
	return folderPrefix + strconv.Itoa(os.Getpid()) + "-" + machine() + "-*"
}

// machine is this machine's name as it stands in a folder's.
func machine() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/\\:*-", r) {
			return '_'
		}
		return r
	}, name)
}

// removeStale removes the folders in parent ("": the system's place) that processes of this user on this machine
// have left behind when they were killed. What can't be removed stays: it is in nobody's way.
func removeStale(parent string) {
	if parent == "" {
		parent = os.TempDir()
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		pid, ok := owner(e.Name())
		if !ok || !e.IsDir() || !isGone(pid) {
			continue
		}
		if info, err := e.Info(); err == nil && isMine(info) {
			_ = os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}

// owner is the process that made a folder of that name, if it is one of this machine's.
func owner(name string) (pid int, ok bool) {
	rest, ok := strings.CutPrefix(name, folderPrefix)
	parts := strings.Split(rest, "-")
	if !ok || len(parts) != 3 || parts[1] != machine() {
		return 0, false
	}
	pid, err := strconv.Atoi(parts[0])
	return pid, err == nil && pid > 0
}
