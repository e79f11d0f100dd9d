package arrowtab

import (
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
)

const module = "github.com/pwcol/pwcol/"

// isCommand reports whether the program that is running is pwcol's own command, or the tests of its package.
var isCommand = sync.OnceValue(func() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && strings.TrimSuffix(info.Path, ".test") == module+"cmd/pwcol"
})

// position is the line of the user's program that is running: "job.go:12", or "" if there is none. It is that of
// the innermost stack frame outside of pwcol's own packages, so that csv.Read, which calls NewSource, records the
// line that called csv.Read. It costs about a microsecond.
//
// In pwcol's own command there is none: the user has typed a command and knows nothing of its source.
func position() string {
	if isCommand() {
		return ""
	}
	var pcs [32]uintptr
	n := runtime.Callers(2, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		if f.File != "" && !isOwn(f.Function, f.File) {
			return filepath.Base(f.File) + ":" + strconv.Itoa(f.Line)
		}
		if !more {
			return ""
		}
	}
}

// isOwn reports whether a function is part of pwcol. Its tests and its examples are users, and so is bench.
func isOwn(function, file string) bool {
	rest, ok := strings.CutPrefix(function, module)
	if !ok || strings.HasSuffix(file, "_test.go") {
		return false
	}
	top := rest
	if i := strings.IndexAny(rest, "/."); i >= 0 {
		top = rest[:i]
	}
	switch top {
	case "arrowtab", "io", "microbatch", "kernels":
		return true
	}
	return false
}
