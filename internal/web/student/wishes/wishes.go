package wishes

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// Wishes shows the reader's list beside all posts; the address carries the filters
// of the posts and may ask for a simulation. As a file, the list alone.
func (p Pages) Wishes(w http.ResponseWriter, r *page.Request) error {
	v, err := p.readWishes(r)
	if err != nil {
		return err
	}
	if r.WantsFile() {
		return r.SendList(w, v.file(r))
	}
	if err := v.weigh(r); err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK)
}

// A wishes is what the page of wishes is made of.
type wishes struct {
	Mine    campaign.MyCampaign
	Shown   []campaign.Wish // what the list holds on the page: saved, or refused just now
	Choices []campaign.Choice
	Filter  filter
	Risk    *campaign.Risk // nil when the list can only be read
	Sim     *campaign.Simulation
	Refused string // why what was just sent is not saved; empty: nothing was refused
	Keep    bool   // what was refused stays on the page, to be put right

	estimate campaign.Estimate
}

func (p Pages) readWishes(r *page.Request) (v wishes, err error) {
	if v.Mine, err = student.ReadMine(r); err != nil {
		return v, err
	}
	if v.estimate, err = p.Campaigns.EstimateFor(r.Context(), v.Mine); err != nil {
		return v, err
	}
	v.Choices = v.estimate.Choices(v.Mine.Current.Wishes)
	v.Shown, v.Filter = v.Mine.Current.Wishes, parseFilter(r.URL.Query())
	return v, err
}

// weigh computes the risk of the list, and what it would give if the address
// asks for it.
func (v *wishes) weigh(r *page.Request) error {
	if !v.Mine.Writable {
		return nil
	}
	risk := v.estimate.Risk(v.Mine.Current.Wishes)
	v.Risk = &risk
	if !r.URL.Query().Has("simulation") || len(v.Mine.Current.Wishes) == 0 {
		return nil
	}
	sim, err := v.estimate.Simulate(v.Mine.Current.Wishes)
	v.Sim = &sim
	return err
}

func (v wishes) show(w http.ResponseWriter, r *page.Request, status int) error {
	id := v.Mine.Campaign.PublicID
	awaits := student.Next(r, v.Mine)
	for _, a := range []*ui.Action{&awaits.Action, &awaits.Other} {
		if a.Href == student.WishesPath(id) {
			*a = ui.Action{} // it leads here
		}
	}
	pg := ui.Page{
		Title: r.T("student.wishes"), Density: ui.Choose, Ranking: v.Mine.Writable, Next: &awaits, Crumbs: student.Crumbs(r, v.Mine),
		Actions: []ui.Action{{Label: r.T("student.history"), Icon: "clock-history", Href: historyPath(id), Kind: ui.Quiet}},
	}
	if v.Mine.Writable {
		pg.Actions = append(pg.Actions, ui.Action{Label: r.T("student.posts.go"), Icon: "search", Href: "#posts", Kind: ui.Quiet})
	}
	if v.Refused != "" {
		pg.Banners = []ui.Banner{{Kind: ui.BannerIncident, Text: v.Refused}}
	}
	return r.ShowStatus(w, status, pg, wishesBody(r, v))
}

// SaveWishes replaces the reader's list by what its form posts, whatever button of
// it was pressed.
func (p Pages) SaveWishes(w http.ResponseWriter, r *page.Request) error {
	if ui.FromScript(r.Request) {
		return p.saveFromScript(w, r)
	}
	v, err := p.readWishes(r)
	if err != nil {
		return err
	}
	base, got, err := posted(r, v.known)
	if err != nil {
		return err
	}
	wanted := v.wishesOf(got.Codes)
	saved, err := p.Campaigns.Save(r.Context(), r.Actor, v.Mine.Campaign.PublicID, campaign.Save{Base: base, Wishes: wanted, Request: r.PostFormValue("request")})
	if fault.KindOf(err) == fault.Conflict && slices.Equal(saved.Wishes, wanted) {
		err = nil // the other tab has saved this very list
	}
	switch {
	case err != nil:
		return p.refuse(w, r, v, saved.Version, wanted, err)
	case len(got.Unread) > 0:
		return r.GoSaying(w, v.back(r), "student.pasted.unread", "count", len(got.Unread), "codes", strings.Join(got.Unread, ", "))
	}
	return r.Go(w, v.back(r))
}

// saveFromScript saves the whole list that the page posts at each change, and
// answers with a word. Before a deadline everybody's come at once, so that it reads
// nothing but what the save itself needs.
func (p Pages) saveFromScript(w http.ResponseWriter, r *page.Request) error {
	base, got, err := posted(r, func(code string) (string, bool) { return code, true })
	if err != nil {
		return err
	}
	id, wanted := r.PathValue("campaign"), make([]campaign.Wish, len(got.Codes))
	for i, code := range got.Codes {
		wanted[i].Post = code
	}
	saved, err := p.Campaigns.Save(r.Context(), r.Actor, id, campaign.Save{
		Base: base, Wishes: wanted, Request: r.PostFormValue("request"), KeepSecondary: true,
	})
	samePost := func(w campaign.Wish, code string) bool { return w.Post == code }
	if fault.KindOf(err) == fault.Conflict && slices.EqualFunc(saved.Wishes, got.Codes, samePost) {
		err = nil // the other tab, or a request whose answer was lost, has saved this very list
	}
	if err != nil {
		return err
	}
	r.In(saved.Zone)
	return ui.SavedReply(w, r.Text, strconv.Itoa(saved.Number), savedAs(r, saved.Version))
}

// posted reads the form of the list: the version that it was made from, and the
// list as it is to be.
func posted(r *page.Request, known func(typed string) (code string, ok bool)) (base int, got ui.Ranked, err error) {
	if err := r.ParseForm(); err != nil {
		return 0, got, fault.New(fault.Invalid, "student.form.unreadable")
	}
	got = ui.ParseRanking(r.PostForm, known)
	base, err = strconv.Atoi(got.Version)
	if err != nil || base < 0 {
		return 0, got, fault.New(fault.Invalid, "student.form.noversion", "found", got.Version)
	}
	return base, got, nil
}

// known reads a code as it was typed.
func (v wishes) known(typed string) (string, bool) {
	code := strings.ToUpper(strings.TrimSpace(typed))
	c, ok := v.choice(code)
	return code, ok && c.MayList()
}

func (v wishes) choice(code string) (campaign.Choice, bool) {
	i := slices.IndexFunc(v.Choices, func(c campaign.Choice) bool { return c.Post.Code == code })
	if i < 0 {
		return campaign.Choice{}, false
	}
	return v.Choices[i], true
}

// wishesOf makes wishes of codes; a post that goes with another keeps doing so.
func (v wishes) wishesOf(codes []string) []campaign.Wish {
	list := make([]campaign.Wish, len(codes))
	for i, code := range codes {
		list[i].Post = code
		for _, before := range v.Mine.Current.Wishes {
			if before.Post == code {
				list[i] = before
			}
		}
	}
	return list
}

// back is where a person goes on after a button: where they were among the posts,
// or at their list.
func (v wishes) back(r *page.Request) string {
	path := v.Filter.address(student.WishesPath(v.Mine.Campaign.PublicID))
	if strings.HasPrefix(r.PostFormValue("do"), "add:") {
		return path + "#posts"
	}
	return path + "#mine"
}

// mostShownAgain is how many wishes of a refused list are shown again, where the campaign
// allows no more: nobody has typed more by hand.
const mostShownAgain = 100

// refuse shows a person why a list was not saved, with nothing lost: two lists to
// choose from when another was saved in between, the list that counts when the
// campaign is closed, and otherwise the refused list, to be put right.
func (p Pages) refuse(w http.ResponseWriter, r *page.Request, v wishes, stands campaign.Version, wanted []campaign.Wish, err error) error {
	trouble := r.Explain(err)
	wanted = wanted[:min(len(wanted), max(v.Mine.Campaign.MaxWishes, mostShownAgain))]
	switch fault.KindOf(err) {
	case fault.Conflict:
		return r.ShowStatus(w, trouble.Status, ui.Page{
			Title: r.T("student.merge"), Density: ui.Choose,
			Crumbs: student.Crumbs(r, v.Mine, ui.Link{Label: r.T("student.wishes"), Href: student.WishesPath(v.Mine.Campaign.PublicID)}),
		}, ui.MergeLists(r.Text, v.merge(r, stands, wanted)))
	case fault.Closed, fault.Invalid:
		v.Refused, v.Keep = trouble.Sentence, fault.KindOf(err) == fault.Invalid
		if v.Keep {
			v.Shown = wanted
		}
		if err := v.weigh(r); err != nil {
			return err
		}
		return v.show(w, r, trouble.Status)
	}
	return err
}

// merge is the screen on which the person decides between two lists.
func (v wishes) merge(r *page.Request, stands campaign.Version, wanted []campaign.Wish) ui.Merge {
	return ui.Merge{
		Action: student.WishesPath(v.Mine.Campaign.PublicID), Version: strconv.Itoa(stands.Number),
		Mine: v.items(r, wanted), Theirs: v.items(r, stands.Wishes), TheirsAt: savedAs(r, stands),
	}
}

// Undo takes the version before the last up again.
func (p Pages) Undo(w http.ResponseWriter, r *page.Request) error {
	base, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return fault.New(fault.Invalid, "student.form.noversion", "found", r.PostFormValue("version"))
	}
	id := r.PathValue("campaign")
	v, err := p.Campaigns.Undo(r.Context(), r.Actor, id, base, r.PostFormValue("request"))
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return r.GoSaying(w, student.WishesPath(id), "student.stale", "version", v.Number)
	case err != nil:
		return err
	}
	return r.GoSaying(w, student.WishesPath(id), "student.undone", "version", v.Number, "count", len(v.Wishes))
}

// Row gives one post as a row of the list, for the script that adds it there.
func (p Pages) Row(w http.ResponseWriter, r *page.Request) error {
	v, err := p.readWishes(r)
	if err != nil {
		return err
	}
	code, ok := v.known(r.FormValue("code"))
	if !ok {
		return fault.New(fault.NotFound, "post.unknown", "post", r.FormValue("code"), "campaign", v.Mine.Campaign.Name)
	}
	v.Shown = campaign.Version{Wishes: []campaign.Wish{{Post: code}}}.Wishes
	return r.ShowPart(w, ui.RankedList(r.Text, v.ranking(r)))
}

// file is the list as a file.
func (v wishes) file(r *page.Request) exchange.List {
	list := exchange.List{
		Title:   r.T("student.file", "campaign", v.Mine.Campaign.Name, "version", v.Mine.Current.Number),
		Columns: []string{r.T("student.file.rank"), r.T("student.file.code"), r.T("student.file.post"), r.T("student.file.secondary")}, Made: r.Now(),
	}
	for i, w := range v.Mine.Current.Wishes {
		c, _ := v.choice(w.Post)
		list.Rows = append(list.Rows, []any{i + 1, w.Post, c.Post.Label(), w.Secondary})
	}
	return list
}
