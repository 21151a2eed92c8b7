package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A client is one student's browser with its own log.
type client struct {
	candidate
	acknowledged []acknowledgment
	refused      int // answers that were no acknowledgment, tried again
}

// An acknowledgment is what the server said it keeps.
type acknowledgment struct {
	version int
	wishes  []string
	took    time.Duration // from the click to this answer, tries included
}

// rush lets every student save at the same moment, and then again. Each has a browser
// of their own in which the page of wishes is open, from which they save: the server
// and each connection have answered once.
func (m *market) rush(ctx context.Context, s *server, settings settings) (clients []*client, total time.Duration, err error) {
	address := "http://" + s.address + "/my/campaigns/" + m.campaign + "/wishes"
	clients = make([]*client, len(m.students))
	browsers, err := m.visit(ctx, address)
	if err != nil {
		return nil, 0, err
	}
	var all sync.WaitGroup
	var done atomic.Int64
	start := make(chan struct{})
	for i, student := range m.students {
		c := &client{candidate: student}
		clients[i] = c
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			<-start
			for range settings.saves {
				c.save(ctx, browsers[i], address, m.someWishes(r))
				done.Add(1)
			}
		})
	}
	began := time.Now()
	close(start)
	if settings.kill {
		for done.Load() < int64(len(clients)*settings.saves/2) {
			time.Sleep(5 * time.Millisecond)
		}
		s.kill()
		log.Printf("killed after %d acknowledged saves", done.Load())
		err = s.start(ctx)
	}
	all.Wait()
	return clients, time.Since(began), err
}

// visit has every student open a page, some at once, and returns their browsers.
func (m *market) visit(ctx context.Context, address string) ([]*http.Client, error) {
	browsers := make([]*http.Client, len(m.students))
	const atOnce = 32
	failed := make([]error, atOnce)
	var all sync.WaitGroup
	for first := range atOnce {
		all.Go(func() {
			for i := first; i < len(m.students) && failed[first] == nil; i += atOnce {
				browsers[i] = &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
				_, failed[first] = look(ctx, browsers[i], address, m.students[i].token)
			}
		})
	}
	all.Wait()
	return browsers, errors.Join(failed...)
}

// tries bounds how often one save is tried: longer than any restart takes.
const tries = 400

// save saves one list, trying again as the page does when the server cannot be
// reached.
func (c *client) save(ctx context.Context, browser *http.Client, address string, wishes []string) {
	began := time.Now()
	base := 0
	if n := len(c.acknowledged); n > 0 {
		base = c.acknowledged[n-1].version
	}
	form := url.Values{"version": {strconv.Itoa(base)}, "item": wishes}
	for range tries {
		version, err := c.post(ctx, browser, address, form)
		if err == nil {
			c.acknowledged = append(c.acknowledged, acknowledgment{version, wishes, time.Since(began)})
			return
		}
		c.refused++
		time.Sleep(50 * time.Millisecond)
	}
	log.Fatalf("a save was refused %d times", tries)
}

func (c *client) post(ctx context.Context, browser *http.Client, address string, form url.Values) (version int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.AddCookie(&http.Cookie{Name: "stagora_session", Value: c.token})
	resp, err := browser.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", resp.Status, body)
	}
	var reply struct{ Version string }
	if err := json.Unmarshal(body, &reply); err != nil {
		return 0, err
	}
	return strconv.Atoi(reply.Version)
}

// figures are what a rush took.
type figures struct {
	saves, again       int // acknowledged; tried again
	total              time.Duration
	p50, p95, p99, max time.Duration // of an acknowledged save, waiting for others included
}

func (f figures) String() string {
	return fmt.Sprintf("%d saves acknowledged in %.1f s (%.0f a second), %d tried again\nseconds: p50 %.3f, p95 %.3f, p99 %.3f, max %.3f",
		f.saves, f.total.Seconds(), float64(f.saves)/f.total.Seconds(), f.again,
		f.p50.Seconds(), f.p95.Seconds(), f.p99.Seconds(), f.max.Seconds())
}

func summarise(clients []*client, total time.Duration) figures {
	f := figures{total: total}
	var took []time.Duration
	for _, c := range clients {
		f.again += c.refused
		for _, a := range c.acknowledged {
			took = append(took, a.took)
		}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	f.saves, f.p50, f.p95, f.p99, f.max = len(took), at(.5), at(.95), at(.99), at(1)
	return f
}
