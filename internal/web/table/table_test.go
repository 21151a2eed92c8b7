package table_test

import (
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A thing is a row of the list that these tests show.
type thing struct {
	ID    int64
	Name  string
	Kind  string
	Seats int
	More  string // completed
}

var thingRows = store.List[thing]{
	Select: "t.id, t.name, t.kind, t.seats", From: "thing t", ID: "t.id", Default: "name",
	Words: store.Having("SELECT id FROM thing WHERE SUBSTR(folded, 5) >= $1 AND SUBSTR(folded, 5) < $2"),
	Columns: []store.Column{
		{Key: "name", Filter: store.Prefix("t.folded"), Sort: store.ByText("t.folded")},
		{Key: "kind", Filter: store.Choice("t.kind")},
		{Key: "seats", Filter: store.Number("t.seats"), Sort: store.ByNumber("t.seats")},
	},
	Scan: func(r store.Row) (t thing, err error) {
		err = r.Scan(&t.ID, &t.Name, &t.Kind, &t.Seats)
		return t, err
	},
}

var things = table.List[thing]{
	Name: "ui.gallery.table", Path: "/things", Icon: "list", Rows: &thingRows,
	Where: func(r *page.Request) store.Condition { return store.Where("t.id <= $1", atMost) },
	ID:    func(t thing) string { return fmt.Sprint(t.ID) },
	Tone:  func(t thing) ui.Tone { return map[bool]ui.Tone{true: ui.Warn}[t.Seats == 0] },
	Batch: func(*page.Request) ([]ui.Action, string) { return []ui.Action{{Label: "Archiver"}}, "/things/archive" },
	Columns: func(r *page.Request) []table.Column[thing] {
		return []table.Column[thing]{
			{Column: ui.Column{Key: "name", Title: "Nom", Fixed: true}, Cell: func(t thing) ui.Cell { return ui.LinkCell(t.Name, "/things/x") }},
			{Column: ui.Column{Key: "kind", Title: "Genre", Kind: ui.KindChoice, Options: []ui.Option{{Value: "a", Label: "Genre A"}, {Value: "b", Label: "Genre B"}}},
				Cell: func(t thing) ui.Cell { return ui.StateCell(t.Kind, ui.Good, "Genre "+strings.ToUpper(t.Kind)) }},
			{Column: ui.Column{Key: "seats", Title: "Places", Kind: ui.KindNumber}, Cell: func(t thing) ui.Cell { return ui.Count(r.Text, t.Seats) }},
			{Column: ui.Column{Key: "more", Title: "Plus", Filter: true}, Cell: func(t thing) ui.Cell { return ui.Word(t.More) }},
		}
	},
	Complete: func(_ *page.Request, _ *store.Tx, rows []thing) error {
		for i := range rows {
			rows[i].More = "plus " + rows[i].Name
		}
		return nil
	},
}

// atMost bounds what the reader of these tests may see.
var atMost = 1_000_000

// A desk is a server that shows the list.
type desk struct {
	*testing.T
	db      *store.DB
	handler http.Handler
}

// open shows a list of n things: "Nom 00000" and so on, of 0 to 9 seats.
func open(t *testing.T, db *store.DB, n int) desk {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for _, statement := range []string{
			"CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, kind TEXT NOT NULL, seats INTEGER NOT NULL)",
			fmt.Sprintf(`INSERT INTO thing (id, name, folded, kind, seats)
				WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
				SELECT i + 1, 'Nom ' || SUBSTR('0000' || i, LENGTH('0000' || i) - 4), 'nom ' || SUBSTR('0000' || i, LENGTH('0000' || i) - 4),
					CASE i %% 2 WHEN 0 THEN 'a' ELSE 'b' END, i %% 10 FROM n WHERE i < %d`, n, n),
		} {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	site := &page.Site{DB: db, Log: slog.New(slog.DiscardHandler)}
	return desk{t, db, site.Handler([]page.Route{{Pattern: "GET /things", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return things.Show(w, r, ui.Page{Title: "Choses"})
	}}})}
}

// A seen is the page as it stands.
type seen struct {
	body  string
	names []string          // of the rows, in their order
	count string            // as it is said
	links map[string]string // by "rel", or by heading
	cost  *store.Counter
}

func (d desk) get(address string) seen {
	d.Helper()
	ctx, cost := store.WithCounter(d.Context())
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", address, nil))
	if w.Code != 200 {
		d.Fatalf("%s: %d %s", address, w.Code, w.Body)
	}
	s := seen{body: w.Body.String(), links: map[string]string{}, cost: cost}
	root, err := html.Parse(strings.NewReader(s.body))
	if err != nil {
		d.Fatal(err)
	}
	for n := range root.Descendants() {
		var rel, href, class string
		for _, a := range n.Attr {
			switch a.Key {
			case "rel":
				rel = a.Val
			case "href":
				href = a.Val
			case "class":
				class = a.Val
			}
		}
		switch {
		case href == "/things/x":
			s.names = append(s.names, n.FirstChild.Data)
		case rel == "prev" || rel == "next":
			s.links[rel] = href
		case n.Data == "a" && n.Parent.Data == "th":
			s.links[strings.TrimSpace(n.FirstChild.Data)] = href
		case class == "table-count":
			s.count = strings.ReplaceAll(strings.TrimSpace(n.FirstChild.FirstChild.Data), "\u202f", " ")
		}
	}
	return s
}

// rowsOf returns a file's rows, its header first.
func (d desk) rowsOf(address string) [][]string {
	d.Helper()
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, httptest.NewRequestWithContext(d.Context(), "GET", address, nil))
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || w.Code != 200 {
		d.Fatalf("%s: %d, %v", address, w.Code, err)
	}
	return rows
}

func names(from, to, step int) []string {
	var all []string
	for i := from; i != to; i += step {
		all = append(all, fmt.Sprintf("Nom %05d", i))
	}
	return all
}

func TestALongListIsReadPageByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, 137)
		first := d.get("/things")
		if !slices.Equal(first.names, names(0, 50, 1)) || first.count != "137 lignes" || first.links["prev"] != "" {
			t.Errorf("first page: %v, %q, %v", first.names, first.count, first.links)
		}
		if n, rows := first.cost.Statements(), first.cost.Rows(); n > 6 || rows > 60 {
			t.Errorf("%d statements, %d rows for 50", n, rows)
		}
		second := d.get(first.links["next"])
		third := d.get(second.links["next"])
		if !slices.Equal(second.names, names(50, 100, 1)) || !slices.Equal(third.names, names(100, 137, 1)) || third.links["next"] != "" {
			t.Errorf("then %v, %v, %v", second.names, third.names, third.links)
		}
		if back := d.get(third.links["prev"]); !slices.Equal(back.names, second.names) {
			t.Errorf("back: %v", back.names)
		}
		for _, old := range []string{"/things?page=7", "/things?sort=gone&cols=gone&f.gone=1", "/things?after=xyz", "/things?size=1000"} {
			if got := d.get(old); !slices.Equal(got.names, first.names) {
				t.Errorf("the old link %s opens at %v", old, got.names)
			}
		}
		if big := d.get("/things?size=100"); len(big.names) != 100 {
			t.Errorf("%d rows of 100", len(big.names))
		}
	})
}

func TestTheStateStandsInTheAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, 137)
		for address, want := range map[string][]string{
			"/things?q=0013":                       names(130, 137, 1),
			"/things?f.kind=b&f.name=nom+0000":     names(1, 11, 2),
			"/things?f.seats=%3E8&f.name=nom+0000": {"Nom 00009"},
			"/things?sort=-name&f.name=nom+0013":   names(136, 129, -1),
			"/things?sort=-seats&q=0000":           names(9, -1, -1),
			"/things?f.more=nothing&q=0013":        names(130, 137, 1), // the list does not filter by it
			"/things?sort=more&q=0013":             names(130, 137, 1),
		} {
			if got := d.get(address); !slices.Equal(got.names, want) {
				t.Errorf("%s: %v, want %v", address, got.names, want)
			}
		}
		sorted := d.get(d.get("/things?f.kind=a").links["Nom"])
		if len(sorted.names) != 50 || !strings.Contains(sorted.links["next"], "f.kind=a") || !strings.Contains(sorted.links["next"], "sort=name") {
			t.Errorf("the next page forgets what was asked: %v", sorted.links)
		}
		if again := d.get(sorted.links["next"]).links["Nom"]; strings.Contains(again, "after=") || !strings.Contains(again, "sort=-name") {
			t.Errorf("another order begins in the middle: %s", again)
		}
		if _, ok := sorted.links["Genre"]; ok {
			t.Error("a column without an index sorts")
		}
		if chosen := d.get("/things?cols=name"); strings.Contains(chosen.body, "plus Nom") {
			t.Error("a column that is not chosen is shown")
		}
	})
}

func TestAFileHoldsAllThatIsAskedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, 1203)
		rows := d.rowsOf("/things?format=csv&f.kind=b&sort=-name&after=" + url.QueryEscape("whatever"))
		if len(rows) != 1+601 || strings.Join(rows[0], " ") != "Nom Genre Places Plus" || strings.Join(rows[1], ";") != "Nom 01201;Genre B;1;plus Nom 01201" || rows[601][0] != "Nom 00001" {
			t.Errorf("%d rows: %v … %v", len(rows), rows[:2], rows[len(rows)-1])
		}
		if rows := d.rowsOf("/things?format=csv&cols=name&q=0120"); len(rows) != 4 || len(rows[1]) != 1 {
			t.Errorf("chosen columns: %v", rows)
		}
	})
}

func TestACountStops(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, store.CountLimit+2)
		if got := d.get("/things").count; got != "Plus de 10 000 lignes" {
			t.Errorf("said %q", got)
		}
	})
}

func TestAReaderSeesWhatTheyMay(t *testing.T) {
	db := storetest.Open(t, store.SQLite)
	d := open(t, db, 137)
	defer func(before int) { atMost = before }(atMost)
	atMost = 7
	if got := d.get("/things"); len(got.names) != 7 || got.count != "7 lignes" {
		t.Errorf("%v, %q", got.names, got.count)
	}
	if rows := d.rowsOf("/things?format=csv"); len(rows) != 8 {
		t.Errorf("%d rows in the file", len(rows))
	}
	atMost = 0
	if got := d.get("/things"); !strings.Contains(got.body, `class="empty"`) || strings.Contains(got.body, "<table") {
		t.Error("an empty list shows an empty table")
	}
}

func TestNothingPassesAndRowsAreChosen(t *testing.T) {
	db := storetest.Open(t, store.SQLite)
	d := open(t, db, 12)
	none := d.get("/things?q=zzz")
	if !strings.Contains(none.body, "Aucune ligne ne passe ces filtres") || !strings.Contains(none.body, "<table") {
		t.Error("filters that exclude everything cannot be taken back")
	}
	all := d.get("/things")
	if n := len(regexp.MustCompile(`name="row" value="\d+"`).FindAllString(all.body, -1)); n != 12 {
		t.Errorf("%d rows can be chosen", n)
	}
	if !strings.Contains(all.body, `action="/things/archive"`) || !strings.Contains(all.body, "row-marked") {
		t.Error("no batch, or no row stands out")
	}
}
