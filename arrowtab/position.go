package arrowtab

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const module = "github.com/pwcol/pwcol/"

// position is the line of the user's program that is running: "job.go:12", or "" if there is none. It is that of
// the innermost stack frame outside of pwcol's own packages, so that csv.Read, which calls NewSource, records the
// line that called csv.Read. It costs about a microsecond.
func position() string {
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

// isOwn reports whether a function is part of pwcol. Its tests and its examples are users, and so are cmd and bench.
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
