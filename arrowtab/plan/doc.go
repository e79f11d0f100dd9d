// Package plan is table programs as plain data: nodes (Read, Filter, Project, Aggregate, Sort, Limit, Union, Rejected, Write),
// expressions over their columns, and schemas. Package arrowtab builds plans, optimize rewrites them, microbatch
// runs them; Explain writes them down:
//
//	sort by total desc limit 10
//	  aggregate by name: sum(value) as total → name string, total float64
//	    filter value > 100
//	      read csv sales.csv → id int64, name string, value float64
//
// Nodes and expressions are immutable: a rule that changes one makes a new one. A node's pointer is its identity, and one
// with two consumers is computed once. Expressions are made without types (Column by name, Literal, Call) and typed by Bind
// against the schema of the rows that they are computed from; Compile makes them ready to run.
package plan
