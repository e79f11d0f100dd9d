package settings

import (
	"fmt"
	"regexp"
	"strings"
)

// variable is ${NAME} or ${NAME:-default}; $${ isn't one.
var variable = regexp.MustCompile(`\$?\$\{[^}]*\}?`)

// Inside {a: ${NAME}} YAML takes the variable's braces for its own. So they are other characters, which no file holds, until it is parsed.
const (
	maskedOpen  = "\ue000"
	maskedClose = "\ue001"
)

var braced = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*(?::-[^{}\n]*)?)\}`)

func masked(text string) string {
	return braced.ReplaceAllString(text, "$$"+maskedOpen+"${1}"+maskedClose)
}

func unmasked(text string) string {
	return strings.NewReplacer(maskedOpen, "{", maskedClose, "}").Replace(text)
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// text is the value of a scalar with its variables put in, and whether there were any: then it isn't for messages.
func (n *Node) text() (text string, secret bool, err error) {
	text = variable.ReplaceAllStringFunc(unmasked(n.yaml.Value), func(v string) string {
		if strings.HasPrefix(v, "$$") {
			return v[1:]
		}
		secret = true
		value, e := n.variable(v)
		if e != nil && err == nil {
			err = e
		}
		return value
	})
	return text, secret || isSecret(n.path), err
}

// variable is the value of ${NAME} or ${NAME:-default}.
func (n *Node) variable(v string) (string, error) {
	if !strings.HasSuffix(v, "}") {
		return "", n.Errorf("a ${ has no }: write ${NAME}, or $${ for the characters themselves")
	}
	name, instead, hasDefault := strings.Cut(v[2:len(v)-1], ":-")
	if !variableName.MatchString(name) {
		return "", n.Errorf("${%s} is no name of a variable: write ${NAME}, or $${ for the characters themselves", name)
	}
	value, ok := n.file.lookup(name)
	switch {
	case ok && (value != "" || !hasDefault):
		return value, nil
	case hasDefault:
		return instead, nil
	}
	return "", n.Errorf("the environment variable %s is not set: set it, or write ${%s:-default}", name, name)
}

// isSecret reports whether a key's value must not be shown.
func isSecret(path string) bool {
	key := strings.ToLower(path[strings.LastIndexByte(path, '.')+1:])
	for _, word := range []string{"password", "secret", "token", "credential", "dsn", "key"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}

// shown is a value for a message.
func shown(text string, secret bool) string {
	if secret {
		return "the value (not shown)"
	}
	return fmt.Sprintf("%q", text)
}
