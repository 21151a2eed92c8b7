package records

import (
	"cmp"
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
	var i exchange.Import
	err = r.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		i, err = exchange.Upload{Kind: kind, Scope: stagetrek.Scope(r.Actor), Name: header.Filename, Content: data, By: r.Actor.Who()}.Add(r.Context(), tx)
		return err
	})
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
	lines    []exchange.Line // of an applied import
	blockers []exchange.Finding
	known    map[string][]string // by column, what may stand there
	wrong    ui.Errors
}

// open finds an import of a kind that the reader may bring in.
func (d *dossier) open(r *page.Request, tx *store.Tx) error {
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
	err := d.open(r, tx)
	switch {
	case err != nil:
	case d.i.State == exchange.Checked:
		if d.report, err = d.i.Report(r.Context(), tx, d.owner); err == nil {
			d.digest, err = d.report.Digest()
		}
		if err == nil {
			var layout exchange.Layout
			layout, err = d.owner.Layout(r.Context(), tx)
			d.known = map[string][]string{}
			for _, c := range layout.Columns {
				d.known[c.Name] = c.Known
			}
		}
	default:
		if d.lines, err = d.i.Lines(r.Context(), tx); err == nil && d.i.State == exchange.Applied {
			d.blockers, err = d.i.Blockers(r.Context(), tx, d.owner)
		}
	}
	return err
}

// Import shows what a file would do, or did.
func Import(w http.ResponseWriter, r *page.Request) error {
	return importPage(w, r, http.StatusOK, ui.Errors{})
}

func importPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	d := dossier{wrong: wrong}
	if err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.load(r, tx) }); err != nil {
		return err
	}
	if r.WantsFile() && d.i.State == exchange.Checked {
		list := d.report.OpenRows(r.Text)
		list.Made = r.Now()
		return r.SendList(w, list)
	}
	p := ui.Page{
		Title: d.i.File, Lead: r.T("stagetrek.kind." + d.i.Kind), Density: ui.Manage,
		Crumbs: []ui.Link{home(r), {Label: r.T("records.imports"), Href: ImportsPath}},
	}
	return r.ShowStatus(w, status, p, importBody(r, d))
}

// change does something with an import, and comes back to its page.
func change(w http.ResponseWriter, r *page.Request, said string, do func(tx *store.Tx, d *dossier) error) error {
	var d dossier
	err := r.DB.Write(r.Context(), func(tx *store.Tx) error {
		d = dossier{}
		if err := d.open(r, tx); err != nil {
			return err
		}
		return do(tx, &d)
	})
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict || kind == fault.Closed {
		return importPage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	if said == "" {
		return r.Go(w, ImportsPath+"/"+d.i.ID+"#open")
	}
	return r.GoSaying(w, ImportsPath+"/"+d.i.ID, said, "file", d.i.File)
}

// Decide settles one line of a report: "leave:26", "confirm:26", "take:26", or the
// cells that were typed anew.
func Decide(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "", func(tx *store.Tx, d *dossier) error {
		if err := r.ParseForm(); err != nil {
			return fault.New(fault.Invalid, "records.import.decision")
		}
		made := d.i.Decisions
		what, number, _ := strings.Cut(r.FormValue("do"), ":")
		line, err := strconv.Atoi(number)
		if what == "" || (err != nil && what != "leave-open") {
			return fault.New(fault.Invalid, "records.import.decision")
		}
		switch what {
		case "leave":
			made.Left = with(made.Left, line)
		case "take":
			made.Left = without(made.Left, line)
		case "keep":
			// The other line of a pair is left out in its place.
			other, err := strconv.Atoi(r.FormValue("other"))
			if err != nil {
				return fault.New(fault.Invalid, "records.import.decision")
			}
			made.Left = with(without(made.Left, line), other)
		case "confirm":
			made.Confirmed = with(made.Confirmed, line)
		case "correct":
			made.Corrections = corrected(made.Corrections, line, r)
		case "leave-open":
			report, err := d.i.Report(r.Context(), tx, d.owner)
			if err != nil {
				return err
			}
			for _, open := range report.Open() {
				made.Left = with(made.Left, open)
			}
		default:
			return fault.New(fault.Invalid, "records.import.decision")
		}
		return d.i.Decide(r.Context(), tx, made)
	})
}

// corrected puts the cells of a form ("cell.level") into the corrections of a
// line.
func corrected(made []exchange.Correction, line int, r *page.Request) []exchange.Correction {
	for name, values := range r.PostForm {
		column, is := strings.CutPrefix(name, "cell.")
		if !is || len(values) == 0 {
			continue
		}
		made = slices.DeleteFunc(made, func(c exchange.Correction) bool { return c.Line == line && c.Column == column })
		made = append(made, exchange.Correction{Line: line, Column: column, Value: values[0]})
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
	return change(w, r, "records.import.applied", func(tx *store.Tx, d *dossier) error {
		_, err := exchange.Apply(r.Context(), tx, d.owner, d.i.ID, r.FormValue("digest"), r.Actor.Who())
		return err
	})
}

// Undo puts back what was there before an import.
func Undo(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "records.import.undone", func(tx *store.Tx, d *dossier) error {
		return exchange.Undo(r.Context(), tx, d.owner, d.i.ID, r.Actor.Who())
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
