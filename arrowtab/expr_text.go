package arrowtab

import "github.com/pwcol/pwcol/arrowtab/plan"

// The functions of strings are NULL where the string is. Characters are Unicode's, and are counted from 1. All but e are
// constants, so that the values of a dictionary column are computed once.

// Lower is e in lower case, character by character: Col("name").Lower() of "Zoë" is "zoë".
func (e Expr) Lower() Expr { return call(plan.OpLower, e) }

// Upper is e in upper case, character by character; what has no single one, as "ß", stays.
func (e Expr) Upper() Expr { return call(plan.OpUpper, e) }

// Trim is e without the spaces at its ends.
func (e Expr) Trim() Expr { return call(plan.OpTrim, e) }

// Length is the number of e's characters: of "Zoë" it is 3.
func (e Expr) Length() Expr { return call(plan.OpLength, e) }

// Concat is e and the others one behind the other, as text; NULL if any of them is, like SQL's ||:
// Col("city").Concat(", ", Col("zip")).
func (e Expr) Concat(others ...any) Expr { return call(plan.OpConcat, append([]any{e}, others...)...) }

// Contains is whether text is in e.
func (e Expr) Contains(text string) Expr { return call(plan.OpContains, e, text) }

// StartsWith is whether e starts with text.
func (e Expr) StartsWith(text string) Expr { return call(plan.OpStartsWith, e, text) }

// EndsWith is whether e ends with text.
func (e Expr) EndsWith(text string) Expr { return call(plan.OpEndsWith, e, text) }

// Like is whether all of e is like the pattern, in which % is any text and _ any character; \% and \_ are those
// themselves: Col("url").Like("https://%/item/_").
func (e Expr) Like(pattern string) Expr { return call(plan.OpLike, e, pattern) }

// Replace is e with every old replaced by new.
func (e Expr) Replace(old, new string) Expr { return call(plan.OpReplace, e, old, new) }

// Substring is at most length characters of e from the start-th on: Col("s").Substring(2, 3) of "hello" is "ell". As in
// PostgreSQL, places before the first count too: Substring(0, 2) of "hello" is "h".
func (e Expr) Substring(start, length int) Expr { return call(plan.OpSubstring, e, start, length) }

// SplitPart is the n-th part of e between separators, "" if there is none: Col("url").SplitPart("/", 4) of
// "http://x/a/b" is "a". It counts from 1, from the end if n is negative.
func (e Expr) SplitPart(separator string, n int) Expr {
	return call(plan.OpSplitPart, e, separator, n)
}

// Split is the list of all parts of e between separators, or of its characters if the separator is empty: of "a,,b" by "," it is [a, ”, b].
func (e Expr) Split(separator string) Expr { return call(plan.OpSplit, e, separator) }

// CountSubstring is how often text is in e, without overlaps: "aa" is once in "aaa".
func (e Expr) CountSubstring(text string) Expr { return call(plan.OpCountSubstring, e, text) }

// RegexpMatches is whether the pattern, in the syntax of Go's package regexp (RE2), matches anywhere in e. It is compiled once.
func (e Expr) RegexpMatches(pattern string) Expr { return call(plan.OpRegexpMatches, e, pattern) }

// RegexpExtract is a group of the pattern's first match in e, 0 for all of the match; "" if it doesn't match:
// Col("url").RegexpExtract(`channel_id=([^&]*)`, 1).
func (e Expr) RegexpExtract(pattern string, group int) Expr {
	return call(plan.OpRegexpExtract, e, pattern, group)
}

// ListLen is how many elements a list has, NULLs included.
func (e Expr) ListLen() Expr { return call(plan.OpListLen, e) }

// ListGet is the i-th element of a list, counted from 1, from the end if i is negative; NULL if there is none.
func (e Expr) ListGet(i any) Expr { return call(plan.OpListGet, e, i) }

// ListContains is whether an element of a list is equal to a constant. NULL elements are equal to none.
func (e Expr) ListContains(value any) Expr { return call(plan.OpListContains, e, value) }
