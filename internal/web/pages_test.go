package web_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// How many pages of one list are turned in its own order, since logs and mails have
// thousands, and in any other.
const (
	mostPages = 60
	fewPages  = 4
)

var (
	nextPage     = regexp.MustCompile(`rel="next" href="([^"]+)"`)
	previousPage = regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	tableBody    = regexp.MustCompile(`(?s)<tbody role="rowgroup">(.*?)</tbody>`)
	sorted       = regexp.MustCompile(`[?&;]sort=(-?[a-z]+)`)
	counted      = regexp.MustCompile(`<span class="tnum">([\d\pZ]+) lignes?</span>`)
)

// turnPages goes through every list by its links, from the first page to the last one and
// back: each row is met once, and all that its file has are met. In the other orders that
// the list offers it goes through the first pages.
func (w *walker) turnPages(t *testing.T) {
	t.Helper()
	turned, told := 0, 0
	for _, route := range w.routes {
		if !slices.Contains(lists, route.Pattern) {
			continue
		}
		for _, path := range w.addresses(t, route) {
			if strings.Contains(path, "?") {
				continue
			}
			if strings.HasSuffix(path, "/audit") {
				continue // it shows the latest, and leads to the earlier ones
			}
			for _, who := range []string{"administrator", "office"} {
				answer := w.get(t, who, path)
				if answer.Code != http.StatusOK || !tableBody.MatchString(answer.Body.String()) {
					continue // refused, or empty
				}
				orders := []string{""}
				if who == "administrator" {
					orders = ordersOf(answer.Body.String())
				}
				for _, order := range orders {
					turned += w.turn(t, who, path, order)
				}
				told += w.count(t, who, path)
				if strings.Contains(answer.Body.String(), `name="q"`) {
					told += w.count(t, who, path+"?q=mar")
				}
			}
		}
	}
	if turned < 30 {
		t.Errorf("only %d pages were turned", turned)
	}
	if told < 30 {
		t.Errorf("only %d lists told how many rows they have", told)
	}
}

// ordersOf are the orders that a page offers: its own, and each column upwards and
// downwards.
func ordersOf(page string) []string {
	orders := []string{""}
	for _, match := range sorted.FindAllStringSubmatch(page, -1) {
		key := strings.TrimPrefix(match[1], "-")
		orders = append(orders, "sort="+key, "sort=-"+key)
	}
	slices.Sort(orders)
	return slices.Compact(orders)
}

// turn turns the pages of one list in one order, and returns how many there were.
func (w *walker) turn(t *testing.T, who, path, order string) int {
	t.Helper()
	path += "?size=100"
	if order != "" {
		_, _, n := w.follow(t, who, path+"&"+order, nextPage, fewPages)
		return n
	}
	rows, last, n := w.follow(t, who, path, nextPage, mostPages)
	if n == mostPages {
		return n
	}
	if have := w.lines(t, who, path+"&format=csv"); len(rows) != have {
		t.Errorf("%s asked for by %s: %d rows are on %d pages, %d in the file", path, who, len(rows), n, have)
	}
	if back, _, _ := w.follow(t, who, last, previousPage, mostPages); len(back) != len(rows) {
		t.Errorf("%s asked for by %s: %d rows forwards, %d backwards", path, who, len(rows), len(back))
	}
	return n
}

// follow follows a link from page to page, at most so many, and returns the rows that it
// met and the address of the last page.
func (w *walker) follow(t *testing.T, who, path string, link *regexp.Regexp, most int) (rows map[string]bool, last string, pages int) {
	t.Helper()
	rows = map[string]bool{}
	for pages < most {
		pages++
		last = path
		answer := w.get(t, who, path)
		body := tableBody.FindStringSubmatch(answer.Body.String())
		if answer.Code != http.StatusOK || body == nil {
			t.Errorf("%s asked for by %s answers %d", path, who, answer.Code)
			return rows, last, pages
		}
		for i, row := range strings.Split(body[1], "<tr ")[1:] {
			if rows[row] {
				t.Errorf("%s asked for by %s: row %d was on an earlier page", path, who, i+1)
				return rows, last, pages
			}
			rows[row] = true
		}
		next := link.FindStringSubmatch(answer.Body.String())
		if next == nil {
			return rows, last, pages
		}
		path = html.UnescapeString(next[1])
	}
	return rows, last, pages
}

// count holds how many rows a list says that it has to those of its file, and returns 1
// if it says so: above ten thousand it says that they are more.
func (w *walker) count(t *testing.T, who, path string) int {
	t.Helper()
	said := counted.FindStringSubmatch(w.get(t, who, path).Body.String())
	if said == nil {
		return 0
	}
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, said[1])
	file := path + "?format=csv"
	if strings.Contains(path, "?") {
		file = path + "&format=csv"
	}
	if have := w.lines(t, who, file); digits != strconv.Itoa(have) {
		t.Errorf("%s asked for by %s is said to have %s rows, and has %d", path, who, digits, have)
	}
	return 1
}

// lines counts the rows of a file.
func (w *walker) lines(t *testing.T, who, path string) int {
	t.Helper()
	answer := w.get(t, who, path)
	file := csv.NewReader(strings.NewReader(answer.Body.String()))
	file.Comma, file.FieldsPerRecord, file.LazyQuotes = ';', -1, true
	n := -1 // without the titles
	for {
		_, err := file.Read()
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(fmt.Errorf("%s: %w", path, err))
		}
		n++
	}
}
