package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A board is what the page of posts shows.
type board struct {
	campaign campaign.Campaign
	posts    []campaign.Post
	students int         // who take part
	closed   []site.Site // declared, and without a post in this campaign: at most one more than a field offers
	without  int         // how many those are
	declared int
	off      string // why nothing can be changed; empty: it can
	wrong    ui.Errors
	table    ui.Table
}

// Posts shows the seats of a campaign, many to be changed at once.
func (o *Pages) Posts(w http.ResponseWriter, r *page.Request) error {
	return showPosts(w, r, http.StatusOK, ui.Errors{})
}

func showPosts(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	b, err := readBoard(r)
	if err != nil {
		return err
	}
	b.wrong, b.off = wrong, why(r, b.campaign, campaign.RightEdit, campaign.EditPosts)
	b.table = b.makeTable(r)
	if r.WantsFile() {
		return r.SendTable(w, b.table)
	}
	p := ui.Page{Title: r.T("office.posts"), Lead: r.T("office.posts.lead")}
	return show(w, r, status, b.campaign, "posts", p, postsBody(r, b))
}

func readBoard(r *page.Request) (b board, err error) {
	b.campaign, err = read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if b.posts, err = campaign.Posts(ctx, tx, c); err != nil {
			return err
		}
		people, err := campaign.CountParticipants(ctx, tx, c)
		if err != nil {
			return err
		}
		b.students = people.In
		declared := store.And(site.InUse(), site.SeenBy(r.Actor, campaign.RightView))
		if b.declared, _, err = site.List.Count(ctx, tx, declared, store.Ask{}); err != nil {
			return err
		}
		without := store.And(declared, campaign.WithoutPost(c, "s.id"))
		if b.without, _, err = site.List.Count(ctx, tx, without, store.Ask{}); err != nil {
			return err
		}
		b.closed, err = site.List.First(ctx, tx, without, mostOffered+1)
		return err
	})
	return b, err
}

// mostOffered is how many sites the form offers; where more have no post, the code of
// one is typed.
const mostOffered = 200

func (b board) makeTable(r *page.Request) ui.Table {
	path := pathOf(b.campaign, "posts")
	t := ui.Table{
		Caption: r.T("office.posts"), Path: path, Export: path, Columns: b.columns(r),
		Empty: ui.Empty{Icon: "building", What: r.T("office.posts.none"), Why: r.T("office.posts.none.why")},
	}
	for _, p := range b.posts {
		t.Rows = append(t.Rows, b.row(r, p))
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

func (b board) columns(r *page.Request) []ui.Column {
	yes := []ui.Option{{Value: "no", Label: r.T("office.post.forwishes")}, {Value: "yes", Label: r.T("office.post.reserved")}}
	return []ui.Column{
		{Key: "code", Title: r.T("office.post.code"), Filter: true, Fixed: true},
		{Key: "site", Title: r.T("office.post.site"), Filter: true},
		{Key: "seats", Title: r.T("office.post.seats"), Kind: ui.KindNumber, Filter: true, Fixed: true},
		{Key: "closed", Title: r.T("office.post.closed"), Kind: ui.KindChoice, Filter: true, Options: yes, Fixed: true},
		{Key: "min", Title: r.T("office.post.min"), Kind: ui.KindNumber, Filter: true},
		{Key: "ideal", Title: r.T("office.post.ideal"), Kind: ui.KindNumber, Filter: true},
		{Key: "max", Title: r.T("office.post.max"), Kind: ui.KindNumber, Filter: true},
		{Key: "last", Title: r.T("office.post.last"), Kind: ui.KindNumber, Filter: true},
		{Key: "lastcut", Title: r.T("office.post.lastcut"), Kind: ui.KindNumber, Filter: true},
		{Key: "limits", Title: r.T("office.post.limits"), Filter: true},
		{Key: "changed", Title: r.T("office.post.changed"), Kind: ui.KindMoment, Hidden: true},
		{Key: "by", Title: r.T("office.post.by"), Filter: true, Hidden: true},
	}
}

func (b board) row(r *page.Request, p campaign.Post) ui.Row {
	last, cutoff := ui.Cell{None: true}, ui.Cell{None: true}
	if p.Last != nil {
		last, cutoff = ui.Count(r.Text, p.Last.Seats), countOrNone(r, p.Last.Cutoff)
	}
	seats, closed := ui.Count(r.Text, p.Seats), ui.StateCell("no", ui.Neutral, r.T("office.post.forwishes"))
	if p.Closed {
		closed = ui.StateCell("yes", ui.Info, r.T("office.post.reserved"))
	}
	if b.off == "" {
		seats.Body, closed.Body = seatsInput(r, p, b.typed(r, p), b.wrong.Of("seats."+p.Code)), closedInput(r, p, b.ticked(r, p))
	}
	row := ui.Row{Cells: []ui.Cell{
		ui.Word(p.Code), {Text: p.Label(), Sort: sorted(p.Label())}, seats, closed,
		ui.Count(r.Text, p.Min), ui.Count(r.Text, p.Ideal), ui.Count(r.Text, p.Max), last, cutoff,
		ui.Word(limitsOf(r, p)), ui.Moment(r.Text, p.ChangedAt), ui.Word(p.ChangedBy),
	}}
	if p.Surprising() && !p.Agreed() {
		row.Tone = ui.Warn
	}
	return row
}

// typed is the number of seats as somebody typed it, when it was refused.
func (b board) typed(r *page.Request, p campaign.Post) string {
	if b.wrong.Sentence != "" && r.PostForm.Has("seats."+p.Code) {
		return r.PostForm.Get("seats." + p.Code)
	}
	return strconv.Itoa(p.Seats)
}

func (b board) ticked(r *page.Request, p campaign.Post) bool {
	if b.wrong.Sentence != "" && r.PostForm.Has("seats."+p.Code) {
		return r.PostForm.Get("closed."+p.Code) != ""
	}
	return p.Closed
}

// limitsOf says what restricts a post.
func limitsOf(r *page.Request, p campaign.Post) string {
	var limits []string
	if p.Secondary {
		limits = append(limits, r.T("office.post.secondary"))
	}
	for _, level := range p.ClosedLevels {
		limits = append(limits, r.T("office.post.notfor", "level", level.Name))
	}
	return strings.Join(limits, " ; ")
}

// facts compare what is declared, what is open and what students see, since a
// place that nobody sees is given to nobody.
func (b board) facts(r *page.Request) []ui.Fact {
	visible, open := 0, 0
	for _, p := range b.posts {
		if p.Seats > 0 {
			open++
			if !p.Closed {
				visible++
			}
		}
	}
	totals := campaign.TotalsOf(b.posts)
	n := func(count int) string { return r.Text.Number(int64(count)) }
	return []ui.Fact{
		{Value: n(b.declared), Label: r.T("office.fact.declared", "count", b.declared)},
		{Value: n(open), Label: r.T("office.fact.open", "count", open), Tone: toneIf(open < b.declared, ui.Warn)},
		{Value: n(visible), Label: r.T("office.fact.visible", "count", visible), Tone: toneIf(visible < open, ui.Warn)},
		{Value: n(totals.Seats), Label: r.T("office.fact.seats", "count", totals.Seats), Tone: toneIf(totals.Seats < b.students, ui.Warn)},
		{Value: n(totals.Reserved), Label: r.T("office.fact.reserved", "count", totals.Reserved)},
		{Value: n(b.students), Label: r.T("office.fact.in", "count", b.students)},
	}
}

// chart sets the seats against the students.
func (b board) chart(r *page.Request) ui.StackChart {
	totals := campaign.TotalsOf(b.posts)
	return ui.StackChart{
		Title: r.T("office.posts.chart"), Label: r.T("office.posts.chart.label"), Need: r.T("office.posts.chart.need"),
		Parts: []ui.Part{{Name: r.T("office.post.forwishes"), Tone: ui.Info}, {Name: r.T("office.post.reserved"), Tone: ui.Neutral}},
		Rows:  []ui.Stack{{Label: b.campaign.Name, Values: []int{totals.Seats, totals.Reserved}, Need: b.students}},
	}
}

// surprising returns the posts that a second person must look at.
func (b board) surprising() []campaign.Post {
	return slices.DeleteFunc(slices.Clone(b.posts), func(p campaign.Post) bool { return !p.Surprising() || p.Agreed() })
}

func (b board) agreeButton(r *page.Request, p campaign.Post) ui.Action {
	a := ui.Action{Label: r.T("office.post.agree", "seats", p.Seats), Icon: "person-check", Why: b.off}
	if a.Why == "" && !p.MayAgree(r.Actor.ID) {
		a.Why = r.T("office.post.second")
	}
	return a
}

func (b board) addForm(r *page.Request) ui.Form {
	chosen := ui.Field{Kind: ui.FieldText, Name: "site", Label: r.T("office.post.site"), Hint: r.T("office.post.site.hint"), Value: r.PostFormValue("site")}
	if len(b.closed) <= mostOffered {
		chosen.Kind, chosen.Hint = ui.FieldSelect, ""
		for _, s := range b.closed {
			chosen.Options = append(chosen.Options, ui.Option{Value: s.Code, Label: s.Name + " (" + s.Code + ")"})
		}
	}
	f := ui.Form{
		Action: pathOf(b.campaign, "posts", "new"),
		Fields: []ui.Field{
			chosen,
			{Kind: ui.FieldNumber, Name: "seats", Label: r.T("office.post.seats"), Value: r.PostFormValue("seats"), Min: "0"},
		},
		Submit: ui.Action{Label: r.T("office.post.add"), Icon: "plus-lg", Kind: ui.Secondary},
	}
	if b.campaign.Phase != campaign.Draft {
		f.Fields = append(f.Fields, reasonField(r, "add-reason"))
	}
	if r.PostForm.Has("site") {
		f.Errors = b.wrong
	}
	return f
}

// SavePosts changes the seats that were typed over; all of them or none.
func (o *Pages) SavePosts(w http.ResponseWriter, r *page.Request) error {
	b, err := readBoard(r)
	if err != nil {
		return err
	}
	f := r.Fields()
	if err := r.ParseForm(); err != nil {
		return err
	}
	forms, codes := readSeats(r, f, b.posts)
	if err = f.Err(); err == nil && len(forms) > 0 {
		err = byCode(o.Campaigns.PutPosts(r.Context(), r.Actor, b.campaign.PublicID, forms, f.Text("reason")), codes)
	}
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, wrong) }
	return outcome(w, r, err, pathOf(b.campaign, "posts"), again, "office.posts.saved", "count", len(forms))
}

// readSeats returns the posts whose row was changed on the page, with their codes.
// A row that somebody else has changed meanwhile is refused.
func readSeats(r *page.Request, f *page.Form, posts []campaign.Post) (forms []campaign.PostForm, codes []string) {
	for _, p := range posts {
		name := "seats." + p.Code
		if !r.PostForm.Has(name) {
			continue
		}
		closed := f.Bool("closed." + p.Code)
		if f.Text(name)+" "+strconv.FormatBool(closed) == f.Text("was."+p.Code) {
			continue
		}
		seats := f.Int(name, 0, 1000)
		if f.Text("was."+p.Code) != rowState(p) {
			f.Wrong(name, "office.post.moved", "by", p.ChangedBy, "seats", p.Seats)
		}
		forms = append(forms, campaign.PostForm{Site: reference.Ref{ID: p.Site.ID}, Seats: seats, Closed: closed})
		codes = append(codes, p.Code)
	}
	return forms, codes
}

// rowState is a row as the page showed it.
func rowState(p campaign.Post) string {
	return strconv.Itoa(p.Seats) + " " + strconv.FormatBool(p.Closed)
}

// byCode renames the fields of a fault, which count the posts sent, after the
// posts' codes.
func byCode(err error, codes []string) error {
	return renamed(err, func(name string) string {
		if i, e := strconv.Atoi(strings.TrimPrefix(name, "seats.")); e == nil && i < len(codes) {
			return "seats." + codes[i]
		}
		return name
	})
}

// AddPost opens a post at a site that has none in the campaign.
func (o *Pages) AddPost(w http.ResponseWriter, r *page.Request) error {
	c, err := read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	f := r.Fields()
	form := campaign.PostForm{Site: reference.Ref{Code: f.Required("site")}, Seats: f.Int("seats", 0, 1000)}
	if err = f.Err(); err == nil {
		err = renamed(o.Campaigns.PutPosts(r.Context(), r.Actor, c.PublicID, []campaign.PostForm{form}, f.Text("reason")), func(name string) string {
			return strings.TrimSuffix(name, ".0")
		})
	}
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, wrong) }
	return outcome(w, r, err, pathOf(c, "posts"), again, "office.post.added", "post", form.Site.Code)
}

func (b board) removeForm(r *page.Request) ui.Form {
	f := ui.Form{
		Action: pathOf(b.campaign, "posts", "remove"),
		Fields: []ui.Field{{
			Kind: ui.FieldArea, Name: "posts", Label: r.T("office.post.remove.codes"), Hint: r.T("office.post.remove.codes.hint"), Value: r.PostFormValue("posts"),
		}},
		Submit: ui.Action{Label: r.T("office.post.remove"), Icon: "trash", Kind: ui.Secondary},
	}
	if r.PostForm.Has("posts") {
		f.Errors = b.wrong
	}
	return f
}

// RemovePosts takes posts out of a campaign in draft, whose codes were typed or
// pasted.
func (o *Pages) RemovePosts(w http.ResponseWriter, r *page.Request) error {
	c, err := read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	codes := strings.FieldsFunc(r.PostFormValue("posts"), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ';' })
	err = o.Campaigns.RemovePosts(r.Context(), r.Actor, c.PublicID, codes)
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, wrong) }
	return outcome(w, r, err, pathOf(c, "posts"), again, "office.posts.removed", "count", len(codes))
}

// AgreeSeats finds the seats right that the page showed.
func (o *Pages) AgreeSeats(w http.ResponseWriter, r *page.Request) error {
	return o.onPost(w, r, "office.post.agreed", func(c campaign.Campaign, code string) error {
		seats, err := strconv.Atoi(r.FormValue("shown"))
		if err != nil {
			return fault.New(fault.Invalid, "form.number", "found", r.FormValue("shown"))
		}
		return o.Campaigns.AgreeSeats(r.Context(), r.Actor, c.PublicID, code, seats)
	})
}

func (o *Pages) onPost(w http.ResponseWriter, r *page.Request, said string, do func(c campaign.Campaign, code string) error) error {
	c, err := read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	code := r.PathValue("post")
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, wrong) }
	return outcome(w, r, do(c, code), pathOf(c, "posts"), again, said, "post", code)
}
