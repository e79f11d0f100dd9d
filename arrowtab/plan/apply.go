package plan

import "fmt"

// ApplyRead makes a schema an option of a connector's Read function: it says what the columns are, instead of
// looking at the input. target is the connector's settings; it is an error if they have no SetSchema.
func (s *Schema) ApplyRead(target any) error {
	t, ok := target.(interface{ SetSchema(*Schema) })
	if !ok {
		return fmt.Errorf("a schema can't be given here: %T takes none", target)
	}
	t.SetSchema(s)
	return nil
}
