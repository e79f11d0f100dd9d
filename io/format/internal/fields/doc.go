// Package fields is what formats of text have in common: where the fields of a block of rows lie, and how columns of every
// type are made from them.
//
// A format's scanner finds the places of the fields, some thousands of rows at a time, without looking at what they mean. A Pass then
// goes over them column by column, with the type known outside of the loop: the columns that a filter reads, the
// filter, and the rest for the rows that are left.
//
//	text               fields                 columns
//	1,2.5\n2,x\n   →   1  2.5 / 2  x      →   int64 1 2, float64 2.5 and one bad row
//
// A column reads what is spelled in the usual way itself, digits a word at a time. What isn't (NULLs, quotes, other spellings) it leaves
// to the format, field by field: see Other.
package fields
