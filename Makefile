# Every command of the project. `make` alone lists them.

SHELL := /bin/bash

# Without cgo the binary needs no C compiler to build and no C library to run.
# Tests too, so that all share what was compiled once.
export CGO_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help run build test tested raced lint generated verify e2e bench fuzz generate assets

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-11s%s\n", $$1, $$2 }' Makefile

ARGS ?=
run: build ## build and serve the demo data set; options in ARGS="--listen :8080"
	build/stagora demo $(ARGS)

build: ## build the binary, static, as build/stagora
	go build -o build/stagora ./cmd/stagora

# Where goroutines of ours share memory. The race detector makes a test about five
# times slower, so it watches these alone.
RACED ?= ./internal/store ./internal/identity ./internal/text ./internal/job ./internal/notice ./allocation/flow ./allocation/format ./allocation/match ./allocation/calllist
# SQLite is C translated to Go. It takes its memory from the system, where the detector
# does not look: telling the detector of each of its reads and writes takes ten times
# longer and finds nothing. The driver between SQLite and us is watched.
UNWATCHED := -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false
test: ## install what the tests need if it is missing, then check and run everything
	scripts/setup
	@unformatted="$$(gofmt -l .)"; \
		[ -z "$$unformatted" ] || { echo "not formatted, run gofmt -w:" $$unformatted; exit 1; }
	$(MAKE) --no-print-directory generated
	$(MAKE) --no-print-directory --jobs --keep-going lint tested raced

# These run at once, after what may write files of the source: each waits half of its
# time, for a browser, a database or a last package. What takes long begins first, and
# twice as many packages as there are cores run side by side. The output of a package is
# written as a whole when it ends. One that fails lets the others go on to tell theirs.
# The linter vets what the tests therefore need not.
LONG := ./e2e/... ./internal/web/... ./internal/node
SIDE := $(shell echo $$((2 * $$(nproc))))
tested:
	go test -p $(SIDE) -vet=off -shuffle=on -timeout 60m $(LONG) ./...
raced:
	CGO_ENABLED=1 go test -vet=off -shuffle=on -timeout 60m -race $(UNWATCHED) $(RACED)

lint: build/tools/golangci-lint@v2.15.0 ## read the code for mistakes; .golangci.yml says which and why
	$< run
	@scripts/ratio

# The files that sqlc and templ write are committed. Written again, they must be the
# same; if they are not, they are new now, to be looked at and committed.
GENERATED = git ls-files -z --cached --others --exclude-standard '*_templ.go' 'internal/*/queries/*.go' | \
	xargs -0 -r sha256sum 2>/dev/null | sort
generated: ## check that generated files are what their sources give
	@before="$$($(GENERATED))"; $(MAKE) --no-print-directory generate || exit 1; \
		changed="$$(diff <(echo "$$before") <($(GENERATED)) | awk '{ print $$3 }' | sort -u | xargs)"; \
		[ -z "$$changed" ] || { echo "generated files were out of date, and are written anew:" $$changed; exit 1; }

verify: ## check what is slow to check: ten thousand instances, every page of the large world
	go test -count=1 ./allocation/... -rapid.checks=10000
	STAGORA_WALK=large go test -count=1 -timeout 3h -run TestWalk ./internal/web

e2e: ## run the stories alone, telling each; pictures go to build/e2e
	scripts/setup
	mkdir -p build/e2e && go test -count=1 -timeout 60m -v -artifacts -outputdir $(CURDIR)/build/e2e ./e2e/...

BENCH ?=
bench: ## measure the engine beside its peers, pages and steps in the large world, the opening day; options in BENCH="-full -only match"
	scripts/setup bench
	go run ./bench/engine $(BENCH)
	go test -run '^$$' -bench . -benchmem ./allocation/...
	go test -run '^$$' -bench . -benchtime 1x -timeout 2h ./bench/...

FUZZTIME ?= 30s
fuzz: ## look for inputs that break the readers, FUZZTIME for each
	scripts/fuzz $(FUZZTIME)

generate: build/tools/sqlc@v1.31.1 build/tools/templ@v0.3.977 ## rewrite the Go made from SQL queries and templates
	build/tools/sqlc@v1.31.1 generate
	build/tools/templ@v0.3.977 generate -path internal

assets: ## fetch the style sheets, scripts, fonts and icons of others; see scripts/assets
	go run ./scripts/assets

# A tool stands under its version, so that a new version is a new file.
build/tools/sqlc@%: ; $(call install,github.com/sqlc-dev/sqlc/cmd/sqlc,$*)
build/tools/templ@%: ; $(call install,github.com/a-h/templ/cmd/templ,$*)
build/tools/golangci-lint@%: ; $(call install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint,$*)
install = GOBIN=$(CURDIR)/build/tools go install $(1)@$(2) && mv build/tools/$(notdir $(1)) $@
