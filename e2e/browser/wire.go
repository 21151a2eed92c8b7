package browser

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Response is one answer of the server's to this window.
type Response struct {
	URL    string
	Status int
	Body   string // empty for what is not text, and for a stream of events
}

// Received returns all answers so far, oldest first.
func (w *Window) Received() []Response {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Response(nil), w.received...)
}

// NotReceived fails the test if any answer so far holds text, shown or not.
func (w *Window) NotReceived(text string) {
	w.t.Helper()
	for _, r := range w.Received() {
		if strings.Contains(plain(r.Body), plain(text)) {
			w.t.Errorf("%s holds %q", r.URL, text)
		}
	}
}

// Fetch asks for an address as this person, without leaving the page: what a link
// to a file would give, or an address they made up.
func (w *Window) Fetch(url string) (status int, body []byte) {
	w.t.Helper()
	address, err := json.Marshal(url)
	w.must("fetch", err)
	var answer struct {
		Status int
		Body   string
	}
	w.Evaluate(fmt.Sprintf(`(async () => {
		const answer = await fetch(%s, { headers: { Accept: "text/html, */*" } });
		const bytes = new Uint8Array(await answer.arrayBuffer());
		let text = "";
		for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
		return { Status: answer.status, Body: btoa(text) };
	})()`, address), &answer)
	body, err = base64.StdEncoding.DecodeString(answer.Body)
	w.must("fetch "+url, err)
	return answer.Status, body
}

// listen is told all that happens in the window. It must not wait.
func (w *Window) listen(event any) {
	w.mu.Lock()
	w.traffic.note(event)
	w.mu.Unlock()
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		go w.record(e)
	case *runtime.EventExceptionThrown:
		w.trouble("threw %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeAssert {
			w.trouble("logged %s", consoleText(e.Args))
		}
	case *log.EventEntryAdded:
		// What the network says of statuses, record says better.
		if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
			w.trouble("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
}

func consoleText(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		if arg.Description != "" {
			words = append(words, arg.Description)
			continue
		}
		words = append(words, word(arg.Value))
	}
	return strings.Join(words, " ")
}

// record keeps an answer, and lets it go on to the page.
func (w *Window) record(e *fetch.EventRequestPaused) {
	ctx := cdp.WithExecutor(w.ctx, chromedp.FromContext(w.ctx).Target)
	answer := Response{URL: e.Request.URL, Status: int(e.ResponseStatusCode)}
	if isText(e) {
		if body, err := fetch.GetResponseBody(e.RequestID).Do(ctx); err == nil {
			answer.Body = string(body)
		}
	}
	w.mu.Lock()
	w.received = append(w.received, answer)
	w.mu.Unlock()
	if answer.Status >= 500 {
		w.trouble("status %d for %s %s", answer.Status, e.Request.Method, e.Request.URL)
	}
	_ = fetch.ContinueRequest(e.RequestID).Do(ctx) // a window that is closing waits for no answer
}

// isText tells whether the body of an answer is worth reading and has an end.
func isText(e *fetch.EventRequestPaused) bool {
	redirects := e.ResponseStatusCode >= 300 && e.ResponseStatusCode < 400
	if redirects || e.ResponseErrorReason != "" {
		return false
	}
	for _, header := range e.ResponseHeaders {
		if strings.EqualFold(header.Name, "Content-Type") {
			kind, _, _ := strings.Cut(header.Value, ";")
			return kind != "text/event-stream" && (strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json"))
		}
	}
	return false
}
