package activity

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// Jobs lists the work that is done in the background.
func Jobs(w http.ResponseWriter, r *page.Request) error {
	// Background work lies in no perimeter: it takes the right on everything.
	if err := r.Actor.Require(job.RightView); err != nil {
		return err
	}
	list := jobs(map[string]string{})
	if r.WantsFile() {
		return list.Send(w, r)
	}
	about, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) (jobsOverview, error) { return overview(r.Context(), tx) })
	if err != nil {
		return err
	}
	t, err := list.Read(r)
	if err != nil {
		return err
	}
	return r.Show(w, ui.Page{
		Title: t.Caption, Lead: r.T("admin.jobs.lead"), Density: ui.Manage, Crumbs: []ui.Link{admin.Home(r)},
	}, jobsBody(r, t, about))
}

// jobs is the list of background work. It keeps the names of the campaigns that the
// work is about in campaigns.
func jobs(campaigns map[string]string) table.List[job.Task] {
	return table.List[job.Task]{
		Name: "admin.jobs", Path: admin.JobsPath, Icon: "arrow-repeat", Rows: job.Tasks(),
		Complete: func(r *page.Request, tx *store.Tx, tasks []job.Task) error {
			names, err := campaignsOf(r.Context(), tx, tasks...)
			maps.Copy(campaigns, names)
			return err
		},
		Columns: func(r *page.Request) []table.Column[job.Task] { return jobColumns(r, campaigns) },
	}
}

// campaignsOf returns the names of the campaigns that tasks are about, by what they are
// about.
func campaignsOf(ctx context.Context, tx *store.Tx, tasks ...job.Task) (map[string]string, error) {
	about := make([]string, len(tasks))
	for i, t := range tasks {
		about[i] = t.Subject
	}
	return campaign.NamesOf(ctx, tx, about)
}

func jobColumns(r *page.Request, campaigns map[string]string) []table.Column[job.Task] {
	return []table.Column[job.Task]{
		{Column: ui.Column{Key: "kind", Title: r.T("admin.job.kind"), Kind: ui.KindChoice, Options: jobKinds(r), Fixed: true},
			Cell: func(t job.Task) ui.Cell { return ui.LinkCell(jobName(r.Text, t), admin.JobsPath+"/"+t.ID) }},
		{Column: ui.Column{Key: "about", Title: r.T("admin.campaign")},
			Cell: func(t job.Task) ui.Cell { return ui.Word(campaigns[t.Subject]) }},
		{Column: ui.Column{Key: "state", Title: r.T("admin.state"), Kind: ui.KindChoice, Options: jobStateOptions(r)},
			Cell: func(t job.Task) ui.Cell {
				return ui.StateCell(string(t.State), jobTones[t.State], r.T("job.state."+string(t.State)))
			}},
		{Column: ui.Column{Key: "progress", Title: r.T("admin.job.progress")},
			Cell: func(t job.Task) ui.Cell { return jobProgress(r.Text, t) }},
		{Column: ui.Column{Key: "by", Title: r.T("admin.job.by")},
			Cell: func(t job.Task) ui.Cell { return ui.Word(jobBy(r.Text, t)) }},
		{Column: ui.Column{Key: "queued", Title: r.T("admin.job.queued"), Kind: ui.KindMoment},
			Cell: func(t job.Task) ui.Cell { return ui.Moment(r.Text, t.QueuedAt) }},
		{Column: ui.Column{Key: "ended", Title: r.T("admin.job.ended"), Kind: ui.KindMoment},
			Cell: func(t job.Task) ui.Cell { return ui.Moment(r.Text, t.EndedAt) }},
		{Column: ui.Column{Key: "attempts", Title: r.T("admin.attempts"), Kind: ui.KindNumber},
			Cell: func(t job.Task) ui.Cell { return ui.Count(r.Text, t.Attempts) }},
		{Column: ui.Column{Key: "error", Title: r.T("admin.job.error")},
			Cell: func(t job.Task) ui.Cell { return ui.Word(jobError(r.Text, t)) }},
		{Column: ui.Column{Key: "node", Title: r.T("admin.job.node"), Hidden: true},
			Cell: func(t job.Task) ui.Cell { return ui.Word(t.Node) }},
	}
}

func jobKinds(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, kind := range slices.Sorted(maps.Keys(r.Declared().Work)) {
		options = append(options, ui.Option{Value: kind, Label: kindName(r.Text, kind)})
	}
	return options
}

func jobStateOptions(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, s := range jobStates {
		options = append(options, ui.Option{Value: string(s), Label: r.T("job.state." + string(s))})
	}
	return options
}

func jobProgress(p text.Printer, t job.Task) ui.Cell {
	if t.Total == 0 {
		return ui.Cell{None: true}
	}
	return ui.Word(p.T("ui.work.count", "done", t.Done, "total", t.Total))
}

// A jobsOverview is what is told above and below the list of background work.
type jobsOverview struct {
	failed    int // up to manyFailed
	schedules []job.ScheduleStatus
}

// manyFailed is how many failed tasks are counted at most: beyond, the number
// says no more.
const manyFailed = 1000

func overview(ctx context.Context, tx *store.Tx) (about jobsOverview, err error) {
	if about.failed, err = job.CountFailed(ctx, tx, manyFailed); err != nil {
		return about, err
	}
	about.schedules, err = job.Schedules(ctx, tx)
	return about, err
}

// jobStates are all states of a task, in the order of its life.
var jobStates = []job.State{job.Queued, job.Running, job.Done, job.Failed, job.Cancelled}

var jobTones = map[job.State]ui.Tone{
	job.Queued: ui.Neutral, job.Running: ui.Info, job.Done: ui.Good, job.Failed: ui.Bad, job.Cancelled: ui.Warn,
}

func jobName(p text.Printer, t job.Task) string { return kindName(p, t.Kind) }

func kindName(p text.Printer, kind string) string { return admin.Named(p, "job.kind.", kind) }

// jobBy says who asked for a task; a schedule is Stagora itself.
func jobBy(p text.Printer, t job.Task) string {
	if t.By == "" {
		return p.T("admin.system")
	}
	return t.By
}

func jobError(p text.Printer, t job.Task) string {
	if t.Error == nil {
		return ""
	}
	return p.Message(t.Error.Key, t.Error.Args)
}

// manyItems is how many things that a task set aside are shown at most.
const manyItems = 200

// Job shows one piece of background work, and how far it is.
func Job(w http.ResponseWriter, r *page.Request) error {
	t, err := findJob(r)
	if forgotten(r, err) {
		return r.GoSaying(w, admin.JobsPath, "admin.job.forgotten")
	}
	if err != nil {
		return err
	}
	var items []job.FailedItem
	var campaigns map[string]string
	err = r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if campaigns, err = campaignsOf(r.Context(), tx, t); err != nil {
			return err
		}
		items, err = job.FailedItems(r.Context(), tx, t.ID, manyItems)
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{
		Title: jobName(r.Text, t), Density: ui.Manage,
		Crumbs: []ui.Link{admin.Home(r), {Label: r.T("admin.jobs"), Href: admin.JobsPath}},
	}
	if !t.Ended() {
		p.Refresh = 5
	}
	return r.Show(w, p, jobBody(r, t, campaigns[t.Subject], items))
}

func findJob(r *page.Request) (t job.Task, err error) {
	if err := r.Actor.Require(job.RightView); err != nil {
		return t, err
	}
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		t, err = job.Find(r.Context(), tx, r.PathValue("job"))
		return err
	})
	return t, err
}

// forgotten tells whether err is that a task is not there that may have been: work
// that had nothing to report leaves the list when it ends, also while somebody
// looks at it.
func forgotten(r *page.Request, err error) bool {
	return fault.KindOf(err) == fault.NotFound && uuid.Validate(r.PathValue("job")) == nil
}

// JobProgress answers with the progress alone, while the page is open. When the
// work has ended, the whole page is drawn anew.
func JobProgress(w http.ResponseWriter, r *page.Request) error {
	t, err := findJob(r)
	if forgotten(r, err) {
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	if t.Ended() {
		w.Header().Set("HX-Refresh", "true")
	}
	return r.ShowPart(w, ui.Progress(r.Text, work(r, t)))
}

func work(r *page.Request, t job.Task) ui.Work {
	states := map[job.State]ui.WorkState{
		job.Queued: ui.WorkWaiting, job.Running: ui.WorkRunning, job.Done: ui.WorkDone,
		job.Failed: ui.WorkFailed, job.Cancelled: ui.WorkCanceled,
	}
	w := ui.Work{
		ID: "job", What: jobName(r.Text, t), State: states[t.State], Done: int(t.Done), Total: int(t.Total),
		Since: t.StartedAt, Poll: admin.JobsPath + "/" + t.ID + "/progress", Detail: jobError(r.Text, t),
	}
	switch {
	case t.Cancelling:
		w.Detail = r.T("admin.job.cancelling")
	case t.Error == nil && t.Note != "":
		w.Detail = r.Text.Message(t.Note, t.NoteArgs)
	}
	if !t.Cancelling {
		w.Cancel = admin.JobsPath + "/" + t.ID + "/cancel"
	}
	return w
}

// CancelJob stops a piece of background work.
func CancelJob(w http.ResponseWriter, r *page.Request) error {
	return changeJob(w, r, "job.cancelled", "admin.job.cancelled", job.Cancel)
}

// RetryJob has a piece of background work done again that failed or was stopped.
func RetryJob(w http.ResponseWriter, r *page.Request) error {
	return changeJob(w, r, "job.retried", "admin.job.retried", job.Retry)
}

// changeJob does something to a task and records it. It stands here because job
// knows neither people nor the log.
func changeJob(w http.ResponseWriter, r *page.Request, action, said string, change func(context.Context, *store.Tx, string) error) error {
	id := r.PathValue("job")
	err := r.DB.Write(r.Context(), func(tx *store.Tx) error {
		if err := r.Actor.Require(job.RightView); err != nil {
			return err
		}
		t, err := job.Find(r.Context(), tx, id)
		if err != nil {
			return err
		}
		if err := change(r.Context(), tx, id); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, audit.Entry{
			Who: r.Actor.Who(), Action: action, Args: map[string]any{"kind": jobKindBlank(r.Text, t.Kind)}, Kind: "job", Object: id,
		})
	})
	if err != nil {
		return err
	}
	return r.GoSaying(w, admin.JobsPath+"/"+id, said)
}

// jobKindBlank names a kind of work in a line of the log: by its key if there is
// one, so that each reader gets their own language.
func jobKindBlank(p text.Printer, kind string) any {
	if p.Has("job.kind." + kind) {
		return text.Key("job.kind." + kind)
	}
	return kind
}
