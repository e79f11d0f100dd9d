package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// complain writes an error for people: one line.
func complain(w io.Writer, err error) {
	fmt.Fprintf(w, "pwcol: %s\n", strings.Join(strings.Fields(message(err)), " "))
}

// message is the error's text without positions in a program: those of table programs name lines of this command's
// source, which are of no use to whoever typed the command.
func message(err error) string {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var parts []string
		for _, e := range many.Unwrap() {
			parts = append(parts, message(e))
		}
		return strings.Join(parts, "; ")
	}
	var mistake *pw.Error
	if errors.As(err, &mistake) {
		return message(mistake.Err)
	}
	// What a program would do is said in other words to people.
	text := strings.ReplaceAll(err.Error(), "give a schema, or more SampleRows", "give its type with --type, or more --sample-rows")
	// The engine names a step "write csv out.csv (convert.go:69)".
	position := regexp.MustCompile(` \([a-z_]+\.go:[0-9]+\)`)
	return position.ReplaceAllString(text, "")
}
