package browser

import (
	"strings"
	"unicode"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// See waits until the page shows text.
func (w *Window) See(text string) {
	w.t.Helper()
	if !w.wait(func() bool { return strings.Contains(plain(w.text()), plain(text)) }) {
		w.t.Fatalf("the page never showed %q", text)
	}
}

// NotSee waits until the page shows no such text. Since a page that is still
// loading shows nothing, See what comes in its place first.
func (w *Window) NotSee(text string) {
	w.t.Helper()
	if !w.wait(func() bool { return !strings.Contains(plain(w.text()), plain(text)) }) {
		w.t.Fatalf("the page still showed %q", text)
	}
}

// text returns what the page shows, or nothing while it loads.
func (w *Window) text() string {
	var text string
	// An error is a page that is just leaving: there is nothing to see yet.
	_ = w.try(chromedp.Evaluate(`document.readyState === "loading" || !document.body ? "" : document.body.innerText`, &text))
	return text
}

// listenToAnnouncements keeps what live regions say, since what they say may be
// gone before one looks.
const listenToAnnouncements = `
	window.stagoraHeard = [];
	const regions = '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output';
	new MutationObserver(changes => {
		for (const change of changes) {
			const at = change.target.nodeType === Node.ELEMENT_NODE ? change.target : change.target.parentElement;
			const region = at?.closest(regions);
			const said = region?.textContent.trim();
			if (said && said !== window.stagoraHeard.at(-1)) window.stagoraHeard.push(said);
		}
	}).observe(document, { subtree: true, childList: true, characterData: true });
`

// Heard returns what the live regions of this page have announced, oldest first.
func (w *Window) Heard() []string {
	w.t.Helper()
	var heard []string
	_ = w.try(chromedp.Evaluate(`window.stagoraHeard ?? []`, &heard))
	return heard
}

// Hear waits until a live region has announced text.
func (w *Window) Hear(text string) {
	w.t.Helper()
	heard := w.wait(func() bool { return strings.Contains(plain(strings.Join(w.Heard(), "\n")), plain(text)) })
	if !heard {
		w.t.Fatalf("no live region announced %q, but %q", text, w.Heard())
	}
}

// plain makes all spaces alike: French typography has several.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
}

// awaited makes Evaluate wait for a promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
