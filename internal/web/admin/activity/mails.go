package activity

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// mailbox says where mails are shown, and to whom: the outbox of the platform,
// or the demo's box, where anybody reads what was caught.
type mailbox struct {
	path string
	demo bool
}

var outbox = mailbox{path: admin.MailsPath}

// readable returns the condition that the reader may read a mail, m in a list: one to
// somebody, or of a campaign, in a perimeter of theirs.
func (b mailbox) readable(r *page.Request, campaigns []campaign.Campaign) store.Condition {
	return b.readableBy(r, campaigns, "m.person", "m.scope")
}

// inOrder is [mailbox.readable] for pages. A faculty has a good part of all mails: its
// pages are soon full along the order that was asked for. Going from each of its people
// and campaigns to their mails, which engines prefer, would sort all of them.
func (b mailbox) inOrder(r *page.Request, campaigns []campaign.Campaign) store.Condition {
	if slices.ContainsFunc(r.Actor.Perimeters(notice.RightView), func(p identity.Perimeter) bool { return p.Kind == identity.KindFaculty }) {
		return b.readableBy(r, campaigns, "m.person + 0", "m.scope || ''")
	}
	return b.readable(r, campaigns)
}

// readableBy is [mailbox.readable] of expressions of a mail's person and scope.
func (b mailbox) readableBy(r *page.Request, campaigns []campaign.Campaign, person, scope string) store.Condition {
	if b.demo || r.Actor.Can(notice.RightView) {
		return store.Condition{}
	}
	return store.Or(store.In(scope, scopesOf(r, campaigns)), identity.KeysOf(person, admin.Reach(r, notice.RightView)))
}

// scopesOf are the scopes of the campaigns whose mails the reader may read.
func scopesOf(r *page.Request, campaigns []campaign.Campaign) (scopes []string) {
	for _, c := range campaigns {
		if r.Actor.Can(notice.RightView, c.Perimeters()...) {
			scopes = append(scopes, c.PublicID)
		}
	}
	return scopes
}

// count counts the mails that the reader may read, of those that are asked for. If those
// of campaigns alone are more than are counted, nobody looks who else's they may read.
func (b mailbox) count(r *page.Request, tx *store.Tx, rows *store.List[notice.Mail], campaigns []campaign.Campaign, ask store.Ask) (n int, more bool, err error) {
	readable := b.readable(r, campaigns)
	if readable.SQL != "" {
		n, more, err = rows.Count(r.Context(), tx, store.In("m.scope", scopesOf(r, campaigns)), ask)
		if err != nil || more {
			return n, more, err
		}
	}
	return rows.Count(r.Context(), tx, readable, ask)
}

// campaigns returns the campaigns that the reader may see; in the demo's box, all.
func (b mailbox) campaigns(r *page.Request, tx *store.Tx) ([]campaign.Campaign, error) {
	actor := r.Actor
	if b.demo {
		actor = identity.System("demo mailbox")
	}
	return campaign.NamedForOffice(r.Context(), tx, actor)
}

// Mails lists what was written to whom, and what became of it.
func Mails(w http.ResponseWriter, r *page.Request) error { return outbox.list(w, r) }

func (b mailbox) list(w http.ResponseWriter, r *page.Request) error {
	var campaigns []campaign.Campaign
	trouble := ""
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if campaigns, err = b.campaigns(r, tx); err == nil && !b.demo {
			trouble, err = notice.Trouble(r.Context(), tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	list := b.mails(campaigns)
	if r.WantsFile() {
		return list.Send(w, r)
	}
	t, err := list.Read(r)
	if err != nil {
		return err
	}
	p := ui.Page{Title: b.title(r), Lead: r.T(b.name() + ".lead"), Density: ui.Manage, Crumbs: []ui.Link{admin.Home(r)}}
	return r.Show(w, p, mailsBody(r, t, trouble))
}

// name is that of the box in the catalogues.
func (b mailbox) name() string {
	if b.demo {
		return "admin.mailbox"
	}
	return "admin.mails"
}

func (b mailbox) title(r *page.Request) string { return r.T(b.name()) }

// mails is the list of mails.
func (b mailbox) mails(campaigns []campaign.Campaign) table.List[notice.Mail] {
	names := map[string]string{}
	for _, c := range campaigns {
		names[c.PublicID] = c.Name
	}
	rows := notice.ListTo(store.Words{{Having: identity.HavingWord, Has: identity.HasWord("m.person")}})
	return table.List[notice.Mail]{
		Name: b.name(), Path: b.path, Icon: "envelope", Rows: rows, Search: "table.search.recipient",
		Where: func(r *page.Request) store.Condition { return b.inOrder(r, campaigns) },
		Find: func(r *page.Request, tx *store.Tx, ask store.Ask) (found store.Found, err error) {
			if tx.Engine == store.Postgres { // it reads every mail for those of some people or campaigns
				return store.Found{Rest: ask}, nil
			}
			found = store.Found{Counted: true, Rest: ask}
			found.Count, found.More, err = b.count(r, tx, rows, campaigns, ask)
			return found, err
		},
		Columns: func(r *page.Request) []table.Column[notice.Mail] {
			return []table.Column[notice.Mail]{
				{Column: ui.Column{Key: "subject", Title: r.T("admin.mail.subject"), Fixed: true},
					Cell: func(m notice.Mail) ui.Cell { return ui.LinkCell(m.Subject, b.path+"/"+m.ID) }},
				{Column: ui.Column{Key: "to", Title: r.T("admin.mail.to")},
					Cell: func(m notice.Mail) ui.Cell { return ui.Word(m.To.Name) }},
				{Column: ui.Column{Key: "state", Title: r.T("admin.state"), Kind: ui.KindChoice, Options: mailStates(r)},
					Cell: func(m notice.Mail) ui.Cell { return mailState(r.Text, m.State) }},
				{Column: ui.Column{Key: "queued", Title: r.T("admin.mail.queued"), Kind: ui.KindMoment},
					Cell: func(m notice.Mail) ui.Cell { return ui.Moment(r.Text, m.QueuedAt) }},
				{Column: ui.Column{Key: "kind", Title: r.T("admin.mail.kind"), Kind: ui.KindChoice, Options: mailKinds(r)},
					Cell: func(m notice.Mail) ui.Cell { return ui.Word(r.T("notice.kind." + string(m.Kind))) }},
				{Column: ui.Column{Key: "campaign", Title: r.T("admin.campaign"), Kind: ui.KindChoice, Options: nameOptions(names)},
					Cell: func(m notice.Mail) ui.Cell { return ui.Word(names[m.Scope]) }},
				{Column: ui.Column{Key: "address", Title: r.T("admin.mail.address"), Hidden: true},
					Cell: func(m notice.Mail) ui.Cell { return ui.Word(m.To.Address) }},
				{Column: ui.Column{Key: "left", Title: r.T("admin.mail.left"), Kind: ui.KindMoment, Hidden: true},
					Cell: func(m notice.Mail) ui.Cell { return ui.Moment(r.Text, m.LeftAt) }},
				{Column: ui.Column{Key: "attempts", Title: r.T("admin.attempts"), Kind: ui.KindNumber, Hidden: true},
					Cell: func(m notice.Mail) ui.Cell { return ui.Count(r.Text, m.Attempts) }},
				{Column: ui.Column{Key: "why", Title: r.T("admin.mail.why"), Hidden: true},
					Cell: func(m notice.Mail) ui.Cell { return ui.Word(mailReason(r, m)) }},
			}
		},
	}
}

func mailStates(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, s := range notice.States {
		options = append(options, ui.Option{Value: string(s), Label: r.T("notice.state." + string(s))})
	}
	return options
}

func mailKinds(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, k := range r.Declared().Notices {
		options = append(options, ui.Option{Value: string(k), Label: r.T("notice.kind." + string(k))})
	}
	return options
}

func mailReason(r *page.Request, m notice.Mail) string {
	if m.Reason == "" {
		return ""
	}
	return r.T(m.Reason)
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

// find returns the mail of an address if the reader may read it, with the file that
// is made for it among its attachments, and the name of its campaign. A file that
// cannot be made is left as the mail names it.
func (b mailbox) find(r *page.Request, tx *store.Tx) (m notice.Mail, scope string, err error) {
	campaigns, err := b.campaigns(r, tx)
	if err != nil {
		return m, "", err
	}
	m, err = notice.FindWhere(r.Context(), tx, r.PathValue("mail"), b.readable(r, campaigns))
	for _, c := range campaigns {
		if c.PublicID == m.Scope {
			scope = c.Name
		}
	}
	if err != nil || m.File.Maker == "" {
		return m, scope, err
	}
	made, failed := r.MakeFile(tx, m.File)
	if failed != nil {
		r.Log.ErrorContext(r.Context(), "make the file of a mail", "mail", m.ID, "err", failed)
		return m, scope, nil
	}
	m.Attachments, m.File = append(m.Attachments, made), notice.File{}
	return m, scope, nil
}

func (b mailbox) one(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var m notice.Mail
	scope := ""
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		m, scope, err = b.find(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: m.Subject, Density: ui.Manage, Crumbs: []ui.Link{admin.Home(r), {Label: b.title(r), Href: b.path}}}
	return r.ShowStatus(w, status, p, mailBody(r, b, m, scope, wrong))
}

// Attachment answers with a file that went with a mail.
func Attachment(w http.ResponseWriter, r *page.Request) error { return outbox.attachment(w, r) }

func (b mailbox) attachment(w http.ResponseWriter, r *page.Request) error {
	var a notice.Attachment
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		m, _, err := b.find(r, tx)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(r.PathValue("number"))
		if err != nil || n < 1 || n > len(m.Attachments) {
			return fault.New(fault.NotFound, "admin.attachment.unknown")
		}
		a = m.Attachments[n-1]
		return nil
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
	return r.GoSaying(w, admin.MailsPath+"/"+url.PathEscape(r.PathValue("mail")), "admin.mail.resent", "address", address)
}

// CancelMail stops a mail that has not left.
func CancelMail(w http.ResponseWriter, r *page.Request) error {
	err := changeMail(r, "mail.cancelled", func(tx *store.Tx, m notice.Mail) error {
		return notice.Cancel(r.Context(), tx, m.ID)
	})
	if err != nil {
		return err
	}
	return r.GoSaying(w, admin.MailsPath+"/"+url.PathEscape(r.PathValue("mail")), "admin.mail.cancelled")
}

// changeMail does something to a mail that the actor may read, and records it.
// It stands here because notice knows neither people nor the log.
func changeMail(r *page.Request, action string, change func(*store.Tx, notice.Mail) error) error {
	return r.DB.Write(r.Context(), func(tx *store.Tx) error {
		m, _, err := outbox.find(r, tx)
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
