/*
Package browser puts a person before a real browser: stories say what they press
and what they see.

	func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

	func TestInesRanksHerWishes(t *testing.T) {
		w := browser.Open(t, browser.Phone)
		w.Visit(server.URL + "/")
		w.Follow("Mes vœux")        // Tab until the link has the focus, then Enter
		w.Fill("Rang de B", "1")    // Tab to the field, type over what is there
		w.See("Enregistré à")       // within a few seconds
		w.Hear("B passe au rang 1") // a screen reader was told
		w.Fits()                    // nothing sticks out sideways
		w.Accessible()              // axe finds nothing
		w.NotReceived("Baraka")     // no answer of the server's held that name
	}

Nothing here can click: who cannot use the keyboard alone cannot finish a story,
so a page that needs a pointer fails. Things are found as a screen reader names
them, by role and name, never by their place in the HTML. What is sought is waited
for, up to [Patience], and never slept for; before looking for something to press,
one waits until nothing is on its way that could take its place. In names and texts any kind of space
equals any other, so that stories need no narrow no-break ones.

At the end of its test a window fails it if the page threw or logged an error,
broke the content security policy, or was given a status of 500 or more. A failed
test leaves a picture of the window; run `go test -artifacts` to keep it.
*/
package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Widths of a window, in CSS pixels.
const (
	Desk  = 1280
	Phone = 360
)

// Patience is how long a story waits for what never comes. No story depends on it:
// what comes is seen at once, however long the machine took for it.
const Patience = 3 * time.Minute

// A Window is a browser window of one person: no cookie is shared with another.
type Window struct {
	t        testing.TB
	ctx      context.Context
	width    int
	patience time.Duration
	pictures string // the folder for them; asked for early, to outlive the window

	mu       sync.Mutex
	traffic  traffic
	troubles []string
	received []Response
}

// browsers is the browser of this test binary: started when first needed, ended
// by Main.
var browsers struct {
	sync.Mutex
	ctx   context.Context // nil until started
	close func()
	main  bool
}

// Main runs the tests of a package that opens windows, and then ends the browser.
func Main(m *testing.M) int {
	browsers.main = true
	code := m.Run()
	if browsers.ctx != nil {
		browsers.close()
	}
	return code
}

// program is Chromium without what is around a page: it shows and does the same, and
// takes a quarter less of the machine. What Debian has in the path starts this one as
// a process of its own, which would outlive us.
const program = "/usr/lib/chromium/chromium-headless-shell"

// flags keep Chromium from the network and make it the same everywhere.
var flags = []chromedp.ExecAllocatorOption{
	chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
	chromedp.Flag("disable-quic", true),
	chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-component-update", true),
	chromedp.Flag("disable-sync", true),
	chromedp.Flag("disable-extensions", true),
	chromedp.Flag("disable-dev-shm-usage", true), // small in containers
	chromedp.Flag("force-prefers-reduced-motion", true),
	chromedp.Flag("force-color-profile", "srgb"),
	chromedp.Flag("font-render-hinting", "none"), // letters as wide as on a phone, not rounded to pixels
	chromedp.Flag("accept-lang", "fr-FR,fr"),
	chromedp.Env("LANGUAGE=en"), // its own words and dates, see FillMoment
	chromedp.WSURLReadTimeout(time.Minute),
}

func start() (context.Context, error) {
	browsers.Lock()
	defer browsers.Unlock()
	if browsers.ctx != nil {
		return browsers.ctx, nil
	}
	if !browsers.main {
		return nil, fmt.Errorf("this package has no TestMain that calls browser.Main")
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Run(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("start Chromium (scripts/setup installs it): %w", err)
	}
	browsers.ctx, browsers.close = ctx, func() { cancel(); stop() }
	return ctx, nil
}

// Open opens a new window of the given width, which closes after the test.
func Open(t testing.TB, width int) *Window {
	t.Helper()
	browser, err := start()
	if err != nil {
		t.Fatal(err)
	}
	id, err := newTarget(t, browser)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	w := &Window{t: t, ctx: ctx, width: width, patience: Patience, pictures: t.ArtifactDir(), traffic: traffic{asked: map[network.RequestID]bool{}}}
	chromedp.ListenTarget(ctx, w.listen)
	w.must("open a window", chromedp.Run(ctx,
		network.Enable(),
		fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: "*", RequestStage: fetch.RequestStageResponse}}),
		emulation.SetFocusEmulationEnabled(true), // several windows may be at work at once
		chromedp.EmulateViewport(int64(width), 800),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(listenToAnnouncements + watchKeys).Do(ctx)
			return err
		}),
	))
	t.Cleanup(w.finish) // before the window closes
	return w
}

// newTarget makes a window with cookies of its own. A headless Chromium opens a
// tab only where there is a window, so that the library's own way does not do.
func newTarget(t testing.TB, browser context.Context) (target.ID, error) {
	ctx := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	profile, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		return "", fmt.Errorf("open a window: %w", err)
	}
	t.Cleanup(func() {
		if err := target.DisposeBrowserContext(profile).Do(ctx); err != nil {
			t.Errorf("close a window: %v", err)
		}
	})
	return target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(ctx)
}

// finish fails the test for what went wrong unseen, and keeps a picture of a
// failure.
func (w *Window) finish() {
	w.mu.Lock()
	troubles := w.troubles
	w.mu.Unlock()
	for _, trouble := range troubles {
		w.t.Error("the page: " + trouble)
	}
	if w.t.Failed() {
		w.t.Logf("the window showed %s\n%.2000s", w.Address(), w.text())
		w.Screenshot("failure")
	}
}

// Forgive takes back the troubles so far that contain text, for a story that
// provokes them.
func (w *Window) Forgive(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	for _, trouble := range w.troubles {
		if !strings.Contains(trouble, text) {
			left = append(left, trouble)
		}
	}
	w.troubles = left
}

func (w *Window) trouble(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.troubles = append(w.troubles, fmt.Sprintf(format, args...))
}

// Visit types an address into the browser and waits for the page.
func (w *Window) Visit(url string) {
	w.t.Helper()
	w.do("visit "+url, chromedp.Navigate(url))
}

// Resize gives the window another width.
func (w *Window) Resize(width int) {
	w.t.Helper()
	w.width = width
	w.do("resize", chromedp.EmulateViewport(int64(width), 800))
}

// WithoutScripts has the window run no script of the pages it opens from now on.
func (w *Window) WithoutScripts() {
	w.t.Helper()
	w.do("forbid scripts", emulation.SetScriptExecutionDisabled(true))
}

// Reload loads the page anew.
func (w *Window) Reload() {
	w.t.Helper()
	w.do("reload", chromedp.Reload())
}

// Address returns where the window is.
func (w *Window) Address() string {
	w.t.Helper()
	var url string
	w.do("read the address", chromedp.Location(&url))
	return url
}

// kept tells whether `go test` was asked to keep pictures: they take seconds.
var kept = sync.OnceValue(func() bool {
	asked := flag.Lookup("test.artifacts")
	return asked != nil && asked.Value.String() == "true"
})

// Screenshot keeps a picture of the whole page as name-WIDTH.png among the
// artifacts of the test, if `go test -artifacts` asked for them.
func (w *Window) Screenshot(name string) {
	w.t.Helper()
	if !kept() {
		return
	}
	path := filepath.Join(w.pictures, fmt.Sprintf("%s-%d.png", name, w.width))
	w.must("keep a picture", os.WriteFile(path, w.picture(), 0o644))
}

func (w *Window) picture() []byte {
	w.t.Helper()
	var picture []byte
	w.do("take a picture", chromedp.FullScreenshot(&picture, 100))
	return picture
}

// Fits fails the test if the page is wider than the window.
func (w *Window) Fits() {
	w.t.Helper()
	if over := w.Overflow(); over > 0 {
		w.t.Errorf("the page is %d px wide, the window %d", w.width+over, w.width)
	}
}

// Overflow returns by how many pixels the page is wider than the window.
func (w *Window) Overflow() int {
	w.t.Helper()
	var width int
	w.Evaluate(`document.documentElement.scrollWidth`, &width)
	return max(0, width-w.width)
}

// Evaluate runs JavaScript in the page, waits for its promise if it gives one, and
// puts what comes out into result, a pointer. It is for looking, not for acting.
func (w *Window) Evaluate(script string, result any) {
	w.t.Helper()
	w.do("evaluate", chromedp.Evaluate(script, result, awaited))
}

// Until waits until the answer is yes; what says what was waited for.
func (w *Window) Until(what string, ask func() bool) {
	w.t.Helper()
	if !w.wait(ask) {
		w.t.Fatalf("it never came to be that %s", what)
	}
}

// do runs actions that have no reason to take long.
func (w *Window) do(what string, actions ...chromedp.Action) {
	w.t.Helper()
	w.must(what, w.try(actions...))
}

func (w *Window) try(actions ...chromedp.Action) error {
	ctx, cancel := context.WithTimeout(w.ctx, 2*Patience)
	defer cancel()
	return chromedp.Run(ctx, actions...)
}

func (w *Window) must(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// wait asks again and again until there is a yes, or patience ends.
func (w *Window) wait(ask func() bool) bool {
	deadline := time.After(w.patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if ask() {
			return true
		}
		select {
		case <-again.C:
		case <-deadline:
			return ask()
		}
	}
}
