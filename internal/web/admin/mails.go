package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// window is how many mails or tasks a page holds at once, the latest that pass
// its filters of state and kind; older ones follow on the next page.
const window = 1000

// mailbox says where mails are shown, and to whom: the outbox of the platform,
// or the demo's box, where anybody reads what was caught.
type mailbox struct {
	path string
	demo bool
}

var outbox = mailbox{path: MailsPath}

// A readership is whose mails somebody may read.
type readership struct {
	all       bool
	people    map[int64]bool
	campaigns map[string]bool
}

// mailsOf returns whose mails the actor may read: those to people, or of
// campaigns, in a perimeter of theirs.
func mailsOf(ctx context.Context, tx *store.Tx, actor identity.Actor) (readership, error) {
	readers := readership{all: actor.Can(notice.RightView), people: map[int64]bool{}, campaigns: map[string]bool{}}
	if readers.all {
		return readers, nil
	}
	where, err := whereabouts(ctx, tx, actor, notice.RightView)
	if err != nil {
		return readers, err
	}
	people, err := identity.PeopleFor(ctx, tx, actor, notice.RightView, where)
	for _, p := range people {
		readers.people[p.ID] = true
	}
	if err != nil {
		return readers, err
	}
	campaigns, err := campaign.ForOfficeAll(ctx, tx, actor)
	for _, c := range campaigns {
		readers.campaigns[c.PublicID] = actor.Can(notice.RightView, c.Perimeters()...)
	}
	return readers, err
}

func (a readership) reads(m notice.Mail) bool {
	return a.all || a.people[m.To.Person] || a.campaigns[m.Scope]
}

// Mails lists what was written to whom, and what became of it.
func Mails(w http.ResponseWriter, r *page.Request) error { return outbox.list(w, r) }

func (b mailbox) list(w http.ResponseWriter, r *page.Request) error {
	t := ui.Table{
		Caption: b.title(r), Path: b.path, Export: b.path,
		Empty: ui.Empty{Icon: "envelope", What: r.T("admin.mails.none"), Why: r.T("admin.mails.none.why")},
	}
	before := r.URL.Query().Get("before")
	if before != "" {
		t.Keep = map[string]string{"before": before}
	}
	older, trouble := "", ""
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if older, err = b.fill(r, tx, &t, before); err == nil && !b.demo {
			trouble, err = notice.Trouble(r.Context(), tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: t.Caption, Lead: r.T("admin.mails.lead"), Density: ui.Manage, Crumbs: []ui.Link{home(r)}}
	if b.demo {
		p.Lead = r.T("admin.mailbox.lead")
	}
	return r.Show(w, p, mailsBody(r, t, trouble, before != "", older))
}

func (b mailbox) title(r *page.Request) string {
	if b.demo {
		return r.T("admin.mailbox")
	}
	return r.T("admin.mails")
}

// fill puts the latest mails that pass the filters into a table, and returns
// which one older ones come after; empty: there are none.
func (b mailbox) fill(r *page.Request, tx *store.Tx, t *ui.Table, before string) (older string, err error) {
	campaigns, err := b.campaignNames(r, tx)
	if err != nil {
		return "", err
	}
	t.Columns = mailColumns(r, campaigns)
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	mails, err := notice.List(r.Context(), tx, notice.Filter{
		State: notice.State(t.State.Filters["state"]), Kind: notice.Kind(t.State.Filters["kind"]),
		Scope: t.State.Filters["campaign"], Before: before, Most: window,
	})
	if err != nil {
		return "", err
	}
	if len(mails) == window {
		older = mails[window-1].ID
	}
	if t.State.Filtered() {
		t.Empty = nothingFound(r, b.path)
	}
	t.Rows, err = b.rows(r, tx, mails, campaigns)
	return older, err
}

// nothingFound is a list that filters have emptied: they are the database's here,
// so that the table does not know of them.
func nothingFound(r *page.Request, path string) ui.Empty {
	return ui.Empty{Icon: "funnel", What: r.T("ui.table.none"), Why: r.T("admin.window.none"),
		Actions: []ui.Action{{Label: r.T("ui.table.reset"), Href: path, Icon: "x-lg"}}}
}

func mailColumns(r *page.Request, campaigns map[string]string) []ui.Column {
	states, kinds, scopes := []ui.Option{}, []ui.Option{}, []ui.Option{}
	for _, s := range notice.States {
		states = append(states, ui.Option{Value: string(s), Label: r.T("notice.state." + string(s))})
	}
	for _, k := range r.Declared().Notices {
		kinds = append(kinds, ui.Option{Value: string(k), Label: r.T("notice.kind." + string(k))})
	}
	for _, id := range byName(campaigns) {
		scopes = append(scopes, ui.Option{Value: id, Label: campaigns[id]})
	}
	return []ui.Column{
		{Key: "subject", Title: r.T("admin.mail.subject"), Filter: true, Fixed: true},
		{Key: "to", Title: r.T("admin.mail.to"), Filter: true},
		{Key: "state", Title: r.T("admin.state"), Kind: ui.KindChoice, Filter: true, Options: states},
		{Key: "queued", Title: r.T("admin.mail.queued"), Kind: ui.KindMoment, Filter: true},
		{Key: "kind", Title: r.T("admin.mail.kind"), Kind: ui.KindChoice, Filter: true, Options: kinds},
		{Key: "campaign", Title: r.T("admin.campaign"), Kind: ui.KindChoice, Filter: true, Options: scopes},
		{Key: "address", Title: r.T("admin.mail.address"), Filter: true, Hidden: true},
		{Key: "left", Title: r.T("admin.mail.left"), Kind: ui.KindMoment, Hidden: true},
		{Key: "attempts", Title: r.T("admin.attempts"), Kind: ui.KindNumber, Filter: true, Hidden: true},
		{Key: "why", Title: r.T("admin.mail.why"), Filter: true, Hidden: true},
	}
}

func (b mailbox) rows(r *page.Request, tx *store.Tx, mails []notice.Mail, campaigns map[string]string) ([]ui.Row, error) {
	readers := readership{all: true}
	if !b.demo {
		var err error
		if readers, err = mailsOf(r.Context(), tx, r.Actor); err != nil {
			return nil, err
		}
	}
	var rows []ui.Row
	for _, m := range mails {
		if !readers.reads(m) {
			continue
		}
		why := ""
		if m.Reason != "" {
			why = r.T(m.Reason)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			ui.LinkCell(m.Subject, b.path+"/"+m.ID), ui.Word(m.To.Name), mailState(r.Text, m.State),
			ui.Moment(r.Text, m.QueuedAt), {Text: r.T("notice.kind." + string(m.Kind)), Choice: string(m.Kind)},
			{Text: campaigns[m.Scope], Choice: m.Scope, None: m.Scope == ""},
			ui.Word(m.To.Address), ui.Moment(r.Text, m.LeftAt), ui.Count(r.Text, m.Attempts), ui.Word(why),
		}})
	}
	return rows, nil
}

var mailTones = map[notice.State]ui.Tone{
	notice.Waiting: ui.Info, notice.Held: ui.Warn, notice.Sent: ui.Good, notice.Caught: ui.Good,
	notice.Failed: ui.Bad, notice.Undeliverable: ui.Bad, notice.Cancelled: ui.Neutral,
}

func mailState(p text.Printer, s notice.State) ui.Cell {
	return ui.StateCell(string(s), mailTones[s], p.T("notice.state."+string(s)))
}

// Mail shows one mail as it was written, and what became of it.
func Mail(w http.ResponseWriter, r *page.Request) error {
	return outbox.one(w, r, http.StatusOK, ui.Errors{})
}

// find returns the mail of an address if the reader may read it.
func (b mailbox) find(r *page.Request, tx *store.Tx) (notice.Mail, error) {
	m, err := notice.Find(r.Context(), tx, r.PathValue("mail"))
	if err != nil || b.demo {
		return m, err
	}
	readers, err := mailsOf(r.Context(), tx, r.Actor)
	if err == nil && !readers.reads(m) {
		err = fault.New(fault.NotFound, "notice.missing")
	}
	return m, err
}

// campaignNames returns the names of campaigns that the reader may see; in the
// demo's box, of all.
func (b mailbox) campaignNames(r *page.Request, tx *store.Tx) (map[string]string, error) {
	if b.demo {
		return campaignNames(r.Context(), tx, identity.System("demo mailbox"))
	}
	return campaignNames(r.Context(), tx, r.Actor)
}

func (b mailbox) one(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var m notice.Mail
	scope := ""
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if m, err = b.find(r, tx); err != nil {
			return err
		}
		campaigns, err := b.campaignNames(r, tx)
		scope = campaigns[m.Scope]
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: m.Subject, Density: ui.Manage, Crumbs: []ui.Link{home(r), {Label: b.title(r), Href: b.path}}}
	return r.ShowStatus(w, status, p, mailBody(r, b, m, scope, wrong))
}

// Attachment answers with a file that went with a mail.
func Attachment(w http.ResponseWriter, r *page.Request) error { return outbox.attachment(w, r) }

func (b mailbox) attachment(w http.ResponseWriter, r *page.Request) error {
	var a notice.Attachment
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		m, err := b.find(r, tx)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(r.PathValue("number"))
		switch {
		case err == nil && n >= 1 && n <= len(m.Attachments):
			a = m.Attachments[n-1]
			return nil
		case err == nil && n == len(m.Attachments)+1 && m.File.Maker != "":
			a, err = r.MakeFile(tx, m.File)
			return err
		}
		return fault.New(fault.NotFound, "admin.attachment.unknown")
	})
	if err != nil {
		return err
	}
	return r.SendFile(w, a.Name, a.MediaType, a.Content)
}

// ResendMail queues a mail again, word for word, perhaps to another address.
func ResendMail(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	address := f.Required("address")
	if address != "" && !identity.IsEmail(address) {
		f.Wrong("address", "form.email", "found", address)
	}
	err := f.Err()
	if err == nil {
		err = changeMail(r, "mail.resent", func(tx *store.Tx, m notice.Mail) error {
			return notice.Resend(r.Context(), tx, m.ID, address)
		})
	}
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return outbox.one(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, MailsPath+"/"+url.PathEscape(r.PathValue("mail")), "admin.mail.resent", "address", address)
}

// CancelMail stops a mail that has not left.
func CancelMail(w http.ResponseWriter, r *page.Request) error {
	err := changeMail(r, "mail.cancelled", func(tx *store.Tx, m notice.Mail) error {
		return notice.Cancel(r.Context(), tx, m.ID)
	})
	if err != nil {
		return err
	}
	return r.GoSaying(w, MailsPath+"/"+url.PathEscape(r.PathValue("mail")), "admin.mail.cancelled")
}

// changeMail does something to a mail that the actor may read, and records it.
// It stands here because notice knows neither people nor the log.
func changeMail(r *page.Request, action string, change func(*store.Tx, notice.Mail) error) error {
	return r.DB.Write(r.Context(), func(tx *store.Tx) error {
		m, err := outbox.find(r, tx)
		if err != nil {
			return err
		}
		if err := change(tx, m); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, audit.Entry{
			Who: r.Actor.Who(), Action: action, Args: map[string]any{"subject": m.Subject, "to": m.To.Name},
			Kind: "mail", Object: m.ID, Scope: m.Scope,
		})
	})
}
