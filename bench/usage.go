package bench

import (
	"os"
	"strconv"
	"strings"
)

// peakMemory is the most memory that this process has held so far, without the pages of mapped files (VmHWM − RssFile), in
// bytes; 0 where the system doesn't say.
func peakMemory() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	return (statusKiB(string(text), "VmHWM") - statusKiB(string(text), "RssFile")) << 10
}

// statusKiB is the value of a line "VmHWM:     1234 kB"; 0 if there is none.
func statusKiB(status, key string) int64 {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kib
		}
	}
	return 0
}
