package office

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// The states of a list, as tables filter them.
var listNames = []string{"confirmed", "saved", "short", "empty"}

func listStates(r *page.Request) []ui.Option {
	options := make([]ui.Option, len(listNames))
	for i, s := range listNames {
		options[i] = ui.Option{Value: s, Label: r.T("office.list." + s)}
	}
	return options
}

// listCell says where a list stands: what needs attention goes before whether it
// is confirmed.
func listCell(r *page.Request, c campaign.Campaign, l campaign.List) ui.Cell {
	state, tone := "saved", ui.Info
	switch {
	case len(l.Wishes) == 0:
		state, tone = "empty", ui.Bad
	case len(l.Wishes) < c.AdvisedWishes:
		state, tone = "short", ui.Warn
	case l.Confirmed():
		state, tone = "confirmed", ui.Good
	}
	return ui.StateCell(state, tone, r.T("office.list."+state))
}

// wishBook is everybody's list, and how sought each post is.
type wishBook struct {
	campaign campaign.Campaign
	lists    []campaign.List
	posts    []campaign.Post
	demand   map[string]campaign.Demand
	counts   campaign.Counts
}

func (o *Pages) readWishes(r *page.Request) (b wishBook, err error) {
	b.campaign, err = read(r, campaign.RightReadLists, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if b.posts, err = campaign.Posts(ctx, tx, c); err != nil {
			return err
		}
		if c.Phase == campaign.Draft {
			return nil
		}
		if b.lists, err = campaign.ListsFor(ctx, tx, r.Actor, c.PublicID); err != nil {
			return err
		}
		if b.counts, err = campaign.CountsOf(ctx, tx, c); err != nil {
			return err
		}
		return nil
	})
	if err != nil || b.campaign.Phase == campaign.Draft {
		return b, err
	}
	b.demand, err = o.Campaigns.DemandOf(r.Context(), b.campaign)
	return b, err
}

// Lists shows everybody's list, and the demand for each post.
func (o *Pages) Lists(w http.ResponseWriter, r *page.Request) error {
	b, err := o.readWishes(r)
	if err != nil {
		return err
	}
	t := b.table(r)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: r.T("office.lists"), Lead: r.T("office.lists.lead")}
	return show(w, r, http.StatusOK, b.campaign, "lists", p, listsBody(r, b, t))
}

// Demand shows how sought each post is.
func (o *Pages) Demand(w http.ResponseWriter, r *page.Request) error {
	b, err := o.readWishes(r)
	if err != nil {
		return err
	}
	t := b.demandTable(r)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: r.T("office.demand"), Lead: r.T("office.demand.lead"), Crumbs: []ui.Link{crumb(r, b.campaign, "lists")}}
	return show(w, r, http.StatusOK, b.campaign, "lists", p, ui.DataTable(r.Text, t))
}

func (b wishBook) table(r *page.Request) ui.Table {
	path := pathOf(b.campaign, "lists")
	t := ui.Table{
		Caption: r.T("office.lists"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "name", Title: r.T("office.person"), Filter: true, Fixed: true},
			{Key: "count", Title: r.T("office.wishes"), Kind: ui.KindNumber, Filter: true},
			{Key: "state", Title: r.T("office.list"), Kind: ui.KindChoice, Filter: true, Options: listStates(r)},
			{Key: "confirmed", Title: r.T("office.list.asitstands"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
				{Value: "yes", Label: r.T("office.yes")}, {Value: "no", Label: r.T("office.no")},
			}},
			{Key: "wishes", Title: r.T("office.list.order"), Filter: true, NoSort: true},
			{Key: "version", Title: r.T("office.list.version"), Kind: ui.KindNumber, Filter: true, Hidden: true},
			{Key: "saved", Title: r.T("office.list.at"), Kind: ui.KindMoment, Filter: true},
			{Key: "pseudonym", Title: r.T("office.pseudonym"), Filter: true, Hidden: true},
		},
		Empty: ui.Empty{Icon: "list-ol", What: r.T("office.lists.none"), Why: r.T("office.lists.none.why")},
	}
	for _, l := range b.lists {
		confirmed := ui.StateCell("no", ui.Neutral, r.T("office.no"))
		if l.Confirmed() {
			confirmed = ui.StateCell("yes", ui.Good, r.T("office.yes"))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: l.Student.Person.SortedName(), Href: pathOf(b.campaign, "lists", l.Student.PublicID), Sort: l.Student.Person.SortKey},
			ui.Count(r.Text, len(l.Wishes)), listCell(r, b.campaign, l), confirmed, ui.Word(codes(l.Wishes)),
			countOrNone(r, l.Version), ui.Moment(r.Text, l.SavedAt), ui.Word(l.Pseudonym),
		}})
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

// codes writes a list of wishes in one line.
func codes(wishes []campaign.Wish) string {
	words := make([]string, len(wishes))
	for i, w := range wishes {
		words[i] = w.Post
		if w.Secondary != "" {
			words[i] += " + " + w.Secondary
		}
	}
	return strings.Join(words, ", ")
}

func (b wishBook) demandTable(r *page.Request) ui.Table {
	path := pathOf(b.campaign, "lists", "demand")
	t := ui.Table{
		Caption: r.T("office.demand"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "code", Title: r.T("office.post.code"), Filter: true, Fixed: true},
			{Key: "site", Title: r.T("office.post.site"), Filter: true},
			{Key: "seats", Title: r.T("office.post.seats"), Kind: ui.KindNumber, Filter: true},
			{Key: "first", Title: r.T("office.demand.first"), Kind: ui.KindNumber, Filter: true},
			{Key: "three", Title: r.T("office.demand.three"), Kind: ui.KindNumber, Filter: true},
			{Key: "all", Title: r.T("office.demand.all"), Kind: ui.KindNumber, Filter: true},
			{Key: "level", Title: r.T("office.demand.level"), Kind: ui.KindNumber, Filter: true},
			{Key: "last", Title: r.T("office.post.lastcut"), Kind: ui.KindNumber, Filter: true},
		},
		Empty: ui.Empty{Icon: "building", What: r.T("office.posts.none"), Why: r.T("office.posts.none.why")},
	}
	asked := b.asked()
	for _, p := range b.posts {
		level := b.demand[p.Code]
		demand := ui.Cell{Text: r.T(level.Key()), Number: int64(level) * 100}
		if level >= 1 && level <= 10 {
			demand.Body = ui.DemandMeter(r.Text, ui.Demand(level))
		}
		last := ui.Cell{None: true}
		if p.Last != nil {
			last = countOrNone(r, p.Last.Cutoff)
		}
		n := asked[p.Code]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			ui.Word(p.Code), {Text: p.Label(), Sort: sorted(p.Label())}, ui.Count(r.Text, p.Seats),
			ui.Count(r.Text, n[0]), ui.Count(r.Text, n[1]), ui.Count(r.Text, n[2]), demand, last,
		}})
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

// asked counts, for each post, first wishes, wishes within the first three, and
// all.
func (b wishBook) asked() map[string][3]int {
	asked := map[string][3]int{}
	for _, l := range b.lists {
		for i, wish := range l.Wishes {
			n := asked[wish.Post]
			if i == 0 {
				n[0]++
			}
			if i < 3 {
				n[1]++
			}
			n[2]++
			asked[wish.Post] = n
		}
	}
	return asked
}

func (b wishBook) facts(r *page.Request) []ui.Fact {
	n := func(count int) string { return r.Text.Number(int64(count)) }
	return []ui.Fact{
		{Value: n(b.counts.Participants), Label: r.T("office.fact.in", "count", b.counts.Participants)},
		{Value: n(b.counts.Confirmed), Label: r.T("office.fact.confirmed", "count", b.counts.Confirmed, "all", b.counts.Participants), Tone: ui.Good},
		{Value: n(b.counts.Short), Label: r.T("office.fact.short", "count", b.counts.Short, "advised", b.campaign.AdvisedWishes), Tone: toneIf(b.counts.Short > 0, ui.Warn)},
		{Value: n(b.counts.Empty), Label: r.T("office.fact.empty", "count", b.counts.Empty), Tone: toneIf(b.counts.Empty > 0, ui.Bad)},
	}
}

// StudentList shows one student's list with each of its versions.
func (o *Pages) StudentList(w http.ResponseWriter, r *page.Request) error {
	student := r.PathValue("student")
	var of campaign.List
	var versions []campaign.Version
	names := map[string]string{}
	c, err := read(r, campaign.RightReadLists, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
		lists, err := campaign.ListsFor(ctx, tx, r.Actor, c.PublicID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(lists, func(l campaign.List) bool { return l.Student.PublicID == student })
		if i < 0 {
			return fault.New(fault.NotFound, "office.participant.unknown", "campaign", c.Name)
		}
		of = lists[i]
		posts, err := campaign.Posts(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, p := range posts {
			names[p.Code] = p.Label()
		}
		versions, err = campaign.HistoryOf(ctx, tx, r.Actor, c.PublicID, student)
		return err
	})
	if err != nil {
		return err
	}
	slices.Reverse(versions)
	p := ui.Page{Title: of.Student.Name(), Lead: r.T("office.list.lead"), Crumbs: []ui.Link{crumb(r, c, "lists")}}
	return show(w, r, http.StatusOK, c, "lists", p, studentListBody(r, c, of, versions, names))
}
