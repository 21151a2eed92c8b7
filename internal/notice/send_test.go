package notice_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// A tally is a sender that counts what left by it.
type tally struct {
	notice.Sender
	left atomic.Int64
}

func (t *tally) Send(ctx context.Context, m notice.Mail) (notice.State, error) {
	state, err := t.Sender.Send(ctx, m)
	if err == nil {
		t.left.Add(1)
	}
	return state, err
}

// mailer returns a node that sends.
func mailer(db *store.DB, sender notice.Sender) *job.Runner {
	m := &notice.Mailer{DB: db, Sender: sender, Limit: rate.NewLimiter(rate.Inf, 1)}
	return &job.Runner{DB: db, Handlers: m.Handlers(), Schedules: m.Schedules(), Log: silent}
}

// send sends what is due and checks how much left.
func send(t *testing.T, db *store.DB, sender notice.Sender, want int) {
	t.Helper()
	counts := &tally{Sender: sender}
	step(t, mailer(db, counts))
	if n := int(counts.left.Load()); n != want {
		t.Fatalf("%d mails left, want %d", n, want)
	}
}

// step lets a node do what is due: in its first look it only notes its schedules.
func step(t *testing.T, node *job.Runner) {
	t.Helper()
	for range 2 {
		if _, err := node.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
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
				receipt := message(campaign.NoticeReceipt)
				receipt.Attachments = []notice.Attachment{{"vœux.pdf", "application/pdf", []byte("%PDF-1.7")}}
				first := queue(t, db, receipt)
				second := queue(t, db, message(campaign.NoticeOpened))
				later := message(campaign.NoticeOpened)
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
	m := message(campaign.NoticeReceipt)
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
				first, second := queue(t, db, message(campaign.NoticeOpened)), queue(t, db, message(campaign.NoticeOpened))
				send(t, db, s.sender, 0)
				m := find(t, db, first)
				if m.State != notice.Waiting || m.Reason != "notice.reason.server" || !strings.Contains(m.Detail, tt.words) ||
					!m.DueAt.Equal(storetest.Start.Add(time.Minute)) {
					t.Errorf("%+v", m)
				}
				if words := troubleOf(t, db); !strings.Contains(words, tt.words) {
					t.Errorf("no mail leaves because of %q", words)
				}
				if m := find(t, db, second); m.Attempts != 0 {
					t.Errorf("the next one was tried against the same wall: %+v", m)
				}
				storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Minute))
				send(t, db, good, 2)
				if words := troubleOf(t, db); words != "" {
					t.Errorf("all is well, but for %q", words)
				}
				if m := find(t, db, first); m.State != notice.Sent || m.Reason != "" || m.Detail != "" || m.Attempts != 1 {
					t.Errorf("after it was repaired, which is no fault of the mail: %+v", m)
				}
				if n := len(s.received()); n != 2 {
					t.Errorf("%d mails came", n)
				}
			})
		})
	}
}

func troubleOf(t *testing.T, db *store.DB) (words string) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		words, err = notice.Trouble(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func TestAServerWithoutTLSIsToldNothing(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	s := server{plain: true}
	serve(t, &s, notice.StartTLS)
	s.sender.User = ""
	queue(t, db, message(campaign.NoticeReceipt))
	send(t, db, s.sender, 0)
	if mails := list(t, db); len(s.received()) != 0 || mails[0].Reason != "notice.reason.server" {
		t.Errorf("%+v", mails)
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
			m := message(result.NoticePlaced)
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
				if _, err := notice.Queue(t.Context(), tx, message(result.NoticePlaced)); err != nil {
					return err
				}
			}
			return nil
		})
		counts := counter{times: map[string]int{}}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { step(t, mailer(db, &counts)) })
		}
		all.Wait()
		// A node that found the work in others' hands went home early.
		step(t, mailer(db, &counts))
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

// stuck is a sender that says when it has begun, and ends when it is let go.
type stuck struct {
	begun chan notice.Mail
	leave chan error
}

func (s stuck) Send(_ context.Context, m notice.Mail) (notice.State, error) {
	s.begun <- m
	return notice.Caught, <-s.leave
}

func TestAMailOfADeadNodeIsSentByAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id, other := queue(t, db, message(campaign.NoticeReceipt)), queue(t, db, message(campaign.NoticeOpened))
		frozen := stuck{make(chan notice.Mail), make(chan error)}
		finished := make(chan error)
		dead := mailer(db, frozen)
		if _, err := dead.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := dead.Step(context.WithoutCancel(t.Context()))
			finished <- err
		}()
		if m := <-frozen.begun; m.ID != id {
			t.Errorf("%+v is sent first", m)
		}
		send(t, db, notice.Catcher{}, 0) // somebody has the work
		storetest.Clock(t, db).Freeze(storetest.Start.Add(31 * time.Second))
		send(t, db, notice.Catcher{}, 2)

		// It was not dead, and says that it failed: too late.
		frozen.leave <- &notice.Refusal{ForGood: true, Words: "no"}
		if err := <-finished; err != nil {
			t.Fatal(err)
		}
		for _, sent := range []string{id, other} {
			if m := find(t, db, sent); m.State != notice.Caught {
				t.Errorf("%+v", m)
			}
		}
	})
}

func TestAMailThatTakesItsNodeDownIsPutBehindTheOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		poison := queue(t, db, message(campaign.NoticeReceipt))
		queue(t, db, message(campaign.NoticeOpened))
		now := storetest.Start
		// Nodes die one after the other while they hold a mail.
		first := ""
		for range 2 {
			first = dies(t, db).ID
			now = now.Add(31 * time.Second)
			storetest.Clock(t, db).Freeze(now)
		}
		if first != poison {
			t.Fatalf("%s was tried", first)
		}
		if m := find(t, db, poison); m.State != notice.Waiting || m.Attempts != 1 || m.Reason != "notice.reason.interrupted" || !m.DueAt.After(now) {
			t.Errorf("%+v", m)
		}
		send(t, db, notice.Catcher{}, 1)
	})
}

// dies lets a node die while it holds a mail, which it returns.
func dies(t *testing.T, db *store.DB) notice.Mail {
	t.Helper()
	frozen := stuck{make(chan notice.Mail), make(chan error)}
	node, finished := mailer(db, frozen), make(chan error, 1)
	go func() {
		_, err := node.Step(context.WithoutCancel(t.Context()))
		if err == nil {
			_, err = node.Step(context.WithoutCancel(t.Context()))
		}
		finished <- err
	}()
	held := <-frozen.begun
	t.Cleanup(func() {
		for {
			select {
			case <-frozen.begun:
			case frozen.leave <- &notice.Refusal{ForGood: true, Words: "no"}:
			case err := <-finished:
				if err != nil {
					t.Error(err)
				}
				return
			}
		}
	})
	return held
}

// The work of sending may be lost for good, and no mail with it: while one is due, the
// schedule asks for the work anew.
func TestMailsLeaveAfterTheWorkOfSendingWasLostForGood(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var all []string
		for range 8 {
			all = append(all, queue(t, db, message(campaign.NoticeOpened)))
		}
		now := storetest.Start
		for range 5 { // as often as a task is tried
			dies(t, db)
			now = now.Add(31 * time.Second)
			storetest.Clock(t, db).Freeze(now)
		}
		node := mailer(db, notice.Catcher{})
		if _, err := node.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		lost := false
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), "SELECT EXISTS (SELECT 1 FROM job_task WHERE state = 'failed' AND error = 'job.lost')").Scan(&lost)
		})
		if err != nil || !lost {
			t.Fatalf("the work was not lost: %v", err)
		}
		step(t, node) // those which nobody held
		if m := find(t, db, all[7]); m.State != notice.Caught {
			t.Errorf("%+v", m)
		}
		storetest.Clock(t, db).Freeze(now.Add(time.Hour)) // those which a node held rest for a while
		step(t, node)
		for _, id := range all {
			if m := find(t, db, id); m.State != notice.Caught {
				t.Errorf("%+v", m)
			}
		}
	})
}

func TestWhatSomebodyWaitsForLeavesFirst(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for range 30 {
			queue(t, db, message(result.NoticePlaced))
		}
		var urgent string
		order := &inOrder{}
		order.at = func(n int) {
			if n == 5 {
				m := message(identity.NoticeAccountCreated)
				m.Urgent = true
				urgent = queue(t, db, m)
			}
		}
		send(t, db, order, 31)
		if at := slices.Index(order.ids, urgent); at < 0 || at > 15 {
			t.Errorf("it left as number %d", at+1)
		}
	})
}

// inOrder is the catcher that remembers the order.
type inOrder struct {
	notice.Catcher
	ids []string
	at  func(n int)
}

func (o *inOrder) Send(ctx context.Context, m notice.Mail) (notice.State, error) {
	o.ids = append(o.ids, m.ID)
	o.at(len(o.ids))
	return o.Catcher.Send(ctx, m)
}

func TestAFileIsMadeWhenItsMailIsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		withFile := func(maker, key string) string {
			m := message(campaign.NoticeReceipt)
			m.File = notice.File{Maker: maker, Key: key}
			return queue(t, db, m)
		}
		good, bad, worse, nobody := withFile("receipt", "c1 7"), withFile("receipt", "broken"), withFile("receipt", "panic"), withFile("certificate", "c1 7")
		var s server
		serve(t, &s, notice.StartTLS)
		m := &notice.Mailer{DB: db, Sender: s.sender, Makers: notice.Makers{
			"receipt": func(ctx context.Context, tx *store.Tx, key string) (notice.Attachment, error) {
				switch key {
				case "broken":
					return notice.Attachment{}, errors.New("no such receipt")
				case "panic":
					panic("out of range")
				}
				if _, err := notice.Find(ctx, tx, good); err != nil {
					return notice.Attachment{}, err
				}
				return notice.Attachment{Name: key + ".pdf", MediaType: "application/pdf", Content: []byte("%PDF " + key)}, nil
			},
		}}
		step(t, &job.Runner{DB: db, Handlers: m.Handlers(), Schedules: m.Schedules(), Log: silent})
		if mail := find(t, db, good); mail.State != notice.Sent || len(mail.Attachments) != 0 || mail.File.Key != "c1 7" {
			t.Errorf("%+v", mail)
		}
		got, err := netmail.ReadMessage(strings.NewReader(s.received()[0]))
		if err != nil {
			t.Fatal(err)
		}
		leaves := parts(t, got.Header.Get("Content-Type"), got.Header.Get("Content-Transfer-Encoding"), "", got.Body)
		if len(leaves) != 3 || leaves[2].file != "c1 7.pdf" || leaves[2].content != "%PDF c1 7" {
			t.Errorf("%+v", leaves)
		}
		for id, words := range map[string]string{bad: "no such receipt", nobody: "certificate", worse: "out of range"} {
			mail := find(t, db, id)
			if mail.State != notice.Waiting || mail.Attempts != 1 || !strings.Contains(mail.Detail, words) {
				t.Errorf("%+v", mail)
			}
		}
	})
}

func TestANameMayHoldAnything(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	var s server
	serve(t, &s, notice.StartTLS)
	for _, name := range []string{"⟦Inès⟧", "<no value>", "{{.campaign}}", `Inès "la Grande`, "Inès\r\nBcc: all@univ.example", "Inès, Baraka; <x@y.fr>"} {
		m := message(campaign.NoticeOpened)
		m.To.Name = name
		m.Blanks = maps.Clone(blanks)
		m.Blanks["campaign"] = name
		if mail := find(t, db, queue(t, db, m)); !strings.Contains(mail.Body, name) {
			t.Errorf("%q is not in:\n%s", name, mail.Body)
		}
	}
	send(t, db, s.sender, 6)
	for _, received := range s.received() {
		head, err := netmail.ReadMessage(strings.NewReader(received))
		if err != nil {
			t.Fatal(err)
		}
		to, err := head.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != ines.Address || head.Header.Get("Bcc") != "" {
			t.Errorf("to %v, %v; Bcc %q", to, err, head.Header.Get("Bcc"))
		}
	}
}

func TestAMailCancelledWhileItWasLeavingHasLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var s server
		id := queue(t, db, message(campaign.NoticeReceipt))
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

func TestANodeEndsWithoutTearingTheMailUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := queue(t, db, message(campaign.NoticeOpened)), queue(t, db, message(campaign.NoticeOpened))
		ctx, end := context.WithCancel(t.Context())
		if err := mailer(db, last{end: end}).Run(ctx); err != nil {
			t.Error(err)
		}
		if m := find(t, db, first); m.State != notice.Caught {
			t.Errorf("the mail under way: %+v", m)
		}
		if m := find(t, db, second); m.State != notice.Waiting || m.Attempts != 0 {
			t.Errorf("the next one: %+v", m)
		}
	})
}
