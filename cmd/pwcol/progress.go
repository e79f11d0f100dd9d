package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pwcol/pwcol/microbatch"
)

// patience is how long work lasts before its progress is shown.
const patience = time.Second

// progress shows how far a run is, on one line that is written over and over, and erased at the end.
type progress struct {
	w     io.Writer
	start time.Time
	shown int // characters on the line
}

// watch lets a run report its progress if stderr is a terminal. The returned function erases the line.
func watch(stderr *os.File, c *microbatch.Config) (erase func()) {
	if width := terminalWidth(stderr); width == 0 {
		return func() {}
	}
	p := &progress{w: stderr, start: time.Now()}
	c.Progress = func(s *microbatch.Stats) { p.show(s, time.Now()) }
	return p.erase
}

// show writes the line; in the first second, it doesn't.
func (p *progress) show(s *microbatch.Stats, now time.Time) {
	passed := now.Sub(p.start)
	if passed < patience {
		return
	}
	line := progressLine(s.RowsRead.Load(), s.BytesRead.Load(), s.BytesTotal.Load(), passed)
	padding := strings.Repeat(" ", max(p.shown-len(line), 0))
	fmt.Fprintf(p.w, "\r%s%s", line, padding)
	p.shown = len(line)
}

func (p *progress) erase() {
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}

// progressLine is "12,000,000 rows, 310 MB/s, 42 %, 3 s left", without what isn't known.
func progressLine(rows, read, total int64, passed time.Duration) string {
	line := fmt.Sprintf("%s rows", thousands(rows))
	if read == 0 {
		return line
	}
	speed := float64(read) / passed.Seconds()
	line += fmt.Sprintf(", %.0f MB/s", speed/1e6)
	if total == 0 || read > total {
		return line
	}
	left := time.Duration(float64(total-read) / speed * float64(time.Second))
	return line + fmt.Sprintf(", %d %%, %s left", 100*read/total, roughly(left))
}

// roughly is a duration of two units at most: "3 s", "4 min 10 s", "2 h 5 min".
func roughly(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d h %d min", seconds/3600, seconds/60%60)
}

// thousands is n with commas: 1,000,000.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
