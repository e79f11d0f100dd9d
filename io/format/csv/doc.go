// Package csv turns bytes of comma-separated values into columns. It knows no files: io/csv reads those,
// and other connectors hand it whatever text they get.
//
//	p, err := csv.NewParser(csv.Options{
//		Dialect: csv.Default,
//		Columns: []csv.Column{{Name: "id", Type: vec.TInt64}, {Name: "name", Type: vec.TString, Nullable: true}},
//		Want:    []int{1},
//	})
//	buf := csv.NewBuffer(text)
//	err = p.Parse(buf, handler) // handler gets batches, and the rows that are bad
//
// # What is a row
//
// The grammar is that of RFC 4180, with the lines that it leaves open drawn as follows:
//
//   - A row ends at a line feed; a carriage return in front of it belongs to the line break.
//   - A field that starts with the quote ends at the next quote that isn't doubled; delimiters and line breaks
//     between them are part of it.
//   - A quote inside a field that doesn't start with one makes the row bad, and so does text behind a closing
//     quote; a bad row ends at the next line break.
//   - A quote that is not closed before the end of the input or of Options.MaxRowSize makes the row bad; that row ends
//     at the first line break behind the opening quote, so that the rows after it are not lost.
//   - Where rows have more than one column, blank lines are skipped. In a single column, a blank line is a NULL.
//   - Lines that start with the comment byte are skipped.
//
// # What is a value
//
// A field that is empty or equal to one of Options.NullTexts, and not quoted, is NULL. Quoted, a string column has the
// empty string or the text itself; in columns of other types, which know no empty value, quoted emptiness is NULL, too.
// Anything else is read as calc.ParseText reads it, or by the column's Layout; strings must be UTF-8.
//
// # How it is fast
//
// A block of rows at a time, some thousands, in passes: an index of all delimiters and line breaks, 64 bytes a step; a look
// at whether every row has the right number of them; then column by column, with the type known outside of the loop,
// those that the filter reads, the filter, and the rest for the rows that are left.
package csv
