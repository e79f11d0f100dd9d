package pwcol

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/pwcol/pwcol/"

// layers are the packages from the ground up. A package may import those of layers below its own, and those of its
// own that begin with the same prefix; connectors (below io/) never import each other.
var layers = []struct {
	prefixes []string
	extern   []string // modules that packages of this layer may import, besides the standard library
}{
	{[]string{"kernels/"}, []string{"golang.org/x/sys/cpu"}},
	{[]string{"arrowtab"}, []string{"github.com/apache/arrow/go/v17"}},
	{[]string{"microbatch"}, []string{"github.com/apache/arrow/go/v17/arrow", "github.com/klauspost/compress", "go.yaml.in/yaml"}},
	{[]string{"io/internal/"}, []string{"github.com/klauspost/compress", "golang.org/x/sys"}},
	{[]string{"io/format/"}, []string{"golang.org/x/sys/cpu"}},
	{[]string{"io/csv", "io/jsonlines", "io/parquet", "io/custom", "io/generate", "io/replay", "io/texttable"}, []string{
		"github.com/apache/arrow/go/v17", "github.com/klauspost/compress", "github.com/andybalholm/brotli",
		"github.com/pierrec/lz4/v4", "golang.org/x/sync",
	}},
	{[]string{"bench"}, []string{"github.com/apache/arrow/go/v17/arrow", "golang.org/x/sys"}},
	{[]string{"cmd/", "examples/"}, []string{"github.com/alecthomas/kong", "golang.org/x/"}},
}

// alsoForbidden are imports that a layer's rule would allow.
var alsoForbidden = []struct{ from, to, why string }{
	{"microbatch/op", "microbatch", "operators don't know the engine"},
	{"microbatch/spill", "microbatch", "spilling doesn't know the engine"},
	{"microbatch/settings", "microbatch", "settings don't know what they are of"},
	{"microbatch/disk", "microbatch", "what lasts doesn't know the engine"},
	{"microbatch/disk", "microbatch/op", "what lasts doesn't know the operators"},
	{"microbatch/journal", "microbatch", "what lasts doesn't know the engine"},
	{"microbatch/journal", "microbatch/op", "what lasts doesn't know the operators"},
	{"microbatch/journal", "microbatch/blocks", "what a frame holds is the engine's business"},
	{"microbatch/state", "microbatch", "what lasts doesn't know the engine"},
	{"microbatch/state", "microbatch/op", "what lasts doesn't know the operators"},
	{"microbatch/blocks", "microbatch", "blocks don't know the engine"},
	{"microbatch/blocks", "microbatch/op", "blocks don't know the operators"},
	{"arrowtab/plan", "arrowtab", "plans don't know the language"},
	{"arrowtab/plan", "github.com/apache/arrow", "plans are plain data"},
	{"", "github.com/apache/arrow/go/v17/arrow/compute", "wrong results, no group-by: see ARCHITECTURE.md"},
	{"", "github.com/apache/arrow/go/v17/parquet/pqarrow", "links gRPC and copies: see ARCHITECTURE.md"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportsGoDownwards(t *testing.T) {
	for _, p := range listPackages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		level := layerOf(from)
		if p.ImportPath == strings.TrimSuffix(module, "/") {
			continue
		}
		if level < 0 {
			t.Errorf("package %s is in no layer: add it to the list in this test", from)
			continue
		}
		for _, imported := range p.Imports {
			if why := refusal(from, level, imported); why != "" {
				t.Errorf("%s imports %s: %s", from, imported, why)
			}
		}
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func layerOf(path string) int {
	return slices.IndexFunc(layers, func(l struct{ prefixes, extern []string }) bool {
		return slices.ContainsFunc(l.prefixes, func(p string) bool { return hasPathPrefix(path, p) })
	})
}

func hasPathPrefix(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return prefix == "" || path == prefix || strings.HasPrefix(path, prefix+"/")
}

// refusal says why a package must not import another, or "".
func refusal(from string, level int, imported string) string {
	to, own := strings.CutPrefix(imported, module)
	for _, f := range alsoForbidden {
		exact := to == f.to || !own && hasPathPrefix(imported, f.to)
		if hasPathPrefix(from, f.from) && exact {
			return f.why
		}
	}
	if own {
		switch other := layerOf(to); {
		case other > level:
			return "imports go downwards only"
		case other == level && isConnector(from) && connectorOf(from) != connectorOf(to):
			return "connectors never import each other"
		}
		return ""
	}
	if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
		return "" // the standard library
	}
	for _, allowed := range layers[level].extern {
		if hasPathPrefix(imported, allowed) {
			return ""
		}
	}
	return "this layer may not import that module"
}

// isConnector reports whether a package is one of those below io/ that programs import, or a part of one.
func isConnector(path string) bool {
	return hasPathPrefix(path, "io") && !hasPathPrefix(path, "io/internal") && !hasPathPrefix(path, "io/format")
}

// connectorOf is "io/csv" of "io/csv/part".
func connectorOf(path string) string {
	parts := strings.SplitN(path, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// TestCrossBuilds builds the binary, without cgo, for the other systems that it is meant for.
func TestCrossBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the binary three times")
	}
	for _, target := range []string{"linux/arm64", "darwin/arm64", "windows/amd64"} {
		goos, goarch, _ := strings.Cut(target, "/")
		cmd := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "pwcol"), "./cmd/pwcol")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", target, err, out)
		}
	}
}

// TestNoRPC makes sure that the binary doesn't link the RPC stack that some Arrow packages pull in.
func TestNoRPC(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./cmd/pwcol").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		if strings.HasPrefix(dep, "google.golang.org/grpc") {
			t.Errorf("cmd/pwcol links %s", dep)
		}
	}
}
