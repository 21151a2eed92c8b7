package records

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Imports asks for a file, and lists those that were imported.
func Imports(w http.ResponseWriter, r *page.Request) error {
	return importsPage(w, r, http.StatusOK, ui.Errors{})
}

func importsPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	const most = 50
	var done []exchange.Import
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		for _, kind := range stagetrek.Kinds {
			if !r.Actor.CanSomewhere(stagetrek.Right(kind)) {
				continue
			}
			for _, scope := range stagetrek.Scopes(r.Actor) {
				some, err := exchange.Latest(r.Context(), tx, kind, scope, most)
				if err != nil {
					return err
				}
				done = append(done, some...)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(done, func(a, b exchange.Import) int { return b.AppliedAt.Compare(a.AppliedAt) })
	p := ui.Page{Title: r.T("records.imports"), Lead: r.T("records.imports.lead"), Density: ui.Manage, Crumbs: []ui.Link{home(r)}}
	return r.ShowStatus(w, status, p, importsBody(r, uploadForm(r, wrong), done))
}

func uploadForm(r *page.Request, wrong ui.Errors) ui.Form {
	var kinds []ui.Option
	for _, kind := range stagetrek.Kinds {
		if r.Actor.CanSomewhere(stagetrek.Right(kind)) {
			kinds = append(kinds, ui.Option{Value: kind, Label: r.T("stagetrek.kind." + kind), Hint: r.T("records.import.columns." + kind)})
		}
	}
	return ui.Form{
		Action: ImportsPath, Files: true, Errors: wrong,
		Fields: []ui.Field{
			field(r, "kind", ui.Field{Kind: ui.FieldRadio, Label: "", Options: kinds, Value: cmp.Or(r.FormValue("kind"), stagetrek.KindStudents)}),
			field(r, "file", ui.Field{Kind: ui.FieldFile, Accept: ".csv,.txt,.xlsx"}),
		},
		Submit: ui.Action{Label: r.T("records.import.check"), Icon: "clipboard-check", Kind: ui.Primary},
	}
}

// Upload keeps a file and shows what it would do.
func Upload(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	content, header, err := r.FormFile("file")
	kind := f.Choice("kind", stagetrek.Kinds...)
	if err != nil {
		f.Wrong("file", "records.import.file")
	}
	if err := f.Err(); err != nil {
		return importsPage(w, r, http.StatusUnprocessableEntity, ui.ErrorsOf(r.Text, err))
	}
	defer func() { _ = content.Close() }()
	if !r.Actor.CanSomewhere(stagetrek.Right(kind)) {
		return identity.Missing(stagetrek.Right(kind))
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	i, err := exchange.Upload{Kind: kind, Scope: stagetrek.Scope(r.Actor), Name: header.Filename, Content: data, By: r.Actor.Who()}.Add(r.Context(), r.DB)
	if fault.KindOf(err) == fault.Invalid {
		return importsPage(w, r, http.StatusUnprocessableEntity, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.Go(w, ImportsPath+"/"+i.ID)
}

// A dossier is what the page of one import shows.
type dossier struct {
	i        exchange.Import
	owner    exchange.Owner
	report   exchange.Report
	digest   string
	lines    linesPart           // of the report, or of an applied import
	open     linesPart           // that wait for somebody
	looked   bool                // whether it may be undone was looked at
	blockers []exchange.Finding  // why it may not be undone
	aside    []exchange.Finding  // what could not be taken back
	known    map[string][]string // by column, what may stand there
	wrong    ui.Errors
}

// find finds an import of a kind that the reader may bring in.
func (d *dossier) find(r *page.Request, tx *store.Tx) error {
	var err error
	if d.i, err = exchange.Find(r.Context(), tx, r.PathValue("import")); err != nil {
		return err
	}
	owner, known := stagetrek.Owner(d.i.Kind, r.Actor)
	if !known || !r.Actor.CanSomewhere(stagetrek.Right(d.i.Kind)) || !stagetrek.Visible(r.Actor, d.i.Scope) {
		return fault.New(fault.NotFound, "exchange.import.none")
	}
	d.owner = owner
	return nil
}

func (d *dossier) load(r *page.Request, tx *store.Tx) error {
	if err := d.find(r, tx); err != nil {
		return err
	}
	switch {
	case d.i.Doing == exchange.TakingBack:
		var err error
		d.aside, err = d.i.Aside(r.Context(), tx, mostBlockers)
		return err
	case d.i.Doing != "":
		return nil
	case d.i.State == exchange.Checked:
		return d.examine(r, tx)
	}
	return d.read(r, tx)
}

// examine tells what the file would do now.
func (d *dossier) examine(r *page.Request, tx *store.Tx) error {
	var err error
	if d.report, err = d.i.Report(r.Context(), tx, d.owner); err != nil {
		return err
	}
	if d.digest, err = d.report.Digest(); err != nil {
		return err
	}
	layout, err := d.owner.Layout(r.Context(), tx)
	d.known = map[string][]string{}
	for _, c := range layout.Columns {
		d.known[c.Name] = c.Known
	}
	d.lines = partOf(r, d.report.Lines, "part", shownLines, chosen(r))
	d.open = partOf(r, d.report.Lines, "open", shownOpen, isOpen)
	return err
}

// mostBlockers is how many reasons against an undoing a page tells.
const mostBlockers = 50

// read tells what the file did. Whether it may be undone is looked at for a file of a few
// rows, and otherwise when somebody asks for it.
func (d *dossier) read(r *page.Request, tx *store.Tx) error {
	all := 0
	for _, n := range d.i.Summary.Rows {
		all += n
	}
	after := numberOf(r, "after")
	lines, err := d.i.Lines(r.Context(), tx, after, shownLines+1)
	if err != nil {
		return err
	}
	d.lines = linesPart{lines: lines[:min(len(lines), shownLines)], all: all}
	if after > 0 {
		before, err := d.i.Before(r.Context(), tx, after, shownLines)
		if err != nil {
			return err
		}
		d.lines.previous = "?after=" + strconv.Itoa(before)
	}
	if len(lines) > shownLines {
		d.lines.next = "?after=" + strconv.Itoa(d.lines.lines[shownLines-1].Row.Line)
	}
	if d.i.State == exchange.Applied && all <= shownLines && !d.looked {
		d.looked = true
		d.blockers, err = d.i.Blockers(r.Context(), tx, d.owner)
	}
	return err
}

// Import shows what a file would do, or did.
func Import(w http.ResponseWriter, r *page.Request) error {
	return importPage(w, r, http.StatusOK, dossier{})
}

// refusedPage is the page of an import on which something was refused, with all reasons
// where it is the undoing.
func refusedPage(w http.ResponseWriter, r *page.Request, why error) error {
	d := dossier{wrong: ui.ErrorsOf(r.Text, why)}
	blocked, is := errors.AsType[*exchange.BlockedError](why)
	if is {
		d.looked, d.blockers = true, blocked.Found
	}
	return importPage(w, r, r.Explain(why).Status, d)
}

// importPage shows an import, with what a dossier has already.
func importPage(w http.ResponseWriter, r *page.Request, status int, d dossier) error {
	if err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.load(r, tx) }); err != nil {
		return err
	}
	if r.WantsFile() && d.i.State == exchange.Checked && d.i.Doing == "" {
		list := d.report.List(r.Text, chosen(r))
		list.Made = r.Now()
		return r.SendList(w, list)
	}
	p := ui.Page{
		Title: d.i.File, Lead: r.T("stagetrek.kind." + d.i.Kind), Density: ui.Manage,
		Crumbs: []ui.Link{home(r), {Label: r.T("records.imports"), Href: ImportsPath}},
	}
	if d.i.Doing != "" {
		p.Refresh = 5
	}
	return r.ShowStatus(w, status, p, importBody(r, d))
}

// ImportProgress answers with the progress alone, while the page is open. When the
// work has ended, the page is shown anew.
func ImportProgress(w http.ResponseWriter, r *page.Request) error {
	var d dossier
	if err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.find(r, tx) }); err != nil {
		return err
	}
	if d.i.Doing == "" {
		w.Header().Set("HX-Refresh", "true")
	}
	return r.ShowPart(w, ui.Progress(r.Text, progress(r, d.i)))
}

// change does something with an import, and comes back to its page.
func change(w http.ResponseWriter, r *page.Request, said string, do func(d *dossier) error) error {
	var d dossier
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.find(r, tx) })
	if err == nil {
		err = do(&d)
	}
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict || kind == fault.Closed {
		return refusedPage(w, r, err)
	}
	if err != nil {
		return err
	}
	if err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.find(r, tx) }); err != nil {
		return err
	}
	switch {
	case said == "":
		return r.Go(w, withPlace(r, ImportsPath+"/"+d.i.ID)+"#open")
	case d.i.Doing != "":
		return r.GoSaying(w, ImportsPath+"/"+d.i.ID, "records.import."+d.i.Doing, "file", d.i.File)
	}
	return r.GoSaying(w, ImportsPath+"/"+d.i.ID, said, "file", d.i.File)
}

// Decide settles one line of a report: "leave:26", "confirm:26", "take:26", or the
// cells that were typed anew.
func Decide(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "", func(d *dossier) error {
		decision, err := decided(r, d)
		if err != nil {
			return err
		}
		return d.i.Decide(r.Context(), r.DB, d.owner, decision)
	})
}

// decided returns what the decision of a form changes.
func decided(r *page.Request, d *dossier) (func(*exchange.Decisions), error) {
	unclear := fault.New(fault.Invalid, "records.import.decision")
	if err := r.ParseForm(); err != nil {
		return nil, unclear
	}
	what, number, _ := strings.Cut(r.FormValue("do"), ":")
	if what == "leave-open" {
		return leaveOpen(r, d)
	}
	line, err := strconv.Atoi(number)
	if err != nil {
		return nil, unclear
	}
	switch what {
	case "leave":
		return func(made *exchange.Decisions) { made.Left = with(made.Left, line) }, nil
	case "take":
		return func(made *exchange.Decisions) { made.Left = without(made.Left, line) }, nil
	case "keep":
		// The other line of a pair is left out in its place.
		other, err := strconv.Atoi(r.FormValue("other"))
		if err != nil {
			return nil, unclear
		}
		return func(made *exchange.Decisions) { made.Left = with(without(made.Left, line), other) }, nil
	case "confirm":
		return func(made *exchange.Decisions) { made.Confirmed = with(made.Confirmed, line) }, nil
	case "correct":
		return func(made *exchange.Decisions) { made.Corrections = corrected(made.Corrections, line, r) }, nil
	}
	return nil, unclear
}

// leaveOpen leaves out all lines that wait for somebody now.
func leaveOpen(r *page.Request, d *dossier) (func(*exchange.Decisions), error) {
	report, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) (exchange.Report, error) {
		return d.i.Report(r.Context(), tx, d.owner)
	})
	return func(made *exchange.Decisions) { made.Left = append(made.Left, report.Open()...) }, err
}

// corrected returns the corrections with the cells of a form ("cell.level") for a line.
func corrected(made []exchange.Correction, line int, r *page.Request) []exchange.Correction {
	cells := map[string]string{}
	for name, values := range r.PostForm {
		column, is := strings.CutPrefix(name, "cell.")
		if is && len(values) > 0 {
			cells[column] = values[0]
		}
	}
	made = slices.DeleteFunc(made, func(c exchange.Correction) bool {
		_, again := cells[c.Column]
		return c.Line == line && again
	})
	for column, value := range cells {
		made = append(made, exchange.Correction{Line: line, Column: column, Value: value})
	}
	slices.SortFunc(made, func(a, b exchange.Correction) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return made
}

func with(lines []int, line int) []int { return append(without(lines, line), line) }

func without(lines []int, line int) []int {
	return slices.DeleteFunc(slices.Clone(lines), func(l int) bool { return l == line })
}

// Apply writes what the report says, if it still says what was shown.
func Apply(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "records.import.applied", func(d *dossier) error {
		_, _, err := exchange.Apply(r.Context(), r.DB, d.owner, d.i.ID, r.FormValue("digest"), r.Actor.Who())
		return err
	})
}

// Undo puts back what was there before an import, or stops one that is under way.
func Undo(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "records.import.undone", func(d *dossier) error {
		return exchange.Undo(r.Context(), r.DB, d.owner, d.i.ID, r.Actor.Who())
	})
}

// otherLine is the line above that a doubt speaks of, and 0 if it speaks of a
// record that is there.
func otherLine(f exchange.Finding) int {
	switch n := f.Args["first"].(type) {
	case int:
		return n
	case int64:
		return int(n)
	}
	return 0
}

// there is the number of the record that a doubt speaks of.
func there(f exchange.Finding) string {
	number, _ := f.Args["number"].(string)
	if f.Key != "stagetrek.twin.there" {
		return ""
	}
	return number
}

// confirmable reports whether somebody may say that a doubt is none: not for what
// may stand only once.
func confirmable(line exchange.Line) bool {
	return line.Outcome == exchange.Doubtful && !slices.ContainsFunc(line.Findings, func(f exchange.Finding) bool {
		return f.Severity == exchange.Doubt && f.Key == "exchange.row.twice"
	})
}

// outcomes says what an applied import did, in numbers.
func outcomes(p text.Printer, s exchange.Summary) string {
	var said []string
	for _, o := range []exchange.Outcome{exchange.Created, exchange.Changed, exchange.Unchanged, exchange.Left} {
		if n := s.Rows[o]; n > 0 {
			said = append(said, p.T("records.count."+string(o), "count", n))
		}
	}
	return strings.Join(said, ", ")
}

func outcomeTone(o exchange.Outcome) ui.Tone {
	switch o {
	case exchange.Created, exchange.Changed:
		return ui.Good
	case exchange.Refused:
		return ui.Bad
	case exchange.Doubtful:
		return ui.Warn
	}
	return ui.Neutral
}

func findingTone(s exchange.Severity) ui.Tone {
	switch s {
	case exchange.Error:
		return ui.Bad
	case exchange.Doubt:
		return ui.Warn
	}
	return ui.Info
}
