package thrift

import (
	"errors"
	"fmt"
)

// Places in FileMetaData and SchemaElement.
const (
	fileSchema      = 2
	elementChildren = 5
)

// maxSchemaDepth bounds how deep the schema tree may be.
const maxSchemaDepth = 128

// CheckFooter makes sure that a general decoder can be given the footer: that all lengths in it are
// covered by bytes, that nothing nests without bound, and that the schema's elements make one tree. A
// list that claims 100 million elements would otherwise be allocated before its first element is read.
func CheckFooter(data []byte) error {
	r := reader{data: data}
	last := int16(0)
	seen := false
	for {
		id, typ := r.field(last)
		if typ == typeStop {
			break
		}
		last = id
		if id == fileSchema && typ == typeList {
			seen = true
			r.checkSchema()
			continue
		}
		r.skip(typ, true, 1)
	}
	if r.err == nil && !seen {
		r.fail(errors.New("holds no schema"))
	}
	return r.err
}

// checkSchema walks over the list of schema elements, a tree in depth-first order, in which an element says
// how many children follow it.
func (r *reader) checkSchema() {
	n, typ := r.list()
	if typ != typeStruct {
		r.fail(fmt.Errorf("holds a schema of type %d", typ))
		return
	}
	var open []int32 // children that are still to come, by level
	for i := 0; i < n && r.err == nil; i++ {
		children := r.schemaElement()
		if children < 0 || int(children) > n-i-1 {
			r.fail(fmt.Errorf("holds a schema element with %d children, of %d elements in all", children, n))
			return
		}
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			open[len(open)-1]--
		} else if i > 0 {
			r.fail(errors.New("holds a schema of several trees"))
			return
		}
		open = append(open, children)
		if len(open) > maxSchemaDepth {
			r.fail(fmt.Errorf("holds a schema deeper than %d", maxSchemaDepth))
			return
		}
	}
}

// schemaElement passes over an element and returns the number of its children.
func (r *reader) schemaElement() (children int32) {
	last := int16(0)
	for {
		id, typ := r.field(last)
		if typ == typeStop {
			return children
		}
		last = id
		if id == elementChildren && typ == typeI32 {
			children = r.int32()
			continue
		}
		r.skip(typ, true, 3)
	}
}
