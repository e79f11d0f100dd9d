package op

import "testing"

// TestTablesShrinkBehindALargeEpoch: a table that one epoch has made large is made anew when none of many has used it; epochs of about the same size make
// nothing anew.
func TestTablesShrinkBehindALargeEpoch(t *testing.T) {
	for name, c := range map[string]struct {
		bytes int64
		rows  func(epoch int) int
		least int // of 1000 epochs, how many end with a new table
		most  int
	}{
		"steady":                 {bytes: 1 << 20, rows: func(e int) int { return 3000 + e*7%500 }},
		"empty":                  {bytes: 1 << 20, rows: func(int) int { return 0 }},
		"small":                  {bytes: 1 << 15, rows: func(e int) int { return 1000 / (e + 1) }},
		"one large epoch":        {bytes: 1 << 20, rows: func(e int) int { return largeAt(e, 10, 1200) }, least: 1, most: 1},
		"many large epochs":      {bytes: 1 << 20, rows: func(e int) int { return largeAt(e%30, 10, 1200) }},
		"none behind it":         {bytes: 1 << 20, rows: func(e int) int { return largeAt(e, 10, 0) }, least: 1, most: 1},
		"hardly any behind it":   {bytes: 4 << 20, rows: func(e int) int { return largeAt(e, 10, 3) * (e / 10 % 2) }, least: 400, most: 500},
		"half of them, and back": {bytes: 1 << 20, rows: func(e int) int { return 5000 - e/100%2*2500 }, least: 5, most: 5},
	} {
		t.Run(name, func(t *testing.T) {
			var use tableUse
			anew := 0
			for e := range 1000 {
				use.add(c.rows(e))
				if use.outgrown(c.bytes) {
					anew++
				}
			}
			if anew < c.least || anew > c.most {
				t.Errorf("%d times, want %d to %d", anew, c.least, c.most)
			}
		})
	}
}

// largeAt is 9000 in that epoch, else usual.
func largeAt(e, at, usual int) int {
	if e == at {
		return 9000
	}
	return usual
}
