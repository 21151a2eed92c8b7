/*
Package pages measures what pages and the steps of a campaign cost in the large
world: server CPU a request, compression included, one request at a time, beside
the bare cost of a request in the same run. It asserts nothing and prints the
tables of docs/benchmarks.md.

	go test -run '^$' -bench . -benchtime 1x ./bench/pages
*/
package pages
