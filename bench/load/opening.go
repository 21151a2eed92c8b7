package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An opening is the first minute of a campaign: everybody who signed in before
// looks at the home page and at the wishes.
type opening struct {
	people     int
	errors     int
	home, list quantiles
	total      time.Duration
	cpu        time.Duration // of the server
}

// quantiles are those of how long answers took, from the click on.
type quantiles struct{ p50, p95, max time.Duration }

func quantilesOf(took []time.Duration) quantiles {
	if len(took) == 0 {
		return quantiles{}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	return quantiles{at(.5), at(.95), at(1)}
}

// open lets everybody come, evenly spread over a time, each in a browser of their
// own that waits a minute at most.
func (m *market) opening(ctx context.Context, s *server, over time.Duration) (o opening, err error) {
	transport := &http.Transport{MaxIdleConnsPerHost: len(m.students), MaxIdleConns: len(m.students)}
	defer transport.CloseIdleConnections()
	browser := &http.Client{Transport: transport, Timeout: time.Minute}
	o.people = len(m.students)
	before, err := cpuOf(s.process.Process.Pid)
	if err != nil {
		return o, err
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var homes, lists []time.Duration
	began := time.Now()
	for i, student := range m.students {
		all.Go(func() {
			time.Sleep(time.Until(began.Add(over * time.Duration(i) / time.Duration(len(m.students)))))
			home, err := look(ctx, browser, "http://"+s.address+"/", student.token)
			var list time.Duration
			if err == nil {
				list, err = look(ctx, browser, "http://"+s.address+"/my/campaigns/"+m.campaign+"/wishes", student.token)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				o.errors++
				return
			}
			homes, lists = append(homes, home), append(lists, list)
		})
	}
	all.Wait()
	o.total = time.Since(began)
	after, err := cpuOf(s.process.Process.Pid)
	o.cpu, o.home, o.list = after-before, quantilesOf(homes), quantilesOf(lists)
	return o, err
}

// look asks for a page and reads it whole.
func look(ctx context.Context, browser *http.Client, address, token string) (time.Duration, error) {
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	request.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	resp, err := browser.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s answers %s", address, resp.Status)
	}
	return time.Since(began), nil
}

// cpuOf returns the processor time that a process has used.
func cpuOf(pid int) (time.Duration, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name of the program, in parentheses, may hold spaces.
	fields := strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 wherever Linux runs
	return time.Duration(user+system) * tick, err
}
