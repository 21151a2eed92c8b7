package demo

import (
	"net/http"
	"slices"
	"time"

	"stagora.org/stagora/internal/web/admin/activity"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
	"stagora.org/stagora/internal/web/ui/gallery"
)

// The addresses of the demo's own pages.
const (
	controlsPath = "/demo"
	enterPath    = "/demo/enter"
	showPath     = "/demo/show"
	clockPath    = "/demo/clock"
)

// routes are the pages that only a demonstration has. Anybody may use them.
func (d *Demo) routes() []page.Route {
	return []page.Route{
		{Pattern: "GET " + controlsPath, Right: page.Public, Handle: d.controls},
		{Pattern: "POST " + enterPath, Right: page.Public, Handle: d.enter},
		{Pattern: "POST " + showPath, Right: page.Public, Handle: d.show},
		{Pattern: "POST " + clockPath, Right: page.Public, Handle: d.moveClock},
		{Pattern: "GET " + activity.DemoMailboxPath, Right: page.Public, Handle: activity.DemoMailbox},
		{Pattern: "GET " + activity.DemoMailboxPath + "/{mail}", Right: page.Public, Handle: activity.DemoMail},
		{Pattern: "GET " + activity.DemoMailboxPath + "/{mail}/attachments/{number}", Right: page.Public, Handle: activity.DemoAttachment},
		{Pattern: "GET " + gallery.Path, Right: page.Public, Handle: showGallery},
	}
}

// banner says on every page that this is a demonstration, and at which time.
func (d *Demo) banner(r *page.Request) *ui.Demo {
	return &ui.Demo{
		Clock: r.Now(), State: r.T("demo.state." + string(d.World().State)),
		Controls: ui.Link{Label: r.T("demo.controls"), Href: controlsPath},
	}
}

// A persona is one of the people one can be with one click.
type persona struct {
	Login string
	Key   string // of its sentences: demo.persona.KEY.title, .story
	Icon  string
	Needs State // the state in which the story begins
}

var personas = []persona{
	{"ines.baraka", "ines", "list-ol", Open},
	{"zoe.delorme", "zoe", "exclamation-triangle", Open},
	{"quentin.vial", "quentin", "question-circle", Result},
	{"nadia.lopes", "nadia", "clipboard-check", Prep},
	{"paul.garnier", "paul", "people", Closed},
	{"marie.tellier", "marie", "person-badge", Closed},
	{"alix.moreau", "alix", "gear", Open},
}

// instants are the moments that one jumps to with one click.
var instants = []struct {
	Key string
	At  time.Time
}{
	{"prepared", prepared}, {"opened", opened}, {"eve", at(3, 19, 21, 0, 0)}, {"last", closes.Add(-2 * time.Minute)},
	{"closed", closed}, {"commission", commits}, {"published", publishes},
}

// controls is the front page of the demonstration: who to be, which state, what
// time.
func (d *Demo) controls(w http.ResponseWriter, r *page.Request) error {
	world, lead := d.World(), "demo.lead"
	if world.State == Many {
		lead = "demo.lead.many"
	}
	return r.Show(w, ui.Page{Title: r.T("demo.title"), Lead: r.T(lead), Density: ui.Choose}, controls(r, world))
}

// stateAction begins anew at a state, and says which one is shown.
func stateAction(r *page.Request, s, shown State) ui.Action {
	a := ui.Action{Label: r.T("demo.state." + string(s)), Icon: "arrow-repeat", Name: "state", Value: string(s)}
	if s == shown {
		a.Label, a.Icon = r.T("demo.state.again", "state", a.Label), "check-lg"
	}
	return a
}

// enter makes the visitor one of the people of the data set, in the state that
// is asked for, begun anew, or in the present one.
func (d *Demo) enter(w http.ResponseWriter, r *page.Request) error {
	if form := r.Fields(); form.Text("state") != "" {
		if err := d.begin(r, form); err != nil {
			return err
		}
	}
	token, err := d.Enter(r.Context(), r.FormValue("login"), r.Actor.Origin)
	if err != nil {
		return err
	}
	r.SetSession(w, token)
	return r.Go(w, "/")
}

// show begins anew at a state. Whoever was signed in no longer is: the people of
// the new world have not met them.
func (d *Demo) show(w http.ResponseWriter, r *page.Request) error {
	if err := d.begin(r, r.Fields()); err != nil {
		return err
	}
	r.EndSession(w)
	return r.Go(w, controlsPath)
}

// begin makes a new world in the state that a form names.
func (d *Demo) begin(r *page.Request, form *page.Form) error {
	names := make([]string, len(States))
	for i, s := range States {
		names[i] = string(s)
	}
	state := State(form.Choice("state", names...))
	if err := form.Err(); err != nil {
		return err
	}
	_, err := d.Show(r.Context(), state)
	return err
}

// moveClock sets the clock of the world.
func (d *Demo) moveClock(w http.ResponseWriter, r *page.Request) error {
	form := r.Fields()
	to := form.Time("at")
	if i := slices.IndexFunc(instants, func(i struct {
		Key string
		At  time.Time
	}) bool {
		return i.Key == r.FormValue("instant")
	}); i >= 0 {
		to = instants[i].At
	} else if to.IsZero() {
		form.Wrong("at", "form.required")
	}
	if err := form.Err(); err != nil {
		return err
	}
	if err := d.MoveClock(r.Context(), to); err != nil {
		return err
	}
	// A login session does not outlive half a day; whoever moves the clock stays.
	token, err := d.enterAgain(r)
	if err != nil {
		return err
	}
	if token != "" {
		r.SetSession(w, token)
	}
	return r.GoSaying(w, r.Back(), "demo.clock.moved", "at", to)
}

// showGallery shows every component of the interface.
func showGallery(w http.ResponseWriter, r *page.Request) error {
	p, body := gallery.Gallery{P: r.Text, Now: r.Now(), Query: r.URL.Query()}.Page(ui.Manage)
	return r.Show(w, p, body)
}
