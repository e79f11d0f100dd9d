package fields

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pwcol/pwcol/kernels/vec"
)

// layout is how a column spells dates and times: a list of parts to read from left to right.
type layout struct {
	text  string // as the user wrote it
	parts []part
	shape shape // if its parts have fixed places
}

// part is a step of a layout.
type part struct {
	kind    partKind
	literal byte // of a literal
}

// partKind is what a part reads.
type partKind uint8

const (
	literal   partKind = iota
	space              // any number of spaces, at least one
	year4              // 4 digits
	year2              // 00–68 is 2000–2068, 69–99 is 1969–1999, as POSIX has it
	month              // 1 or 2 digits, as are the following
	monthName          // Jan or January, in any case
	day
	dayOfYear // 1 to 3 digits
	hour24
	hour12
	amPM
	minute
	second
	fraction // 1 to 9 digits
	weekday  // Mon or Monday; it is not compared with the date
	zone     // Z, +01, +0100, +01:00
	zoneName // UTC, GMT or Z: other names stand for several zones
	epoch    // seconds since 1970
	// maybeFraction is a point and digits, or nothing: what Go's layouts allow behind the seconds.
	maybeFraction
)

// newLayout reads a layout: strftime's if it has a percent sign, else Go's.
func newLayout(text string) (*layout, error) {
	l := &layout{text: text}
	var err error
	if strings.Contains(text, "%") {
		l.parts, err = strftimeParts(text)
	} else {
		l.parts, err = goParts(text)
	}
	if err != nil {
		return nil, fmt.Errorf("layout %q: %w", text, err)
	}
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("layout %q: %w", text, err)
	}
	l.shape = shapeOf(l.parts)
	return l, nil
}

// check reports layouts that can't tell a date or a time.
func (l *layout) check() error {
	seen := map[partKind]bool{}
	for _, p := range l.parts {
		if seen[p.kind] && p.kind != literal && p.kind != space && p.kind != weekday {
			return errors.New("it has the same part twice")
		}
		seen[p.kind] = true
	}
	hasDate := seen[epoch] || (seen[year4] || seen[year2]) && (seen[dayOfYear] || (seen[month] || seen[monthName]) && seen[day])
	hasTime := seen[hour24] || seen[hour12]
	switch {
	case !hasDate && !hasTime:
		return errors.New("it has neither a whole date (year, month, day) nor a time")
	case seen[hour12] != seen[amPM]:
		return errors.New("an hour of 12 and AM or PM go together")
	}
	return nil
}

// covers reports whether the layout says how values of t are spelled.
func (l *layout) covers(t vec.Type) bool {
	return t.Kind == vec.Timestamp || t.Kind == vec.Date || t.Kind == vec.Time
}

// strftimeKinds are strftime's conversions.
var strftimeKinds = map[byte]partKind{
	'Y': year4, 'y': year2, 'm': month, 'b': monthName, 'B': monthName, 'h': monthName, 'd': day, 'e': day, 'j': dayOfYear,
	'H': hour24, 'I': hour12, 'k': hour24, 'l': hour12, 'p': amPM, 'P': amPM, 'M': minute, 'S': second, 'f': fraction, 'N': fraction,
	'a': weekday, 'A': weekday, 'z': zone, 'Z': zoneName, 's': epoch,
}

// strftimeGroups are conversions that stand for several.
var strftimeGroups = map[byte]string{'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'R': "%H:%M", 'D': "%m/%d/%y"}

func strftimeParts(text string) ([]part, error) {
	var parts []part
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			parts = appendLiteral(parts, text[i])
			continue
		}
		i++
		for i < len(text) && strings.IndexByte("-_0369", text[i]) >= 0 { // how to pad, how many digits: all are read
			i++
		}
		if i == len(text) {
			return nil, errors.New("it ends with %")
		}
		if group, ok := strftimeGroups[text[i]]; ok {
			more, err := strftimeParts(group)
			if err != nil {
				return nil, err
			}
			parts = append(parts, more...)
			continue
		}
		if text[i] == '%' {
			parts = appendLiteral(parts, '%')
			continue
		}
		kind, ok := strftimeKinds[text[i]]
		if !ok {
			return nil, fmt.Errorf("%%%c is not known; there are %%Y %%y %%m %%b %%B %%d %%j %%H %%I %%p %%M %%S %%f %%z %%Z %%a %%A %%s %%F %%T", text[i])
		}
		parts = append(parts, part{kind: kind})
	}
	return parts, nil
}

func appendLiteral(parts []part, c byte) []part {
	if c != ' ' {
		return append(parts, part{literal, c})
	}
	if n := len(parts); n > 0 && parts[n-1].kind == space {
		return parts
	}
	return append(parts, part{kind: space})
}

// goTokens are the pieces of Go's layouts; the longer ones of the same beginning come first.
var goTokens = []struct {
	text string
	kind partKind
}{
	{"January", monthName},
	{"Jan", monthName},
	{"Monday", weekday},
	{"Mon", weekday},
	{"MST", zoneName},
	{"2006", year4},
	{"-07:00", zone},
	{"-0700", zone},
	{"-07", zone},
	{"Z07:00", zone},
	{"Z0700", zone},
	{"Z07", zone},
	{"002", dayOfYear},
	{"01", month},
	{"02", day},
	{"03", hour12},
	{"04", minute},
	{"05", second},
	{"06", year2},
	{"15", hour24},
	{"PM", amPM},
	{"pm", amPM},
	{"_2", day},
	{"1", month},
	{"2", day},
	{"3", hour12},
	{"4", minute},
	{"5", second},
}

func goParts(text string) ([]part, error) {
	var parts []part
	for text != "" {
		if kind, n := goFraction(text); n > 0 {
			if kind == fraction {
				parts = appendLiteral(parts, text[0])
			}
			parts = append(parts, part{kind: kind})
			text = text[n:]
			continue
		}
		n := 1
		for _, t := range goTokens {
			if strings.HasPrefix(text, t.text) {
				parts = append(parts, part{kind: t.kind})
				n = len(t.text)
				break
			}
		}
		if n == 1 && !isGoDigit(text[0]) {
			parts = appendLiteral(parts, text[0])
		}
		text = text[n:]
	}
	return withMaybeFraction(parts), nil
}

// isGoDigit reports the tokens of Go's layouts that are a single byte.
func isGoDigit(c byte) bool { return c >= '1' && c <= '5' }

// goFraction is the fraction of a second that text begins with: .000 must be there, .999 may.
func goFraction(text string) (kind partKind, n int) {
	if text[0] != '.' && text[0] != ',' || len(text) < 2 || text[1] != '0' && text[1] != '9' {
		return 0, 0
	}
	n = 1
	for n < len(text) && text[n] == text[1] {
		n++
	}
	if n < len(text) && text[n] >= '0' && text[n] <= '9' {
		return 0, 0
	}
	if text[1] == '0' {
		return fraction, n
	}
	return maybeFraction, n
}

// withMaybeFraction allows a fraction behind seconds that have none in the layout, as Go's time.Parse does.
func withMaybeFraction(parts []part) []part {
	var out []part
	for i, p := range parts {
		out = append(out, p)
		if p.kind != second {
			continue
		}
		rest := parts[i+1:]
		named := len(rest) > 0 && rest[0].kind == maybeFraction || len(rest) > 1 && rest[1].kind == fraction
		if !named {
			out = append(out, part{kind: maybeFraction})
		}
	}
	return out
}

// shapeOf is the shape of parts that are year, month, day, hour, minute and second with their usual separators, and
// perhaps a fraction at the end; else the zero shape.
func shapeOf(parts []part) shape {
	kinds := []partKind{year4, literal, month, literal, day, literal, hour24, literal, minute, literal, second}
	if len(parts) < 5 {
		return shape{}
	}
	sep := parts[1].literal
	sh := shape{date: sep, noFraction: true}
	for i, p := range parts {
		switch {
		case i == 5 && (p.kind == literal || p.kind == space):
			sh.between = p.literal
			if p.kind == space {
				sh.between = ' '
			}
		case i < len(kinds) && p.kind != kinds[i], i == 3 && p.literal != sep, (i == 7 || i == 9) && p.literal != ':':
			return shape{}
		}
	}
	switch rest := parts[min(len(parts), len(kinds)):]; {
	case len(parts) == 5 || len(parts) == len(kinds):
		return sh
	case len(rest) == 1 && rest[0].kind == maybeFraction:
		sh.fraction = true
		return sh
	case len(rest) == 2 && rest[0] == part{literal, '.'} && rest[1].kind == fraction:
		sh.noFraction, sh.fraction = false, true
		return sh
	}
	return shape{}
}

// LayoutType is the type of the values that a layout tells: a timestamp, or a date or time where it has nothing of
// the other. Nine digits behind the seconds make it nanoseconds, else it counts microseconds.
func LayoutType(text string) (vec.Type, error) {
	l, err := newLayout(text)
	if err != nil {
		return vec.Type{}, err
	}
	hasDate, hasTime := false, false
	for _, p := range l.parts {
		hasDate = hasDate || p.kind == year4 || p.kind == year2 || p.kind == epoch
		hasTime = hasTime || p.kind == hour24 || p.kind == hour12 || p.kind == epoch
	}
	unit := vec.Micro
	for _, nine := range []string{"000000000", "999999999", "%9f", "%N"} {
		if strings.Contains(text, nine) {
			unit = vec.Nano
		}
	}
	switch {
	case !hasTime:
		return vec.TDate, nil
	case !hasDate:
		return vec.TTime(unit), nil
	}
	return vec.TTimestamp(unit), nil
}
