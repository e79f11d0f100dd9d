package fields

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Reasons that a field is bad; but for ReasonNull, they go behind its text.
const (
	ReasonNotUTF8 = "is not valid UTF-8"
	ReasonNull    = "NULL, but the column is declared NotNull"
)

// Fault is why a text is no value of a type, to be put behind the text.
type Fault string

func (e Fault) Error() string { return string(e) }

// showLimit is how many bytes of a field a message shows.
const showLimit = 80

// Show is a field's text for a message: quoted, a long one cut.
func Show(text []byte) string {
	if len(text) <= showLimit {
		return strconv.Quote(string(text))
	}
	cut := showLimit
	for cut > showLimit-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(string(text[:cut])), len(text))
}

// NoValue says what keeps a text from being a value of type t: its size or its form.
func NoValue(t vec.Type, text []byte) Fault {
	if isTooLarge(t, strings.Trim(string(text), " ")) {
		return Fault("is out of range for " + t.String())
	}
	return Fault("is not " + WithArticle(t.String()))
}

// isTooLarge reports whether text, which is no value of t, is a number of t's form.
func isTooLarge(t vec.Type, text string) bool {
	switch {
	case t.IsInteger():
		digits := strings.TrimLeft(text, "+-")
		return digits != "" && len(text)-len(digits) <= 1 && strings.Trim(digits, "0123456789") == ""
	case t.IsFloat():
		_, err := strconv.ParseFloat(text, 8*t.Width())
		return errors.Is(err, strconv.ErrRange)
	case t.Kind == vec.Decimal:
		x, err := strconv.ParseFloat(text, 64)
		return errors.Is(err, strconv.ErrRange) || err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	return false
}

// WithArticle is a name with a or an in front.
func WithArticle(name string) string {
	switch name[0] {
	case 'a', 'e', 'i', 'o':
		return "an " + name
	}
	return "a " + name
}
