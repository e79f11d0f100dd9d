package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pwcol/pwcol/io/csv"
)

// complain writes an error for people: one line.
func complain(w io.Writer, err error) {
	fmt.Fprintf(w, "pwcol: %s\n", strings.Join(strings.Fields(message(err)), " "))
}

// message is the error's text; several errors are one after the other.
func message(err error) string {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var parts []string
		for _, e := range many.Unwrap() {
			parts = append(parts, message(e))
		}
		return strings.Join(parts, "; ")
	}
	var row *csv.RowError
	if errors.As(err, &row) && row.Inferred {
		own := *row
		own.Inferred = false // what a program would do about it is not what to do here
		return own.Error() + " (the type was found from the first rows: give it with --type, or raise --sample-rows)"
	}
	return err.Error()
}
