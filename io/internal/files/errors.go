package files

// explained is an error that says in its own words what its cause means; the cause is there for errors.Is only, and is not
// said again: "no such file: a.csv", and not "no such file: a.csv: file does not exist".
type explained struct {
	text  string
	cause error
}

func (e *explained) Error() string { return e.text }
func (e *explained) Unwrap() error { return e.cause }
