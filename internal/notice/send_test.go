package notice_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// send sends what is due and checks how much left.
func send(t *testing.T, db *store.DB, sender notice.Sender, want int) {
	t.Helper()
	n, err := notice.Send(t.Context(), db, sender, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Fatalf("%d mails left, want %d", n, want)
	}
}

// TestSendersTakeMailsAway is the promise that every sender keeps.
func TestSendersTakeMailsAway(t *testing.T) {
	t.Parallel()
	senders := map[string]func(t *testing.T) (notice.Sender, notice.State){
		"catcher": func(*testing.T) (notice.Sender, notice.State) { return notice.Catcher{}, notice.Caught },
		"starttls": func(t *testing.T) (notice.Sender, notice.State) {
			var s server
			serve(t, &s, notice.StartTLS)
			return s.sender, notice.Sent
		},
		"tls": func(t *testing.T) (notice.Sender, notice.State) {
			var s server
			serve(t, &s, notice.ImplicitTLS)
			return s.sender, notice.Sent
		},
	}
	for name, open := range senders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				sender, becomes := open(t)
				receipt := message(notice.WishesReceipt)
				receipt.Attachments = []notice.Attachment{{"vœux.pdf", "application/pdf", []byte("%PDF-1.7")}}
				first := queue(t, db, receipt)
				second := queue(t, db, message(notice.CampaignOpened))
				later := message(notice.CampaignOpened)
				later.NotBefore = storetest.Start.Add(time.Hour)
				third := queue(t, db, later)

				send(t, db, sender, 2)
				send(t, db, sender, 0)
				for _, id := range []string{first, second} {
					if m := find(t, db, id); m.State != becomes || !m.LeftAt.Equal(storetest.Start) || m.Attempts != 1 {
						t.Errorf("%+v", m)
					}
				}
				if m := find(t, db, third); m.State != notice.Waiting || !m.LeftAt.IsZero() {
					t.Errorf("before its time: %+v", m)
				}
				storetest.Clock(t, db).Freeze(later.NotBefore)
				send(t, db, sender, 1)
			})
		})
	}
}

// part is a leaf of a mail.
type part struct {
	mediaType string
	params    map[string]string
	file      string
	content   string
}

// parts reads the leaves of a body, in their order.
func parts(t *testing.T, contentType, encoding, disposition string, body io.Reader) []part {
	t.Helper()
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		switch strings.ToLower(encoding) {
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		_, named, _ := mime.ParseMediaType(disposition)
		file, err := new(mime.WordDecoder).DecodeHeader(named["filename"])
		if err != nil {
			t.Fatal(err)
		}
		return []part{{mediaType, params, file, string(content)}}
	}
	var leaves []part
	reader := multipart.NewReader(body, params["boundary"])
	for {
		p, err := reader.NextRawPart()
		if err == io.EOF {
			return leaves
		}
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, parts(t, p.Header.Get("Content-Type"),
			p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)...)
	}
}

func TestAMailIsReadByTheOtherSideAsItWasWritten(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	var s server
	serve(t, &s, notice.StartTLS)
	pdf := bytes.Repeat([]byte("%PDF-1.7\n\x00\xff"), 500)
	m := message(notice.WishesReceipt)
	m.Attachments = []notice.Attachment{{"vœux-v7.pdf", "application/pdf", pdf}}
	id := queue(t, db, m)
	send(t, db, s.sender, 1)

	got, err := netmail.ReadMessage(strings.NewReader(s.received()[0]))
	if err != nil {
		t.Fatal(err)
	}
	words := new(mime.WordDecoder)
	for header, want := range map[string]string{
		"Subject":          find(t, db, id).Subject,
		"From":             `"Scolarité de médecine" <stages@univ.example>`,
		"To":               `"Inès Baraka" <ines.baraka@univ.example>`,
		"Reply-To":         "<scolarite@univ.example>",
		"Message-ID":       "<" + id + "@univ.example>",
		"Content-Language": "fr",
		"Auto-Submitted":   "auto-generated",
	} {
		decoded, err := words.DecodeHeader(got.Header.Get(header))
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(decoded, `"`, "") != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s: %q, want %q", header, decoded, want)
		}
	}
	leaves := parts(t, got.Header.Get("Content-Type"), got.Header.Get("Content-Transfer-Encoding"), "", got.Body)
	if len(leaves) != 3 {
		t.Fatalf("%d parts, want plain text, HTML and the file", len(leaves))
	}
	plain, page, file := leaves[0], leaves[1], leaves[2]
	body := strings.ReplaceAll(plain.content, "\r\n", "\n")
	if plain.mediaType != "text/plain" || plain.params["charset"] != "UTF-8" || body != find(t, db, id).Body {
		t.Errorf("plain text %v:\n%s", plain.params, body)
	}
	for _, must := range []string{`<html lang="fr">`, "<title>", `<a href="` + m.Link + `">`, "<li>Pédiatrie</li>"} {
		if page.mediaType != "text/html" || !strings.Contains(page.content, must) {
			t.Errorf("no %q in the %s part:\n%s", must, page.mediaType, page.content)
		}
	}
	if file.mediaType != "application/pdf" || file.file != "vœux-v7.pdf" || file.content != string(pdf) {
		t.Errorf("attachment %s %q of %d bytes", file.mediaType, file.file, len(file.content))
	}
}

func TestTroubleWithTheServerLeavesMailsWaiting(t *testing.T) {
	t.Parallel()
	trouble := map[string]struct {
		spoil func(*server)
		words string // of the reason kept
	}{
		"wrong password": {func(s *server) { s.sender.Password = "wrong" }, "535"},
		"no TLS":         {func(s *server) { s.sender.RootCAs = nil }, "certificate"},
		"nobody there":   {func(s *server) { s.sender.Port = 1 }, "refused"},
		"unknown sender": {func(s *server) { s.sender.User = "" }, "502"},
	}
	for name, tt := range trouble {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				var s server
				serve(t, &s, notice.StartTLS)
				good := s.sender
				tt.spoil(&s)
				first, second := queue(t, db, message(notice.CampaignOpened)), queue(t, db, message(notice.CampaignOpened))
				if n, err := notice.Send(t.Context(), db, s.sender, nil); n != 0 || err == nil {
					t.Fatalf("%d left, %v", n, err)
				}
				m := find(t, db, first)
				if m.State != notice.Waiting || m.Reason != "notice.reason.server" || !strings.Contains(m.Detail, tt.words) ||
					!m.DueAt.Equal(storetest.Start.Add(time.Minute)) {
					t.Errorf("%+v", m)
				}
				if m := find(t, db, second); m.Attempts != 0 {
					t.Errorf("the next one was tried against the same wall: %+v", m)
				}
				storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Minute))
				send(t, db, good, 2)
				if m := find(t, db, first); m.State != notice.Sent || m.Reason != "" || m.Detail != "" || m.Attempts != 2 {
					t.Errorf("after it was repaired: %+v", m)
				}
				if n := len(s.received()); n != 2 {
					t.Errorf("%d mails came", n)
				}
			})
		})
	}
}

func TestAServerWithoutTLSIsToldNothing(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	s := server{plain: true}
	serve(t, &s, notice.StartTLS)
	s.sender.User = ""
	queue(t, db, message(notice.WishesReceipt))
	if n, err := notice.Send(t.Context(), db, s.sender, nil); n != 0 || err == nil || len(s.received()) != 0 {
		t.Errorf("%d left, %v", n, err)
	}
}

func TestAnAddressThatIsRefusedDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := server{answer: func(to string) error {
			switch to {
			case "gone@univ.example":
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
			case "full@univ.example":
				return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
			}
			return nil
		}}
		serve(t, &s, notice.StartTLS)
		to := func(address string) string {
			m := message(notice.ResultPublished)
			m.To.Address = address
			return queue(t, db, m)
		}
		gone, full, fine := to("gone@univ.example"), to("full@univ.example"), to("fine@univ.example")
		send(t, db, s.sender, 1)
		if m := find(t, db, fine); m.State != notice.Sent {
			t.Errorf("fine: %+v", m)
		}
		if m := find(t, db, gone); m.State != notice.Failed || m.Reason != "notice.reason.refused" || !strings.Contains(m.Detail, "no such mailbox") {
			t.Errorf("gone: %+v", m)
		}
		now := storetest.Start
		for _, rest := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, time.Hour} {
			m := find(t, db, full)
			if m.State != notice.Waiting || m.Reason != "notice.reason.refused" || !m.DueAt.Equal(now.Add(rest)) {
				t.Fatalf("full, to rest %s: %+v", rest, m)
			}
			now = now.Add(rest)
			storetest.Clock(t, db).Freeze(now)
			send(t, db, s.sender, 0)
		}
		for find(t, db, full).State == notice.Waiting {
			now = now.Add(time.Hour)
			storetest.Clock(t, db).Freeze(now)
			send(t, db, s.sender, 0)
		}
		if m := find(t, db, full); m.State != notice.Failed || now.Sub(storetest.Start).Round(24*time.Hour) != 72*time.Hour {
			t.Errorf("given up after %s: %+v", now.Sub(storetest.Start), m)
		}
	})
}

// counter is the catcher, counting.
type counter struct {
	notice.Catcher
	mu    sync.Mutex
	times map[string]int
}

func (c *counter) Send(ctx context.Context, m notice.Mail) (notice.State, error) {
	c.mu.Lock()
	c.times[m.ID]++
	c.mu.Unlock()
	return c.Catcher.Send(ctx, m)
}

func TestTwoNodesNeverSendOneMailTwice(t *testing.T) {
	t.Parallel()
	const mails = 200
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		change(t, db, func(tx *store.Tx) error {
			for range mails {
				if _, err := notice.Queue(t.Context(), tx, message(notice.ResultPublished)); err != nil {
					return err
				}
			}
			return nil
		})
		counts := counter{times: map[string]int{}}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := notice.Send(t.Context(), db, &counts, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		// A node that found every due mail in others' hands went home early.
		if _, err := notice.Send(t.Context(), db, &counts, nil); err != nil {
			t.Fatal(err)
		}
		if len(counts.times) != mails {
			t.Errorf("%d mails left, want %d", len(counts.times), mails)
		}
		for id, times := range counts.times {
			if times != 1 {
				t.Errorf("mail %s left %d times", id, times)
			}
		}
	})
}

func TestAMailOfADeadNodeIsSentByAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := queue(t, db, message(notice.WishesReceipt))
		if m, err := notice.Take(t.Context(), db); err != nil || m.ID != id {
			t.Fatalf("%+v, %v", m, err)
		}
		send(t, db, notice.Catcher{}, 0)
		storetest.Clock(t, db).Freeze(storetest.Start.Add(5 * time.Minute))
		send(t, db, notice.Catcher{}, 1)
	})
}

func TestAMailCancelledWhileItWasLeavingHasLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var s server
		id := queue(t, db, message(notice.WishesReceipt))
		s.onData = func() {
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return notice.Cancel(t.Context(), tx, id) }); err != nil {
				t.Error(err)
			}
		}
		serve(t, &s, notice.ImplicitTLS)
		send(t, db, s.sender, 1)
		if m := find(t, db, id); m.State != notice.Sent {
			t.Errorf("%+v", m)
		}
	})
}

// last is the catcher that ends its context with the mail it catches.
type last struct {
	notice.Catcher
	end context.CancelFunc
}

func (l last) Send(ctx context.Context, m notice.Mail) (notice.State, error) {
	l.end()
	return l.Catcher.Send(ctx, m)
}

func TestDeliverEndsWithoutTearingTheMailUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := queue(t, db, message(notice.CampaignOpened)), queue(t, db, message(notice.CampaignOpened))
		ctx, end := context.WithCancel(t.Context())
		notice.Deliver(ctx, db, last{end: end}, rate.NewLimiter(rate.Inf, 1), slog.New(slog.NewTextHandler(io.Discard, nil)))
		if m := find(t, db, first); m.State != notice.Caught {
			t.Errorf("the mail under way: %+v", m)
		}
		if m := find(t, db, second); m.State != notice.Waiting || m.Attempts != 0 {
			t.Errorf("the next one: %+v", m)
		}
	})
}
