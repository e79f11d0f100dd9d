// Package bench measures pwcol, alone and side by side with other engines. It has the generators of the inputs, the
// workloads as table programs, and the harness.
//
// Every engine that is compared is a process of its own that lives through all rounds (an Engine) and answers queries,
// one JSON object a line: pwcol as `pwcol bench serve`, the peers as the Python scripts under peers/. In each round every
// engine answers the query once, in an order that rotates from round to round, so that what else the machine does
// hits all of them alike. The engine measures itself, from the name of the input file to the written result, and
// reports wall time, CPU time and peak memory. The harness takes the least and the median, and compares the
// results with each other: a fast wrong answer is not an answer.
package bench
