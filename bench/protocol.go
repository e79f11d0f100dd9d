package bench

// Request is a query for an engine, one line of JSON.
type Request struct {
	Query string `json:"query"`
	File  string `json:"file"`          // input
	Out   string `json:"out,omitempty"` // where the result goes, for queries that write one
}

// Answer is what the engine answers, one line of JSON.
type Answer struct {
	Seconds   float64            `json:"seconds"`
	CPU       float64            `json:"cpu"`                 // seconds, user and system, of all threads
	Peak      int64              `json:"peak"`                // bytes: the most that the process has held so far; 0: unknown
	Processed int64              `json:"processed,omitempty"` // rows read, where the engine counts them
	Rows      int64              `json:"rows"`                // of a result that stayed in memory
	Sums      map[string]float64 `json:"sums"`                // of its numeric columns
	Error     string             `json:"error,omitempty"`
}

// Hello is the first line that an engine writes.
type Hello struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Queries []string `json:"queries"`
}
