package notice_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

var closes = time.Date(2027, 3, 19, 17, 0, 0, 0, time.UTC)

// blanks are those of every kind together.
var blanks = text.Blanks{
	"campaign": "Stages de printemps 2027", "site": "Pédiatrie, CHU de Valmer", "login": "ines.baraka",
	"closes": closes, "closed": closes, "until": closes, "saved": text.Exact(closes.Add(-time.Minute)),
	"from": text.Day(closes), "to": text.Day(closes.AddDate(0, 1, 0)),
	"most": 12, "wishes": notice.Lines([]string{"1. Pédiatrie", "2. Urgences"}), "version": 7, "hash": "3f2a", "check": "https://stagora.example/check/ABC",
	"number": 2, "arrivals": notice.Lines([]string{"Inès Baraka", "Léo Martin"}),
}

var ines = notice.Recipient{Person: 7, Name: "Inès Baraka", Address: "ines.baraka@univ.example", Lang: text.French}

// message returns a message that can be queued.
func message(kind notice.Kind) notice.Message {
	return notice.Message{
		Kind: kind, To: ines, Blanks: blanks, Scope: "c1",
		Link: "https://stagora.univ.example/campagnes/c1", Contact: "scolarite@univ.example",
	}
}

func change(t *testing.T, db *store.DB, do func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func queue(t *testing.T, db *store.DB, m notice.Message) string {
	t.Helper()
	var id string
	change(t, db, func(tx *store.Tx) (err error) {
		id, err = notice.Queue(t.Context(), tx, m)
		return err
	})
	return id
}

func find(t *testing.T, db *store.DB, id string) notice.Mail {
	t.Helper()
	var m notice.Mail
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		m, err = notice.Find(t.Context(), tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// list returns the mails there are, the latest first.
func list(t *testing.T, db *store.DB) []notice.Mail {
	t.Helper()
	var mails []notice.Mail
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		mails, err = notice.ListTo(nil).First(t.Context(), tx, store.Condition{}, 10_000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return mails
}

// asked returns what the page of mails shows when it is asked so.
func asked(t *testing.T, db *store.DB, where store.Condition, ask store.Ask) (page store.Page[notice.Mail]) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		page, err = notice.ListTo(nil).Page(t.Context(), tx, where, ask)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func filters(column, value string) store.Ask {
	return store.Ask{Filters: map[string]string{column: value}, Size: 100}
}

func TestEveryKindIsWrittenInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, kind := range node.Declared().Notices {
		for _, lang := range text.Langs {
			m := message(kind)
			m.To.Lang = lang
			letter, err := notice.Render(m)
			if err != nil {
				t.Error(err)
				continue
			}
			subject, body := letter.Subject, letter.Body
			if subject == "" || len(subject) > 120 {
				t.Errorf("%s in %s: the subject is %q", kind, lang, subject)
			}
			for _, must := range []string{"Inès Baraka", m.Link, m.Contact} {
				if !strings.Contains(body, must) {
					t.Errorf("%s in %s does not contain %q:\n%s", kind, lang, must, body)
				}
			}
			if name := (text.Printer{Lang: lang}).T("notice.kind." + string(kind)); strings.Contains(name, "⟦") {
				t.Errorf("%s has no name in %s", kind, lang)
			}
		}
	}
	for _, state := range notice.States {
		if !(text.Printer{}).Has("notice.state." + string(state)) {
			t.Errorf("the state %s has no name", state)
		}
	}
}

func TestAMessageIsWrittenForItsReader(t *testing.T) {
	t.Parallel()
	m := message(campaign.NoticeNoWishes)
	m.To.Lang, m.Zone = text.English, "Indian/Reunion"
	letter, err := notice.Render(m)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Friday 19 March 2027 at 21:00 (Réunion time)"; !strings.Contains(letter.Body, want) {
		t.Errorf("no %q in:\n%s", want, letter.Body)
	}
}

func TestAMessageThatCannotBeWrittenIsNotQueued(t *testing.T) {
	t.Parallel()
	without := func(name string) text.Blanks {
		b := maps.Clone(blanks)
		delete(b, name)
		return b
	}
	tests := map[string]func(*notice.Message){
		"a blank of the body":    func(m *notice.Message) { m.Blanks = without("closes") },
		"a blank of the subject": func(m *notice.Message) { m.Blanks = without("campaign") },
		"the template":           func(m *notice.Message) { m.Kind = "campaign.burnt" },
		"the link":               func(m *notice.Message) { m.Link = "" },
		"the host of the link":   func(m *notice.Message) { m.Link = "/campagnes/c1" },
	}
	db := storetest.Open(t, store.SQLite)
	for missing, spoil := range tests {
		m := message(campaign.NoticeOpened)
		spoil(&m)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := notice.Queue(t.Context(), tx, m)
			return err
		})
		if err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	if mails := list(t, db); len(mails) != 0 {
		t.Errorf("queued all the same: %v", mails)
	}
}

func TestANameCannotAddALineToTheSubject(t *testing.T) {
	t.Parallel()
	m := message(campaign.NoticeOpened)
	m.Blanks = maps.Clone(blanks)
	m.Blanks["campaign"] = "Printemps\r\nBcc: everybody@univ.example"
	letter, err := notice.Render(m)
	if err != nil || strings.ContainsAny(letter.Subject, "\r\n") {
		t.Errorf("%q, %v", letter.Subject, err)
	}
}

func TestAMessageOfARolledBackChangeIsNotQueued(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		no := errors.New("closed a second ago")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := notice.Queue(t.Context(), tx, message(campaign.NoticeReceipt)); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		if mails := list(t, db); len(mails) != 0 {
			t.Errorf("queued all the same: %v", mails)
		}
	})
}

func TestAKeyIsQueuedOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		m := message(campaign.NoticeReceipt)
		m.Key = "receipt w1 7"
		m.Attachments = []notice.Attachment{{Name: "voeux.pdf", MediaType: "application/pdf", Content: []byte("%PDF")}}
		ids := make([]string, 10)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
					ids[i], err = notice.Queue(t.Context(), tx, m)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Fatalf("identifiers %v", ids)
			}
		}
		if mails := list(t, db); len(mails) != 1 {
			t.Errorf("%d mails", len(mails))
		}
		if files := find(t, db, ids[0]).Attachments; len(files) != 1 || string(files[0].Content) != "%PDF" {
			t.Errorf("attachments %v", files)
		}
	})
}

func TestWhatWasQueuedIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		m := message(campaign.NoticeReceipt)
		m.Key = "receipt w1 7"
		id := queue(t, db, m)
		m.Blanks = nil // it could not be written now
		if again := queue(t, db, m); again != id {
			t.Errorf("%s, want %s", again, id)
		}
	})
}

func TestManyMailsAreQueuedInAFewStatements(t *testing.T) {
	t.Parallel()
	const many = 1200
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var letters []notice.Letter
		for i := range many {
			m := message(campaign.NoticeNoWishes)
			m.To.Name, m.Key = fmt.Sprint("Inès ", i), fmt.Sprint("reminder ", i)
			switch i {
			case 1:
				m.To.Address = ""
			case 2:
				m.NotBefore = storetest.Start.Add(time.Hour)
			case 3:
				m.Hold = true
			case 4:
				m.Attachments = []notice.Attachment{{"a.pdf", "application/pdf", []byte("%PDF")}}
			}
			letter, err := notice.Render(m)
			if err != nil {
				t.Fatal(err)
			}
			letters = append(letters, letter)
		}
		early := message(campaign.NoticeNoWishes)
		early.Key = fmt.Sprint("reminder ", 700)
		first := queue(t, db, early)
		change(t, db, func(tx *store.Tx) error {
			n, err := notice.QueueAll(t.Context(), tx, letters)
			if n != many-1 {
				t.Errorf("%d queued", n)
			}
			return err
		})
		change(t, db, func(tx *store.Tx) error {
			n, err := notice.QueueAll(t.Context(), tx, letters)
			if n != 0 {
				t.Errorf("%d queued again", n)
			}
			return err
		})
		mails := list(t, db)
		if len(mails) != many || mails[many-1].ID != first {
			t.Fatalf("%d mails", len(mails))
		}
		slices.SortFunc(mails, func(a, b notice.Mail) int { return strings.Compare(a.ID, b.ID) })
		for i, state := range map[int]notice.State{1: notice.Waiting, 2: notice.Undeliverable, 3: notice.Waiting, 4: notice.Held} {
			m := mails[i] // the earlier one comes first
			if m.State != state || m.To.Name != fmt.Sprint("Inès ", i-1) || m.Body != letters[i-1].Body || m.Subject != letters[i-1].Subject {
				t.Errorf("number %d: %+v", i, m)
			}
		}
		if due := mails[3].DueAt; !due.Equal(storetest.Start.Add(time.Hour)) {
			t.Errorf("due at %s", due)
		}
		if files := find(t, db, mails[5].ID).Attachments; len(files) != 1 || string(files[0].Content) != "%PDF" {
			t.Errorf("attachments %v", files)
		}
	})
}

func TestSomebodyWithoutAnAddressIsRecordedAsNotReached(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for address, reason := range map[string]string{
			"":                     "notice.reason.no-address",
			"  ":                   "notice.reason.no-address",
			"ines.baraka":          "notice.reason.bad-address",
			"ines@localhost":       "notice.reason.bad-address",
			"a@b.fr, c@d.fr":       "notice.reason.bad-address",
			"a@b.fr\r\nBcc: c@d.f": "notice.reason.bad-address",
		} {
			m := message(result.NoticePlaced)
			m.To.Address = address
			mail := find(t, db, queue(t, db, m))
			if mail.State != notice.Undeliverable || mail.Reason != reason {
				t.Errorf("%q: %s, %s", address, mail.State, mail.Reason)
			}
			if !(text.Printer{}).Has(reason) {
				t.Errorf("no sentence for %s", reason)
			}
		}
		send(t, db, notice.Catcher{}, 0)
	})
}

func TestHeldMailsLeaveOnlyWhenReleased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		held := message(result.NoticePlaced)
		held.Hold = true
		id := queue(t, db, held)
		other := message(result.NoticeArrivals)
		other.Hold = true
		stays := queue(t, db, other)
		send(t, db, notice.Catcher{}, 0)
		change(t, db, func(tx *store.Tx) error {
			n, err := notice.Release(t.Context(), tx, "c1", result.NoticePlaced)
			if n != 1 {
				t.Errorf("%d released", n)
			}
			return err
		})
		send(t, db, notice.Catcher{}, 1)
		if state := find(t, db, id).State; state != notice.Caught {
			t.Errorf("state %s", state)
		}
		if state := find(t, db, stays).State; state != notice.Held {
			t.Errorf("another kind was released too: %s", state)
		}
	})
}

func TestAMailCanBeCancelledUntilItLeaves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		later := message(result.NoticePlaced)
		later.NotBefore = storetest.Start.Add(10 * time.Minute)
		first, second := queue(t, db, later), queue(t, db, later)
		send(t, db, notice.Catcher{}, 0)
		change(t, db, func(tx *store.Tx) error { return notice.Cancel(t.Context(), tx, first) })
		again := db.Write(t.Context(), func(tx *store.Tx) error { return notice.Cancel(t.Context(), tx, first) })
		if !fault.Has(again, "notice.not-waiting") {
			t.Errorf("cancelled twice: %v", again)
		}
		storetest.Clock(t, db).Freeze(later.NotBefore)
		send(t, db, notice.Catcher{}, 1)
		left := db.Write(t.Context(), func(tx *store.Tx) error { return notice.Cancel(t.Context(), tx, second) })
		if !fault.Has(left, "notice.not-waiting") {
			t.Errorf("cancelled what has left: %v", left)
		}
	})
}

func TestAMailIsSentAgainWordForWord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		m := message(result.NoticePlaced)
		m.To.Address = ""
		id := queue(t, db, m)
		before := find(t, db, id)
		resend := func(address string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return notice.Resend(t.Context(), tx, id, address) })
		}
		if err := resend(""); !fault.Has(err, "notice.reason.no-address") {
			t.Errorf("sent to nowhere: %v", err)
		}
		if err := resend("ines@univ.example"); err != nil {
			t.Fatal(err)
		}
		if err := resend(""); !fault.Has(err, "notice.still-waiting") {
			t.Errorf("sent again before it left: %v", err)
		}
		send(t, db, notice.Catcher{}, 1)
		if err := resend(""); err != nil {
			t.Fatal(err)
		}
		send(t, db, notice.Catcher{}, 1)
		after := find(t, db, id)
		if after.Body != before.Body || after.Subject != before.Subject || after.To.Address != "ines@univ.example" {
			t.Errorf("%+v", after)
		}
	})
}

func TestMailsAreFoundByWhatIsKnownOfThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := queue(t, db, message(campaign.NoticeOpened))
		leo := message(campaign.NoticeReceipt)
		leo.To.Person = 8
		b := queue(t, db, leo)
		elsewhere := message(campaign.NoticeReceipt)
		elsewhere.Scope = "c2"
		c := queue(t, db, elsewhere)
		change(t, db, func(tx *store.Tx) error { return notice.Cancel(t.Context(), tx, c) })
		next := asked(t, db, store.Condition{}, store.Ask{Size: 2}).Next
		for _, tt := range []struct {
			name  string
			where store.Condition
			ask   store.Ask
			want  string
		}{
			{"all, latest first", store.Condition{}, store.Ask{}, c + b + a},
			{"a person's", store.Where("m.person = $1", 7), store.Ask{}, c + a},
			{"a kind", store.Condition{}, filters("kind", string(campaign.NoticeReceipt)), c + b},
			{"a campaign's", store.Condition{}, filters("campaign", "c1"), b + a},
			{"a state", store.Condition{}, filters("state", string(notice.Cancelled)), c},
			{"a page", store.Condition{}, store.Ask{Size: 2}, c + b},
			{"the page after", store.Condition{}, store.Ask{Size: 2, After: next}, a},
		} {
			var got string
			for _, m := range asked(t, db, tt.where, tt.ask).Rows {
				got += m.ID
			}
			if got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			_, unknown := notice.Find(t.Context(), tx, "x")
			if fault.KindOf(unknown) != fault.NotFound {
				t.Errorf("an unknown mail: %v", unknown)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestMailsAreListedWithoutReadingAllOfThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := "printf('2027-03-%02dT%02d:00:00.000000Z', 1 + i / 250, i % 24)"
		if db.Engine == store.Postgres {
			at = "timestamptz '2027-03-01T00:00Z' + make_interval(days => i / 250, hours => i % 24)"
		}
		change(t, db, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO notice_message (public_id, unique_key, kind, scope, person, name, address,
					lang, subject, body, reply_to, state, due, attempts, reason, detail, queued_at)
				WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 5999)
				SELECT CAST('m' || i AS TEXT), '', CAST('k' || (i % 20) AS TEXT), CAST('c' || (i % 60) AS TEXT), i % 500, '', CASE WHEN i % 20 IN (3, 7) THEN 'a' ELSE 'b' END, 'fr', '', '', '',
					CASE WHEN i % 100 = 0 THEN 'failed' ELSE 'sent' END, $1, 0, '', '', `+at+` FROM n`, store.At(storetest.Start))
			return err
		})
		storetest.Analyze(t, db)
		after := asked(t, db, store.Condition{}, store.Ask{Size: 40}).Next
		for name, tt := range map[string]struct {
			where store.Condition
			ask   store.Ask
			mails int
		}{
			"a state":            {store.Condition{}, filters("state", string(notice.Failed)), 60},
			"a kind":             {store.Condition{}, filters("kind", "k3"), 100},
			"a scope":            {store.Condition{}, filters("campaign", "c3"), 100},
			"a person":           {store.Where("m.person = $1", 3), store.Ask{Size: 100}, 12},
			"a page":             {store.Condition{}, store.Ask{After: after, Size: 40}, 40},
			"a word":             {store.Condition{}, store.Ask{Search: "k", Size: 100}, 12},
			"a word and a state": {store.Condition{}, store.Ask{Search: "k", Filters: filters("state", string(notice.Sent)).Filters}, 12},
			"a reader":           {store.Where("m.person + 0 IN (SELECT 3 UNION ALL SELECT 4) OR m.scope || '' IN ('c7')"), filters("address", "a"), 100},
			"a day":              {store.Where("m.person + 0 IN (SELECT 3 UNION ALL SELECT 4)"), filters("queued", "2027-03-03"), 2},
		} {
			ctx, counter := store.WithCounter(t.Context())
			counter.Record()
			err := db.Read(ctx, func(tx *store.Tx) error {
				page, err := notice.ListTo(store.Having(wordOfThree)).Page(ctx, tx, tt.where, tt.ask)
				if len(page.Rows) != tt.mails {
					t.Errorf("%s: %d mails, want %d", name, len(page.Rows), tt.mails)
				}
				if err == nil {
					_, err = notice.CountFailed(ctx, tx, 1000)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for query, plan := range storetest.Scanned(t, db, counter.Recorded(), "notice_message") {
				t.Errorf("%s scans all mails: %s\n%s", name, query, plan)
			}
			sortsIDs(t, db, name, counter.Recorded())
		}
	})
}

// wordOfThree gives the word "k" to the person 3, as the words of people do.
const wordOfThree = "SELECT 3 WHERE $1 <= 'k' AND 'k' < $2"

// sortsIDs proves that on SQLite no statement sorts mails whole before it takes a page of them:
// their texts are long.
func sortsIDs(t *testing.T, db *store.DB, name string, recorded []store.Statement) {
	t.Helper()
	for _, s := range recorded {
		if db.Engine == store.Postgres || !strings.Contains(s.SQL, "ORDER BY") {
			continue
		}
		if !strings.Contains(s.SQL, "id IN (SELECT id FROM notice_message") {
			t.Errorf("%s sorts whole mails: %s", name, s.SQL)
		}
		if plan := storetest.Plan(t, db, s); !regexp.MustCompile(`SEARCH m USING COVERING INDEX|SCAN m USING COVERING INDEX|by_(state|kind|scope|person) \(`).MatchString(plan) {
			t.Errorf("%s reads mails that are not shown: %s\n%s", name, s.SQL, plan)
		}
	}
}
