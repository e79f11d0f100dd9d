// Package arrowtab is pwcol's language: tables, schemas, expressions and reducers. Programs import it as pw.
package arrowtab
