package jsonlines_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/jsonlines"
	"github.com/pwcol/pwcol/microbatch"
)

func TestWriteWhatWasRead(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "out.ndjson")
	text := `{"id":1,"x":0.5,"s":"a\"b","tags":["x",null],"day":"2024-01-01"}
{"id":2,"x":1.0,"s":null,"tags":[],"day":null}
`
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := microbatch.Run(context.Background(), jsonlines.Write(jsonlines.Read(in), out)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil || string(got) != text {
		t.Errorf("got\n%s\nwant\n%s(%v)", got, text, err)
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "jsonlines")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "orders.jsonl")
	text := `{"id": 1, "customer": {"city": "Wien"}, "total": 12.5}
{"id": 2, "customer": {"city": "Graz"}, "total": 7}
`
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		panic(err)
	}
	schema := pw.NewSchema(pw.String("city"), pw.Float64("total"))
	orders := jsonlines.Read(in, schema, jsonlines.Path("city", "customer", "city"))
	if err := microbatch.Run(context.Background(), jsonlines.Write(orders, "-")); err != nil {
		panic(err)
	}
	// Output:
	// {"city":"Wien","total":12.5}
	// {"city":"Graz","total":7.0}
}
