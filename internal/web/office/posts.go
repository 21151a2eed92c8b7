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
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A board is what the page of posts shows.
type board struct {
	campaign   campaign.Campaign
	totals     campaign.Totals
	surprising []campaign.Post // the first that a second person must look at
	levels     []reference.Level
	students   int         // who take part
	closed     []site.Site // declared, and without a post in this campaign: at most one more than a field offers
	without    int         // how many those are
	declared   int
	off        string // why nothing can be changed; empty: it can
	wrong      ui.Errors
	only       []string        // codes of the rows that were refused; nil: all are listed
	shown      []campaign.Post // in the table
	table      ui.Table
}

// Posts shows the seats of a campaign, many to be changed at once.
func (o *Pages) Posts(w http.ResponseWriter, r *page.Request) error {
	if r.WantsFile() {
		return sendPosts(w, r)
	}
	return showPosts(w, r, http.StatusOK, board{})
}

func sendPosts(w http.ResponseWriter, r *page.Request) error {
	var b board
	c, err := Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, _ campaign.Campaign) (err error) {
		b.levels, err = reference.Levels(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	b.campaign = c
	return b.list().Send(w, r)
}

// showPosts shows the board: wrong and only of b are what was refused.
func showPosts(w http.ResponseWriter, r *page.Request, status int, b board) error {
	_, err := Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
		b.campaign = c
		b.off = Why(r, c, campaign.RightEdit, campaign.EditPosts)
		return b.read(ctx, r, tx)
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: r.T("office.posts"), Lead: r.T("office.posts.lead")}
	return Show(w, r, status, b.campaign, "posts", p, postsBody(r, &b))
}

func (b *board) read(ctx context.Context, r *page.Request, tx *store.Tx) (err error) {
	c := b.campaign
	if b.totals, err = campaign.TotalsFor(ctx, tx, c); err != nil {
		return err
	}
	toAgree := store.And(campaign.PostsIn(c), campaign.PostsToAgree())
	if b.surprising, err = campaign.PostList.First(ctx, tx, toAgree, mostSurprising); err != nil {
		return err
	}
	if b.levels, err = reference.Levels(ctx, tx); err != nil {
		return err
	}
	people, err := campaign.CountParticipants(ctx, tx, c)
	if err != nil {
		return err
	}
	b.students = people.In
	if err := b.readSites(ctx, r, tx); err != nil {
		return err
	}
	list := b.list()
	complete := list.Complete
	list.Complete = func(r *page.Request, tx *store.Tx, rows []campaign.Post) error {
		err := complete(r, tx, rows)
		b.shown = rows
		return err
	}
	b.table, err = list.ReadIn(r, tx)
	return err
}

// readSites counts the sites that are declared, and reads some that have no post.
func (b *board) readSites(ctx context.Context, r *page.Request, tx *store.Tx) (err error) {
	declared := store.And(site.InUse(), site.SeenBy(r.Actor, campaign.RightView))
	if b.declared, _, err = site.List.Count(ctx, tx, declared, store.Ask{}); err != nil {
		return err
	}
	without := store.And(declared, campaign.WithoutPost(b.campaign, "s.id"))
	if b.without, _, err = site.List.Count(ctx, tx, without, store.Ask{}); err != nil {
		return err
	}
	b.closed, err = site.List.First(ctx, tx, without, mostOffered+1)
	return err
}

// mostOffered is how many sites the form offers; where more have no post, the code of
// one is typed.
const mostOffered = 200

// mostSurprising is how many posts are shown together that a second person must look
// at: when some are agreed to, others follow.
const mostSurprising = 25

// list is the list of the posts.
func (b *board) list() table.List[campaign.Post] {
	path := PathOf(b.campaign, "posts")
	return table.List[campaign.Post]{
		Name: "office.posts", Path: path, Icon: "building", Rows: &campaign.PostList, Size: len(b.only),
		Where: func(*page.Request) store.Condition {
			if b.only != nil {
				return store.And(campaign.PostsIn(b.campaign), store.In("q.code", b.only))
			}
			return campaign.PostsIn(b.campaign)
		},
		Columns: b.columns,
		Complete: func(r *page.Request, tx *store.Tx, rows []campaign.Post) error {
			return campaign.CompletePosts(r.Context(), tx, rows)
		},
		Tone: func(p campaign.Post) ui.Tone {
			if p.Surprising() && !p.Agreed() {
				return ui.Warn
			}
			return ""
		},
	}
}

func (b *board) columns(r *page.Request) []table.Column[campaign.Post] {
	number := func(key string, of func(campaign.Post) int) table.Column[campaign.Post] {
		return table.Column[campaign.Post]{
			Column: ui.Column{Key: key, Title: r.T("office.post." + key), Kind: ui.KindNumber},
			Cell:   func(p campaign.Post) ui.Cell { return ui.Count(r.Text, of(p)) },
		}
	}
	reserved := []ui.Option{{Value: campaign.PostForWishes, Label: r.T("office.post.forwishes")}, {Value: campaign.PostReserved, Label: r.T("office.post.reserved")}}
	limits := []ui.Option{{Value: campaign.PostSecondary, Label: r.T("office.post.secondary")}}
	for _, level := range b.levels {
		limits = append(limits, ui.Option{Value: level.Code, Label: r.T("office.post.notfor", "level", level.Name)})
	}
	return []table.Column[campaign.Post]{
		{Column: ui.Column{Key: "code", Title: r.T("office.post.code"), Fixed: true}, Cell: func(p campaign.Post) ui.Cell { return ui.Word(p.Code) }},
		{Column: ui.Column{Key: "site", Title: r.T("office.post.site")}, Cell: func(p campaign.Post) ui.Cell { return ui.Word(p.Label()) }},
		{Column: ui.Column{Key: "seats", Title: r.T("office.post.seats"), Kind: ui.KindNumber, Fixed: true}, Cell: func(p campaign.Post) ui.Cell { return b.seatsCell(r, p) }},
		{Column: ui.Column{Key: "closed", Title: r.T("office.post.closed"), Kind: ui.KindChoice, Options: reserved, Fixed: true}, Cell: func(p campaign.Post) ui.Cell { return b.closedCell(r, p) }},
		number("min", func(p campaign.Post) int { return p.Min }),
		number("ideal", func(p campaign.Post) int { return p.Ideal }),
		number("max", func(p campaign.Post) int { return p.Max }),
		{Column: ui.Column{Key: "last", Title: r.T("office.post.last"), Kind: ui.KindNumber}, Cell: func(p campaign.Post) ui.Cell {
			if p.Last == nil {
				return ui.Cell{None: true}
			}
			return ui.Count(r.Text, p.Last.Seats)
		}},
		{Column: ui.Column{Key: "lastcut", Title: r.T("office.post.lastcut"), Kind: ui.KindNumber}, Cell: func(p campaign.Post) ui.Cell {
			if p.Last == nil {
				return ui.Cell{None: true}
			}
			return CountOrNone(r, p.Last.Cutoff)
		}},
		{Column: ui.Column{Key: "limits", Title: r.T("office.post.limits"), Kind: ui.KindChoice, Options: limits}, Cell: func(p campaign.Post) ui.Cell { return ui.Word(limitsOf(r, p)) }},
		{Column: ui.Column{Key: "changed", Title: r.T("office.post.changed"), Kind: ui.KindMoment, Hidden: true}, Cell: func(p campaign.Post) ui.Cell { return ui.Moment(r.Text, p.ChangedAt) }},
		{Column: ui.Column{Key: "by", Title: r.T("office.post.by"), Hidden: true}, Cell: func(p campaign.Post) ui.Cell { return ui.Word(p.ChangedBy) }},
	}
}

// seatsCell is how many seats a post has: a field where they can be changed.
func (b *board) seatsCell(r *page.Request, p campaign.Post) ui.Cell {
	seats := ui.Count(r.Text, p.Seats)
	if b.off == "" {
		seats.Body = seatsInput(r, p, b.typed(r, p), b.wrong.Of("seats."+p.Code))
	}
	return seats
}

// closedCell says whether students may ask for a post: a box where that can be changed.
func (b *board) closedCell(r *page.Request, p campaign.Post) ui.Cell {
	closed := ui.StateCell(campaign.PostForWishes, ui.Neutral, r.T("office.post.forwishes"))
	if p.Closed {
		closed = ui.StateCell(campaign.PostReserved, ui.Info, r.T("office.post.reserved"))
	}
	if b.off == "" {
		closed.Body = closedInput(r, p, b.ticked(r, p))
	}
	return closed
}

// typed is the number of seats as somebody typed it, when it was refused.
func (b *board) typed(r *page.Request, p campaign.Post) string {
	if b.wrong.Sentence != "" && r.PostForm.Has("seats."+p.Code) {
		return r.PostForm.Get("seats." + p.Code)
	}
	return strconv.Itoa(p.Seats)
}

func (b *board) ticked(r *page.Request, p campaign.Post) bool {
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
func (b *board) facts(r *page.Request) []ui.Fact {
	totals := b.totals
	n := func(count int) string { return r.Text.Number(int64(count)) }
	return []ui.Fact{
		{Value: n(b.declared), Label: r.T("office.fact.declared", "count", b.declared)},
		{Value: n(totals.Open), Label: r.T("office.fact.open", "count", totals.Open), Tone: ToneIf(totals.Open < b.declared, ui.Warn)},
		{Value: n(totals.Visible), Label: r.T("office.fact.visible", "count", totals.Visible), Tone: ToneIf(totals.Visible < totals.Open, ui.Warn)},
		{Value: n(totals.Seats), Label: r.T("office.fact.seats", "count", totals.Seats), Tone: ToneIf(totals.Seats < b.students, ui.Warn)},
		{Value: n(totals.Reserved), Label: r.T("office.fact.reserved", "count", totals.Reserved)},
		{Value: n(b.students), Label: r.T("office.fact.in", "count", b.students)},
	}
}

// chart sets the seats against the students.
func (b *board) chart(r *page.Request) ui.StackChart {
	return ui.StackChart{
		Title: r.T("office.posts.chart"), Label: r.T("office.posts.chart.label"), Need: r.T("office.posts.chart.need"),
		Parts: []ui.Part{{Name: r.T("office.post.forwishes"), Tone: ui.Info}, {Name: r.T("office.post.reserved"), Tone: ui.Neutral}},
		Rows:  []ui.Stack{{Label: b.campaign.Name, Values: []int{b.totals.Seats, b.totals.Reserved}, Need: b.students}},
	}
}

func (b *board) agreeButton(r *page.Request, p campaign.Post) ui.Action {
	a := ui.Action{Label: r.T("office.post.agree", "seats", p.Seats), Icon: "person-check", Why: b.off}
	if a.Why == "" && !p.MayAgree(r.Actor.ID) {
		a.Why = r.T("office.post.second")
	}
	return a
}

func (b *board) addForm(r *page.Request) ui.Form {
	chosen := ui.Field{Kind: ui.FieldText, Name: "site", Label: r.T("office.post.site"), Hint: r.T("office.post.site.hint"), Value: r.PostFormValue("site")}
	if len(b.closed) <= mostOffered {
		chosen.Kind, chosen.Hint = ui.FieldSelect, ""
		for _, s := range b.closed {
			chosen.Options = append(chosen.Options, ui.Option{Value: s.Code, Label: s.Name + " (" + s.Code + ")"})
		}
	}
	f := ui.Form{
		Action: PathOf(b.campaign, "posts", "new"),
		Fields: []ui.Field{
			chosen,
			{Kind: ui.FieldNumber, Name: "seats", Label: r.T("office.post.seats"), Value: r.PostFormValue("seats"), Min: "0"},
		},
		Submit: ui.Action{Label: r.T("office.post.add"), Icon: "plus-lg", Kind: ui.Secondary},
	}
	if b.campaign.Phase != campaign.Draft {
		f.Fields = append(f.Fields, ReasonField(r, "add-reason"))
	}
	if r.PostForm.Has("site") {
		f.Errors = b.wrong
	}
	return f
}

// SavePosts changes the seats that were typed over; all of them or none.
func (o *Pages) SavePosts(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	if err := r.ParseForm(); err != nil {
		return err
	}
	var sent []campaign.Post
	c, err := Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		sent, err = campaign.PostsWithCodes(ctx, tx, c, sentCodes(r))
		return err
	})
	if err != nil {
		return err
	}
	forms, codes := readSeats(f, sent)
	if err = f.Err(); err == nil && len(forms) > 0 {
		err = byCode(o.Campaigns.PutPosts(r.Context(), r.Actor, c.PublicID, forms, f.Text("reason")), codes)
	}
	again := func(status int, wrong ui.Errors) error {
		return showPosts(w, r, status, board{wrong: wrong, only: codes})
	}
	return Outcome(w, r, err, PathOf(c, "posts"), again, "office.posts.saved", "count", len(forms))
}

// sentCodes are the codes of the posts whose rows were sent, which are those that the
// page showed.
func sentCodes(r *page.Request) (codes []string) {
	for name := range r.PostForm {
		if code, is := strings.CutPrefix(name, "seats."); is {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// readSeats returns the posts whose row was changed on the page, with their codes.
func readSeats(f *page.Form, posts []campaign.Post) (forms []campaign.PostForm, codes []string) {
	for _, p := range posts {
		name, was := "seats."+p.Code, f.Text("was."+p.Code)
		closed := f.Bool("closed." + p.Code)
		if f.Text(name)+" "+strconv.FormatBool(closed) == was {
			continue
		}
		forms = append(forms, campaign.PostForm{Site: reference.Ref{ID: p.Site.ID}, Seats: f.Int(name, 0, 1000), Closed: closed, Was: readState(was)})
		codes = append(codes, p.Code)
	}
	return forms, codes
}

// readState reads what [rowState] wrote. What it did not write is the state of no post.
func readState(was string) *campaign.PostState {
	seats, closed, _ := strings.Cut(was, " ")
	n, err := strconv.Atoi(seats)
	reserved, wrong := strconv.ParseBool(closed)
	if err != nil || wrong != nil {
		return &campaign.PostState{Seats: -1}
	}
	return &campaign.PostState{Open: true, Seats: n, Closed: reserved}
}

// rowState is a row as the page showed it.
func rowState(p campaign.Post) string {
	return strconv.Itoa(p.Seats) + " " + strconv.FormatBool(p.Closed)
}

// byCode renames the fields of a fault, which count the posts sent, after the
// posts' codes.
func byCode(err error, codes []string) error {
	return Renamed(err, func(name string) string {
		_, number, _ := strings.Cut(name, ".")
		if i, e := strconv.Atoi(number); e == nil && i < len(codes) {
			return "seats." + codes[i]
		}
		return name
	})
}

// AddPost opens a post at a site that has none in the campaign.
func (o *Pages) AddPost(w http.ResponseWriter, r *page.Request) error {
	c, err := Read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	f := r.Fields()
	form := campaign.PostForm{Site: reference.Ref{Code: f.Required("site")}, Seats: f.Int("seats", 0, 1000), Was: &campaign.PostState{}}
	if err = f.Err(); err == nil {
		err = Renamed(o.Campaigns.PutPosts(r.Context(), r.Actor, c.PublicID, []campaign.PostForm{form}, f.Text("reason")), func(name string) string {
			return strings.TrimSuffix(name, ".0")
		})
	}
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, board{wrong: wrong}) }
	return Outcome(w, r, err, PathOf(c, "posts"), again, "office.post.added", "post", form.Site.Code)
}

func (b *board) removeForm(r *page.Request) ui.Form {
	f := ui.Form{
		Action: PathOf(b.campaign, "posts", "remove"),
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
	c, err := Read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	codes := strings.FieldsFunc(r.PostFormValue("posts"), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ';' })
	removed, err := o.Campaigns.RemovePosts(r.Context(), r.Actor, c.PublicID, codes)
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, board{wrong: wrong}) }
	return Outcome(w, r, err, PathOf(c, "posts"), again, "office.posts.removed", "count", removed)
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
	c, err := Read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	code := r.PathValue("post")
	again := func(status int, wrong ui.Errors) error { return showPosts(w, r, status, board{wrong: wrong}) }
	return Outcome(w, r, do(c, code), PathOf(c, "posts"), again, said, "post", code)
}
