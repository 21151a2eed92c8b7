package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
)

// password is everybody's.
const password = "a pass phrase of the load test"

// signIns are what people saw who signed in by password at an opening.
type signIns struct {
	people   int
	failures []error
	waited   int           // on the page of the queue, and not in the request
	asked    int           // pages of the queue that were loaded
	overtook int           // told a later place than before
	told, in quantiles     // from the click to a place and a time or a session; to the session
	total    time.Duration // from the opening to the last session
	cpu      time.Duration // of the server
}

// An arrival is one person who signs in, as their browser sees it.
type arrival struct {
	told, in time.Duration
	asked    int
	overtook bool
}

// signIn lets the first so many students sign in, evenly spread over a time, each in
// a browser of their own that does what the pages say.
func (m *market) signIn(ctx context.Context, s *server, people int, over time.Duration) (f signIns, err error) {
	transport := &http.Transport{MaxIdleConnsPerHost: people, MaxIdleConns: people}
	defer transport.CloseIdleConnections()
	f.people = people
	before, err := cpuOf(s.process.Process.Pid)
	if err != nil {
		return f, err
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var told, in []time.Duration
	began := time.Now()
	for i := range people {
		all.Go(func() {
			time.Sleep(time.Until(began.Add(over * time.Duration(i) / time.Duration(people))))
			a, err := arrive(ctx, transport, "http://"+s.address, "s"+strconv.Itoa(i))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.failures = append(f.failures, err)
				return
			}
			f.total = max(f.total, time.Since(began))
			told, in = append(told, a.told), append(in, a.in)
			f.asked += a.asked
			if a.asked > 0 {
				f.waited++
			}
			if a.overtook {
				f.overtook++
			}
		})
	}
	all.Wait()
	after, err := cpuOf(s.process.Process.Pid)
	f.cpu, f.told, f.in = after-before, quantilesOf(told), quantilesOf(in)
	return f, err
}

// asksAtMost bounds how often one person asks, so that a queue which stands still
// fails and does not hang.
const asksAtMost = 200

// arrive sends the form, and loads the page where one waits as often as it says.
func arrive(ctx context.Context, transport http.RoundTripper, base, login string) (a arrival, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return a, err
	}
	browser := &http.Client{
		Transport: transport, Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	began := time.Now()
	form := url.Values{"login": {login}, "password": {password}, "back": {"/"}}
	answer, _, err := ask(ctx, browser, http.MethodPost, base+"/sign-in", form.Encode())
	place := 0
	for err == nil && a.asked < asksAtMost {
		if signedIn(answer) {
			a.in = time.Since(began)
			if a.asked == 0 {
				a.told = a.in
			}
			return a, nil
		}
		address := answer.Request.URL
		if to, err := answer.Location(); err == nil {
			address = to
		}
		var page string
		answer, page, err = ask(ctx, browser, http.MethodGet, address.String(), "")
		if err != nil || signedIn(answer) {
			continue
		}
		a.asked++
		if a.asked == 1 {
			a.told = time.Since(began)
		}
		now, pause, err := placeOf(answer, page)
		if err != nil {
			return a, err
		}
		a.overtook = a.overtook || place > 0 && now > place
		place = now
		time.Sleep(pause)
	}
	if err == nil {
		err = fmt.Errorf("%s is not signed in after %d pages", login, a.asked)
	}
	return a, err
}

func signedIn(answer *http.Response) bool {
	return slices.ContainsFunc(answer.Cookies(), func(c *http.Cookie) bool { return c.Name == "stagora_session" })
}

var placeShown = regexp.MustCompile(`<dd class="tnum">([0-9\x{202f},]+)</dd>`)

// placeOf reads the page where one waits: the place, and when it asks again.
func placeOf(answer *http.Response, page string) (place int, pause time.Duration, err error) {
	seconds, err := strconv.Atoi(answer.Header.Get("Refresh"))
	found := placeShown.FindStringSubmatch(page)
	if err != nil || found == nil {
		return 0, 0, fmt.Errorf("%s, Refresh %q: no page where one waits", answer.Status, answer.Header.Get("Refresh"))
	}
	place, err = strconv.Atoi(strings.NewReplacer("\u202f", "", ",", "").Replace(found[1]))
	return place, time.Duration(seconds) * time.Second, err
}

func ask(ctx context.Context, browser *http.Client, method, address, form string) (*http.Response, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form))
	if err != nil {
		return nil, "", err
	}
	if form != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := browser.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return answer, string(body), err
}

// bareHashes returns how many passwords a second all cores hash with nothing beside.
func bareHashes(over time.Duration) float64 {
	var all sync.WaitGroup
	var made atomic.Int64
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for time.Since(began) < over {
				argon2.IDKey([]byte(password), make([]byte, 16), 2, 19*1024, 1, 32)
				made.Add(1)
			}
		})
	}
	all.Wait()
	return float64(made.Load()) / time.Since(began).Seconds()
}
