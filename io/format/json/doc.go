// Package json turns lines of JSON into columns and back: one object a line (JSON lines, NDJSON), or one a message. It knows no files:
// io/jsonlines reads those, and other connectors hand it whatever text they get.
//
//	p, err := json.NewParser(json.Options{
//		Columns: []json.Column{{Name: "id", Type: vec.TInt64}, {Name: "city", Path: []string{"address", "city"}, Type: vec.TString, Nullable: true}},
//		Want:    []int{0, 1},
//	})
//	buf := json.NewBuffer([]byte(`{"id": 7, "tags": [1, 2], "address": {"city": "Graz"}}`))
//	err = p.Parse(buf, handler) // handler gets batches, and the rows that are bad
//
// # What is a row
//
// A line that holds one object as RFC 8259 has it. Blank lines are skipped, spaces, tabs and carriage returns around tokens too. All
// of the line is checked, also what no column is made of, but for two things: strings that become no value may
// hold bytes that are not UTF-8, and escapes of half a character (\ud800 alone). Values are nested MaxDepth deep at most.
//
// A column is found by its key, in whatever order they come; keys that no column has are skipped. Of a key that an object has twice the last
// one counts. A missing key and null are NULL.
//
// # What is a value
//
//	JSON           column
//	string         its text: of a String itself, of a Binary base64, of all others read by the column's Layout or as calc.ParseText reads it, so that
//	               "42" is an integer and "2024-01-01T10:00:00Z" a timestamp
//	number         integers, if it is whole and in range (1e3 and 1.0 are, 1.5 is bad), floats (the nearest one), decimals (rounded to the
//	               scale); timestamps, dates, times and durations if Column.Epoch says what it counts
//	true, false    a Bool
//	array          a List of such values
//	any            a String: numbers, true, false, objects and arrays are kept as they are written
//
// What doesn't fit makes the row bad. A field of a column that isn't wanted, or of a row that the filter leaves out, is not converted and can't be.
//
// # How it is fast
//
// One pass over the text checks its grammar and notes where the wanted fields lie, eight bytes a step; no values are made. Objects of a file
// mostly have their keys in the same order, so the text from one value to the next (`, "id": `) is compared with that of the last
// line, and where it is the same no key is looked up. Then columns are made one by one, as package
// fields says.
package json
