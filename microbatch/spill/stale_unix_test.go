//go:build unix

package spill

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// TestStaleFoldersAreRemoved: those of a process of this user and machine that has ended, and no others.
func TestStaleFoldersAreRemoved(t *testing.T) {
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	gone, alive := strconv.Itoa(ended.Process.Pid), strconv.Itoa(os.Getppid())
	parent := t.TempDir()
	folders := map[string]bool{ // whether they stay
		folderPrefix + gone + "-" + machine() + "-1":                      false,
		folderPrefix + gone + "-" + machine() + "-2":                      false,
		folderPrefix + gone + "-another" + machine() + "-1":               true,
		folderPrefix + gone + "-" + machine():                             true,
		folderPrefix + gone + "-1":                                        true,
		folderPrefix + "-" + gone + "-" + machine() + "-1":                true,
		folderPrefix + "x-" + machine() + "-1":                            true,
		folderPrefix + alive + "-" + machine() + "-1":                     true,
		folderPrefix + strconv.Itoa(os.Getpid()) + "-" + machine() + "-1": true,
		"my-" + folderPrefix + gone + "-" + machine() + "-1":              true,
	}
	another := folderPrefix + gone + "-" + machine() + "-4" // another user's
	if os.Getuid() == 0 {
		folders[another] = true
	}
	for name := range folders {
		if err := os.Mkdir(filepath.Join(parent, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(parent, name, "run000001"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Join(parent, another), 12345, -1); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(parent, folderPrefix+gone+"-"+machine()+"-3")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := New(parent, nil)
	if _, err := dir.NewRun(); err != nil {
		t.Fatal(err)
	}
	for name, stays := range folders {
		if _, err := os.Stat(filepath.Join(parent, name, "run000001")); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("a file of such a name: %v", err)
	}
	if pid, ok := owner(filepath.Base(dir.path)); !ok || pid != os.Getpid() {
		t.Errorf("the folder %s is process %d's, this one is %d", dir.path, pid, os.Getpid())
	}
	if err := dir.Close(); err != nil {
		t.Error(err)
	}
}
