package participants

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

func listStates(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, s := range []string{campaign.ListConfirmed, campaign.ListSaved, campaign.ListShort, campaign.ListEmpty} {
		options = append(options, ui.Option{Value: s, Label: r.T("office.list." + s)})
	}
	return options
}

var listTones = map[string]ui.Tone{
	campaign.ListEmpty: ui.Bad, campaign.ListShort: ui.Warn, campaign.ListConfirmed: ui.Good, campaign.ListSaved: ui.Info,
}

// listCell says where a list stands.
func listCell(r *page.Request, c campaign.Campaign, l campaign.List) ui.Cell {
	state := l.State(c)
	return ui.StateCell(state, listTones[state], r.T("office.list."+state))
}

// Lists shows everybody's list, and the demand for each post.
func (o *Pages) Lists(w http.ResponseWriter, r *page.Request) error {
	var counts campaign.Counts
	c, err := office.Read(r, campaign.RightReadLists, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		counts, err = campaign.CountsOf(ctx, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	list := wishLists(c)
	if r.WantsFile() {
		return list.Send(w, r)
	}
	t, err := list.Read(r)
	if err != nil {
		return err
	}
	p := ui.Page{Title: r.T("office.lists"), Lead: r.T("office.lists.lead")}
	return office.Show(w, r, http.StatusOK, c, "lists", p, listsBody(r, c, counts, t))
}

func wishLists(c campaign.Campaign) table.List[campaign.List] {
	rows, where := campaign.ListsOf(c)
	return table.List[campaign.List]{
		Name: "office.lists", Path: office.PathOf(c, "lists"), Icon: "list-ol", Search: "table.search.person",
		Rows: rows, Where: func(*page.Request) store.Condition { return where },
		Find: func(r *page.Request, tx *store.Tx, ask store.Ask) (store.Found, error) {
			return campaign.FindLists(r.Context(), tx, c, ask)
		},
		Complete: func(r *page.Request, tx *store.Tx, rows []campaign.List) error {
			return campaign.CompleteLists(r.Context(), tx, rows)
		},
		Columns: func(r *page.Request) []table.Column[campaign.List] { return wishListColumns(r, c) },
	}
}

func wishListColumns(r *page.Request, c campaign.Campaign) []table.Column[campaign.List] {
	yes := []ui.Option{{Value: "yes", Label: r.T("office.yes")}, {Value: "no", Label: r.T("office.no")}}
	return []table.Column[campaign.List]{
		{Column: ui.Column{Key: "name", Title: r.T("office.person"), Fixed: true}, Cell: func(l campaign.List) ui.Cell {
			return ui.LinkCell(l.Student.Person.SortedName(), office.PathOf(c, "lists", l.Student.PublicID))
		}},
		{Column: ui.Column{Key: "count", Title: r.T("office.wishes"), Kind: ui.KindNumber}, Cell: func(l campaign.List) ui.Cell { return ui.Count(r.Text, len(l.Wishes)) }},
		{Column: ui.Column{Key: "state", Title: r.T("office.list"), Kind: ui.KindChoice, Options: listStates(r)}, Cell: func(l campaign.List) ui.Cell { return listCell(r, c, l) }},
		{Column: ui.Column{Key: "confirmed", Title: r.T("office.list.asitstands"), Kind: ui.KindChoice, Options: yes}, Cell: func(l campaign.List) ui.Cell {
			if l.Confirmed() {
				return ui.StateCell("yes", ui.Good, r.T("office.yes"))
			}
			return ui.StateCell("no", ui.Neutral, r.T("office.no"))
		}},
		{Column: ui.Column{Key: "wishes", Title: r.T("office.list.order")}, Cell: func(l campaign.List) ui.Cell { return ui.Word(codes(l.Wishes)) }},
		{Column: ui.Column{Key: "version", Title: r.T("office.list.version"), Kind: ui.KindNumber, Hidden: true}, Cell: func(l campaign.List) ui.Cell { return office.CountOrNone(r, l.Version) }},
		{Column: ui.Column{Key: "saved", Title: r.T("office.list.at"), Kind: ui.KindMoment}, Cell: func(l campaign.List) ui.Cell { return ui.Moment(r.Text, l.SavedAt) }},
		{Column: ui.Column{Key: "pseudonym", Title: r.T("office.pseudonym"), Hidden: true}, Cell: func(l campaign.List) ui.Cell { return ui.Word(l.Pseudonym) }},
	}
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

// A demandPage is how sought each post is.
type demandPage struct {
	campaign campaign.Campaign
	posts    []campaign.Post
	demand   map[string]campaign.Demand
	asked    map[string]campaign.Asked
}

// Demand shows how sought each post is.
func (o *Pages) Demand(w http.ResponseWriter, r *page.Request) error {
	d, err := o.readDemand(r)
	if err != nil {
		return err
	}
	t := d.table(r)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: r.T("office.demand"), Lead: r.T("office.demand.lead"), Crumbs: []ui.Link{office.Crumb(r, d.campaign, "lists")}}
	return office.Show(w, r, http.StatusOK, d.campaign, "lists", p, ui.DataTable(r.Text, t))
}

func (o *Pages) readDemand(r *page.Request) (d demandPage, err error) {
	d.campaign, err = office.Read(r, campaign.RightReadLists, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		d.posts, err = campaign.Posts(ctx, tx, c)
		return err
	})
	if err != nil || d.campaign.Phase == campaign.Draft {
		return d, err
	}
	if d.demand, err = o.Campaigns.DemandOf(r.Context(), d.campaign); err != nil {
		return d, err
	}
	d.asked, err = o.Campaigns.AskedOf(r.Context(), d.campaign)
	return d, err
}

func (d demandPage) table(r *page.Request) ui.Table {
	path := office.PathOf(d.campaign, "lists", "demand")
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
	for _, p := range d.posts {
		sought := d.demand[p.Code]
		said := ui.DemandOf(r.Text, sought.Strength(), string(sought.Level()))
		demand := ui.Cell{Text: said.Said, Number: int64(sought) * 100}
		if said.Strength > 0 {
			demand.Body = ui.DemandMeter(said)
		}
		last := ui.Cell{None: true}
		if p.Last != nil {
			last = office.CountOrNone(r, p.Last.Cutoff)
		}
		n := d.asked[p.Code]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			ui.Word(p.Code), {Text: p.Label(), Sort: text.SortKey(p.Label())}, ui.Count(r.Text, p.Seats),
			ui.Count(r.Text, n.First), ui.Count(r.Text, n.Three), ui.Count(r.Text, n.All), demand, last,
		}})
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

func listFacts(r *page.Request, c campaign.Campaign, counts campaign.Counts) []ui.Fact {
	n := func(count int) string { return r.Text.Number(int64(count)) }
	return []ui.Fact{
		{Value: n(counts.Participants), Label: r.T("office.fact.in", "count", counts.Participants)},
		{Value: n(counts.Confirmed), Label: r.T("office.fact.confirmed", "count", counts.Confirmed, "all", counts.Participants), Tone: ui.Good},
		{Value: n(counts.Short), Label: r.T("office.fact.short", "count", counts.Short, "advised", c.AdvisedWishes), Tone: office.ToneIf(counts.Short > 0, ui.Warn)},
		{Value: n(counts.Empty), Label: r.T("office.fact.empty", "count", counts.Empty), Tone: office.ToneIf(counts.Empty > 0, ui.Bad)},
	}
}

// StudentList shows one student's list with each of its versions.
func (o *Pages) StudentList(w http.ResponseWriter, r *page.Request) error {
	student := r.PathValue("student")
	var of campaign.List
	var versions []campaign.Version
	var names map[string]string
	c, err := office.Read(r, campaign.RightReadLists, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if of, err = campaign.ListFor(ctx, tx, r.Actor, c, student); err != nil {
			return err
		}
		if names, err = campaign.PostNames(ctx, tx, c, of.Wishes); err != nil {
			return err
		}
		versions, err = campaign.HistoryOf(ctx, tx, r.Actor, c.PublicID, student)
		return err
	})
	if err != nil {
		return err
	}
	slices.Reverse(versions)
	p := ui.Page{Title: of.Student.Name(), Lead: r.T("office.list.lead"), Crumbs: []ui.Link{office.Crumb(r, c, "lists")}}
	return office.Show(w, r, http.StatusOK, c, "lists", p, studentListBody(r, c, of, versions, names))
}
