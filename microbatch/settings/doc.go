// Package settings reads files of settings: YAML, strictly, into Go structs.
//
//	executor:   {num_threads: 4, max_memory: 8GB}
//	connectors:
//	  postgres: {host: localhost, password: "${PGPASSWORD}"}
//
// A struct says by tags what there may be. What isn't in the file stays as it was:
//
//	var s struct {
//		Executor struct {
//			Threads   int           `setting:"num_threads"`
//			MaxMemory settings.Size `setting:"max_memory"`
//		} `setting:"executor"`
//		Connectors map[string]*settings.Node `setting:"connectors"`
//	}
//	root, err := settings.ReadFile("pwcol.yaml")
//	…
//	err = root.Decode(&s)
//
// A *Node stays undecoded until whoever knows its keys decodes it: so each connector reads its own part.
//
// All mistakes are reported at once, each with file, line and column: keys that don't exist, with the nearest ones that do;
// keys that are there twice; values of another type. A text may hold ${NAME}, an environment variable, or
// ${NAME:-text}, where text stands for one that isn't set; $${ is a plain ${. Values that come from the environment, and those of keys like password or token, are
// never shown in a message.
//
// The YAML is parsed by go.yaml.in/yaml; anchors and aliases work, several documents in a file don't.
package settings
