package browser

import (
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Traffic is what a window waits for: a page that it is going to, and what the page
// has asked for.
type traffic struct {
	leaving bool // a navigation was asked for and is not over
	asked   map[network.RequestID]bool
}

// note keeps the traffic up to date. It is told of events in the order in which the
// browser sends them, each before the answer to what was asked after it.
func (t *traffic) note(event any) {
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		t.leaving = t.leaving || e.Disposition == page.ClientNavigationDispositionCurrentTab
	case *page.EventFrameStartedLoading:
		t.leaving = true
	case *page.EventFrameStoppedLoading, *page.EventNavigatedWithinDocument:
		t.leaving = false
	case *page.EventFrameNavigated:
		clear(t.asked) // nobody tells of what the page before asked for on its way out
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeFetch || e.Type == network.ResourceTypeXHR {
			t.asked[e.RequestID] = true
		}
	case *network.EventResponseReceived:
		if e.Response.MimeType == "text/event-stream" {
			delete(t.asked, e.RequestID) // it has no end
		}
	case *network.EventLoadingFinished:
		delete(t.asked, e.RequestID)
	case *network.EventLoadingFailed:
		delete(t.asked, e.RequestID)
	}
}

func (w *Window) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.traffic.leaving || len(w.traffic.asked) > 0
}

// settle waits until nothing is on its way: no other page, and no answer that may
// change this one. What is found on a page before that may be replaced before one
// gets to press it. A page that never comes to rest is left to who looks for
// something on it, who can say what was not there.
func (w *Window) settle() {
	w.wait(func() bool {
		if w.busy() {
			return false
		}
		var rests bool
		// The page answers after it has told of what it did before: ask, and look again.
		err := w.try(chromedp.Evaluate(`document.readyState === "complete" && !window.stagoraSubmits`, &rests))
		return err == nil && rests && !w.busy()
	})
}

// watchKeys runs in each page before anything else. It notes that a form is being
// sent, which browsers begin only some time after the key; and it lets a key that is
// meant for something on the page through to that alone, since the page may move the
// focus, or put something else in its place, between the look and the key.
const watchKeys = `
	addEventListener("submit", e => { if (!e.defaultPrevented) window.stagoraSubmits = true; });
	addEventListener("keydown", e => {
		if (!window.stagoraMeant) return;
		window.stagoraHit = e.target === window.stagoraMeant;
		window.stagoraMeant = null;
		if (window.stagoraHit) return;
		e.preventDefault();
		e.stopImmediatePropagation();
	}, true);
`

// Strike reaches what has this role and name, as [Window.Reach] does, and presses a
// key on it, and on nothing else: what the page puts in its place meanwhile is
// reached again.
func (w *Window) Strike(role, name, key string) {
	w.t.Helper()
	struck := w.wait(func() bool {
		w.Reach(role, name)
		w.mean()
		if !w.Focus().is(role, name) {
			return false
		}
		w.Press(key)
		return w.hit()
	})
	if !struck {
		w.t.Fatalf("the page took the %s %q away each time before %s was pressed", role, name, key)
	}
}

// mean makes what has the focus the only thing that takes the next key.
func (w *Window) mean() {
	w.t.Helper()
	w.do("look at what has the focus", chromedp.Evaluate(`window.stagoraMeant = document.activeElement, window.stagoraHit = null`, nil))
}

// hit reports whether the key reached what it was meant for. A page that is gone
// has taken it, and so has one without scripts, where nothing moves by itself.
func (w *Window) hit() bool {
	missed := false
	err := w.try(chromedp.Evaluate(`window.stagoraHit === false`, &missed))
	return err != nil || !missed
}
