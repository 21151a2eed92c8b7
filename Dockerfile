# The binary needs nothing beside it, not even a C library: see e2e/container_test.go.
# Build it first with `make build`.
FROM scratch
COPY build/stagora /stagora
ENTRYPOINT ["/stagora"]
