# The binary needs nothing beside it, not even a C library; e2e/container_test.go
# runs it so. Build it first, with `make build`.
#
# An empty root has no certificates: to send mail to a server elsewhere, give
# those of the host with --volume /etc/ssl/certs:/etc/ssl/certs:ro.
FROM scratch
COPY build/stagora /stagora
# Where the database goes, and what others leave in /tmp.
WORKDIR /data
ENV TMPDIR=/data
ENTRYPOINT ["/stagora"]
