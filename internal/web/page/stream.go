package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
)

// A server is what a request knows of the server that answers it.
type server struct {
	stop     <-chan struct{} // closed when the node is to stop; nil: never
	streamed bool            // this request was answered by a stream
}

type serverKey struct{}

func serving(ctx context.Context) *server {
	if s, ok := ctx.Value(serverKey{}).(*server); ok {
		return s
	}
	return &server{}
}

// UntilStopped returns the context of a server whose streams end when stop is closed:
// see [http.Server.BaseContext].
func UntilStopped(ctx context.Context, stop <-chan struct{}) context.Context {
	return context.WithValue(ctx, serverKey{}, &server{stop: stop})
}

// Measurable returns the context of one request, of which [WasStream] tells
// afterwards how it was answered.
func Measurable(ctx context.Context) context.Context {
	return context.WithValue(ctx, serverKey{}, &server{stop: serving(ctx).stop})
}

// WasStream reports whether a request was answered by a stream, whose time is that of
// the person who looks on and not ours.
func WasStream(ctx context.Context) bool { return serving(ctx).streamed }

// How long one write may wait for the browser, and how long a stream may be silent.
const (
	writeWithin    = 30 * time.Second
	heartbeatEvery = 15 * time.Second
)

// A paced writer gives each write its own deadline, instead of the one that the
// server sets for whole answers: an answer may take as long as it goes on.
type paced struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// pace returns such a writer. The request has been read: the deadline for reading it is
// lifted too, which would end the request's context.
func pace(w http.ResponseWriter) *paced {
	p := &paced{w: w, rc: http.NewResponseController(w)}
	_ = p.rc.SetReadDeadline(time.Time{}) // a recorder of a test has none
	return p
}

func (p *paced) Write(b []byte) (int, error) {
	if err := p.extend(); err != nil {
		return 0, err
	}
	return p.w.Write(b)
}

// extend gives the next write its deadline. The machine's clock is meant, which a
// demonstration does not move.
func (p *paced) extend() error {
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	deadline, _ := ctx.Deadline()
	err := p.rc.SetWriteDeadline(deadline)
	if errors.Is(err, http.ErrNotSupported) { // a recorder of a test
		return nil
	}
	return err
}

func (p *paced) flush() error {
	err := p.rc.Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// An Event is one thing told by a stream.
type Event struct {
	ID   string // where a browser that lost the stream goes on from, see [Request.LastEvent]; may be empty
	Name string // what kind; empty: "message"
	Data string // HTML for htmx, or JSON; may have several lines
}

// Events sends what a stream tells.
type Events struct {
	to   *paced
	ctx  context.Context
	stop <-chan struct{}
	beat *time.Ticker
}

// Send tells an event. An error means that the browser has gone.
func (e *Events) Send(event Event) error {
	var b strings.Builder
	if event.ID != "" {
		fmt.Fprintf(&b, "id: %s\n", oneLine(event.ID))
	}
	if event.Name != "" {
		fmt.Fprintf(&b, "event: %s\n", oneLine(event.Name))
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(event.Data, "\r", ""), "\n") {
		b.WriteString("data: " + line + "\n")
	}
	return e.write(b.String() + "\n")
}

func (e *Events) write(s string) error {
	if _, err := io.WriteString(e.to, s); err != nil {
		return err
	}
	e.beat.Reset(heartbeatEvery)
	return e.to.flush()
}

// ErrStreamEnds is why [Next] returns without a value: the browser has gone, or the
// node stops. A stream returns it as it is.
var ErrStreamEnds = errors.New("the stream ends")

// Next waits for the next value of a channel, and shows the browser meanwhile that
// the stream lives. It returns [ErrStreamEnds] when the stream is to end, and when
// the channel is closed.
func Next[T any](e *Events, from <-chan T) (value T, err error) {
	for {
		select {
		case <-e.ctx.Done():
			return value, ErrStreamEnds
		case <-e.stop:
			return value, ErrStreamEnds

		case v, ok := <-from:
			if !ok {
				return value, ErrStreamEnds
			}
			return v, nil
		case <-e.beat.C:
			if err := e.write(": still here\n\n"); err != nil {
				return value, ErrStreamEnds
			}
		}
	}
}

// Stream answers with server-sent events, for as long as tell tells them. What tell
// reads from the database it reads before it waits: a stream holds no transaction.
// When the node stops, [Next] ends the stream, and the browser comes back, to
// another node if there is one.
func (r *Request) Stream(w http.ResponseWriter, tell func(*Events) error) error {
	if r.answered != nil {
		r.answered() // who looks on waits for nothing
	}
	r.patience.Stop()
	serving(r.Context()).streamed = true
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep events until it has enough of them
	e := &Events{to: pace(w), ctx: r.Context(), stop: serving(r.Context()).stop, beat: time.NewTicker(heartbeatEvery)}
	defer e.beat.Stop()
	if err := e.write("retry: 2000\n\n"); err != nil {
		return nil // the browser has gone already
	}
	err := tell(e)
	if err != nil && !errors.Is(err, ErrStreamEnds) && fault.KindOf(err) == fault.Internal && r.Context().Err() == nil {
		r.Log.ErrorContext(r.Context(), "stream failed", "route", r.Pattern, "err", err)
	}
	return nil // the answer has begun: no page can be shown
}

// LastEvent returns the [Event.ID] of what the browser was told last before it lost
// the stream, or an empty text.
func (r *Request) LastEvent() string { return r.Header.Get("Last-Event-ID") }

func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }
