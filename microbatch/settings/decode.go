package settings

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// tagName is the tag of a struct's field that holds its key.
const tagName = "setting"

var (
	nodeType     = reflect.TypeFor[*Node]()
	durationType = reflect.TypeFor[time.Duration]()
)

// Decode puts the node into the struct that into points to: each key into the field with the tag setting:"key".
// Fields may be texts, numbers, booleans, time.Duration ("500ms", "1h30m"), Size, what reads itself from text (encoding.TextUnmarshaler), structs, pointers to
// structs, slices and maps of these, and *Node. Fields without a key in the file, or with an empty one, keep their value. The error has all mistakes, one a
// line. Decode panics if the struct has a field that no setting can be put into.
func (n *Node) Decode(into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("settings: Decode into %T, expected a pointer to a struct", into))
	}
	return n.decode(v.Elem())
}

func (n *Node) decode(v reflect.Value) error {
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(n))
		return nil
	}
	if isNull(n.yaml) {
		return nil
	}
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok || v.Type() == durationType {
		return n.decodeText(v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return n.decode(v.Elem())
	case reflect.Struct:
		return n.decodeStruct(v)
	case reflect.Map:
		return n.decodeMap(v)
	case reflect.Slice:
		return n.decodeSlice(v)
	}
	return n.decodeText(v)
}

func (n *Node) decodeStruct(v reflect.Value) error {
	fields := map[string]reflect.Value{}
	var names []string
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get(tagName); name != "" {
			fields[name] = v.Field(i)
			names = append(names, name)
		}
	}
	return n.eachKey(func(key string, at *yaml.Node, value *Node) error {
		field, ok := fields[key]
		if !ok {
			return n.file.errorAt(at, "%s", unknownKey(n.path, key, names))
		}
		return value.decode(field)
	})
}

func (n *Node) decodeMap(v reflect.Value) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return n.eachKey(func(key string, _ *yaml.Node, value *Node) error {
		element := reflect.New(v.Type().Elem()).Elem()
		if err := value.decode(element); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key), element)
		return nil
	})
}

// eachKey calls f with the keys of a mapping, and collects its errors.
func (n *Node) eachKey(f func(key string, at *yaml.Node, value *Node) error) error {
	if n.yaml.Kind != yaml.MappingNode {
		return n.Errorf("is %s, expected a mapping: key: value", n.kind())
	}
	var errs []error
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		at, value := n.yaml.Content[i], n.yaml.Content[i+1]
		key := unmasked(at.Value)
		if first, ok := seen[key]; ok {
			errs = append(errs, n.file.errorAt(at, "%s is there a second time; the first is in line %d", key, first.Line))
			continue
		}
		seen[key] = at
		errs = append(errs, f(key, at, n.at(key, value)))
	}
	return errors.Join(errs...)
}

func unknownKey(path, key string, names []string) string {
	in := ""
	if path != "" {
		in = " in " + path
	}
	if near := plan.Nearest(key, names); len(near) > 0 {
		return fmt.Sprintf("there is no setting %s%s; did you mean %s?", key, in, strings.Join(near, " or "))
	}
	return fmt.Sprintf("there is no setting %s%s. The settings are: %s", key, in, strings.Join(names, ", "))
}

func (n *Node) decodeSlice(v reflect.Value) error {
	if n.yaml.Kind != yaml.SequenceNode {
		return n.Errorf("is %s, expected a list: [a, b]", n.kind())
	}
	var errs []error
	list := reflect.MakeSlice(v.Type(), len(n.yaml.Content), len(n.yaml.Content))
	for i, y := range n.yaml.Content {
		errs = append(errs, n.at(strconv.Itoa(i+1), y).decode(list.Index(i)))
	}
	v.Set(list)
	return errors.Join(errs...)
}

// decodeText decodes a value that is a single text in the file.
func (n *Node) decodeText(v reflect.Value) error {
	expected := expectedOf(v)
	if n.yaml.Kind != yaml.ScalarNode {
		return n.Errorf("is %s, expected %s", n.kind(), expected)
	}
	text, secret, err := n.text()
	if err != nil {
		return err
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		err := u.UnmarshalText([]byte(text))
		if err != nil && secret {
			return n.Errorf("%s can't be used", shown(text, secret))
		}
		if err != nil {
			return n.Errorf("%w", err)
		}
		return nil
	}
	if err := parseInto(v, text); err != nil {
		return n.Errorf("%s is not %s", shown(text, secret), expected)
	}
	return nil
}

func expectedOf(v reflect.Value) string {
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return "a " + strings.ToLower(v.Type().Name())
	}
	switch {
	case v.Type() == durationType:
		return "a duration: write 500ms, 60s, 1h30m"
	case v.CanInt(), v.CanUint():
		return "a whole number"
	case v.CanFloat():
		return "a number"
	case v.Kind() == reflect.Bool:
		return "true or false"
	case v.Kind() == reflect.String:
		return "a text"
	}
	panic(fmt.Sprintf("settings: a field of type %s can't be set from a file", v.Type()))
}

func parseInto(v reflect.Value, text string) error {
	var err error
	switch {
	case v.Type() == durationType:
		var d time.Duration
		d, err = time.ParseDuration(strings.ReplaceAll(text, " ", ""))
		v.SetInt(int64(d))
	case v.CanInt():
		var i int64
		i, err = strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(i)
	case v.CanUint():
		var u uint64
		u, err = strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(u)
	case v.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, v.Type().Bits())
		v.SetFloat(f)
	case v.Kind() == reflect.Bool:
		var b bool
		b, err = parseBool(text)
		v.SetBool(b)
	default:
		v.SetString(text)
	}
	return err
}

// parseBool takes what YAML 1.2 takes, not the yes and on of earlier ones.
func parseBool(text string) (bool, error) {
	switch text {
	case "true", "True", "TRUE":
		return true, nil
	case "false", "False", "FALSE":
		return false, nil
	}
	return false, errors.New("not a boolean")
}
