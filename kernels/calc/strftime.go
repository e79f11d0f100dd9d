package calc

import (
	"fmt"
	"strconv"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// strftimeGroups are conversions that stand for several.
var strftimeGroups = map[byte]string{'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'R': "%H:%M", 'D': "%m/%d/%y"}

const strftimeLetters = "YymdHIpMSfjaAbBuwzs%" // besides the groups

// StrftimeLayout is a layout of Strftime, checked.
type StrftimeLayout struct {
	parts []layoutPart
}

// layoutPart is a text, or the letter of a conversion.
type layoutPart struct {
	text   string
	letter byte
}

// NewStrftimeLayout reads a layout, or says what it may have.
func NewStrftimeLayout(layout string) (*StrftimeLayout, error) {
	l := &StrftimeLayout{}
	return l, l.add(layout)
}

func (l *StrftimeLayout) add(layout string) error {
	for len(layout) > 0 {
		if layout[0] != '%' {
			n := 1
			for n < len(layout) && layout[n] != '%' {
				n++
			}
			l.parts = append(l.parts, layoutPart{text: layout[:n]})
			layout = layout[n:]
			continue
		}
		if len(layout) == 1 {
			return fmt.Errorf("the layout ends with a single %%; %%%% is a percent sign")
		}
		letter := layout[1]
		layout = layout[2:]
		if group, ok := strftimeGroups[letter]; ok {
			if err := l.add(group); err != nil {
				return err
			}
			continue
		}
		if !isLetterOf(strftimeLetters, letter) {
			return fmt.Errorf("the layout has %%%c; there are %%Y %%y %%m %%d %%H %%I %%p %%M %%S %%f (microseconds) %%j %%a %%A %%b %%B %%u %%w %%z %%s %%%% "+
				"and %%F %%T %%R %%D", letter)
		}
		l.parts = append(l.parts, layoutPart{letter: letter})
	}
	return nil
}

func isLetterOf(letters string, c byte) bool {
	for i := range len(letters) {
		if letters[i] == c {
			return true
		}
	}
	return false
}

type strftime struct {
	a      Expr
	layout *StrftimeLayout
	flat   flattener
	text   varWidth
}

// Strftime is a timestamp, as its zone shows it, or a date as text. A result of more than 2 GiB for a batch makes bad rows.
func Strftime(a Expr, layout *StrftimeLayout) Expr {
	if !hasCalendar(a.Type()) {
		panic("calc: no strftime of " + a.Type().String())
	}
	return &strftime{a: a, layout: layout}
}

func (n *strftime) Type() vec.Type { return vec.TString }

func (n *strftime) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	w := &n.text
	w.begin(vec.TString, b.N)
	w.vec.Valid = x.Valid
	m := momentsOf(x)
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		w.row(row)
		if x.IsNull(row) {
			continue
		}
		w.data = n.layout.append(w.data, m.at(row), m.per)
		w.check(bad, row)
	}
	return w.end()
}

var (
	weekdays = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	months   = [...]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	}
)

func (l *StrftimeLayout) append(dst []byte, m moment, per int64) []byte {
	year, month, day := civil.Date(m.days)
	for _, p := range l.parts {
		switch p.letter {
		case 0:
			dst = append(dst, p.text...)
		case 'Y':
			dst = appendYear(dst, year)
		case 'y':
			_, y := civil.Split(year, 100)
			dst = append2(dst, uint64(y))
		case 'm':
			dst = append2(dst, uint64(month))
		case 'd':
			dst = append2(dst, uint64(day))
		case 'b':
			dst = append(dst, months[month-1][:3]...)
		case 'B':
			dst = append(dst, months[month-1]...)
		default:
			dst = appendClockPart(dst, p.letter, m, per)
		}
	}
	return dst
}

// appendYear appends at least four digits.
func appendYear(dst []byte, year int64) []byte {
	if year < 0 {
		dst, year = append(dst, '-'), -year
	}
	for least := int64(1000); least > max(year, 1); least /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, year, 10)
}

func appendClockPart(dst []byte, letter byte, m moment, per int64) []byte {
	switch letter {
	case 'H':
		return append2(dst, uint64(m.clock/3600))
	case 'I':
		return append2(dst, uint64((m.clock/3600+11)%12+1))
	case 'p':
		if m.clock < civil.DaySeconds/2 {
			return append(dst, "AM"...)
		}
		return append(dst, "PM"...)
	case 'M':
		return append2(dst, uint64(m.clock/60%60))
	case 'S':
		return append2(dst, uint64(m.clock%60))
	case 'f':
		micros := uint64(scaleTicks(m.fraction, per, 1_000_000))
		return append2(append2(append2(dst, micros/10_000), micros/100%100), micros%100)
	case 'j':
		day := uint64(dayOfYear(m.days))
		return append2(append(dst, '0'+byte(day/100)), day%100)
	case 'a':
		return append(dst, weekdays[weekday(m.days)][:3]...)
	case 'A':
		return append(dst, weekdays[weekday(m.days)]...)
	case 'u':
		return append(dst, '1'+byte((weekday(m.days)+6)%7))
	case 'w':
		return append(dst, '0'+byte(weekday(m.days)))
	case 'z':
		return appendOffset(dst, m.offset)
	case 's':
		return strconv.AppendInt(dst, m.days*civil.DaySeconds+m.clock-m.offset, 10)
	default:
		return append(dst, '%')
	}
}
