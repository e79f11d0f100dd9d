package arrowtab

import "strconv"

// grouped is n with its digits in threes: 1,234,567.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 1 // digits are put in threes behind this
	if n < 0 {
		first = 2
	}
	for i := len(s) - 3; i >= first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count is "1 row" or "2,000 rows".
func count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}
