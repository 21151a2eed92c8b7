package stagetrek

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// Review completes what a row leaves to its cohort, and finds people who may be
// there already: those whom the page of duplicates would show next.
func (o students) Review(ctx context.Context, tx *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	r := roster{actor: o.actor}
	if err := r.load(ctx, tx, lines); err != nil {
		return nil, err
	}
	var findings []exchange.Finding
	var sound []*exchange.Line
	for _, line := range lines {
		r.complete(line)
		keep(line, nil)
		found := r.judge(line)
		findings = append(findings, found...)
		if !slices.ContainsFunc(found, func(f exchange.Finding) bool { return f.Severity == exchange.Error }) {
			sound = append(sound, line)
		}
	}
	found, err := r.duplicates(ctx, tx, sound)
	return append(findings, found...), err
}

// A roster is who is there, as rows are compared with them.
type roster struct {
	actor     identity.Actor
	stands    map[string]student.Student // by number
	merged    map[string]student.Student // who stands for the holder of a number now, if that was merged
	cohorts   map[string]student.Cohort
	faculties []string // that the actor may add students to
	logins    map[string]int64
}

func (r *roster) load(ctx context.Context, tx *store.Tx, lines []*exchange.Line) error {
	numbers, logins := make([]string, len(lines)), make([]string, 0, len(lines))
	for i, line := range lines {
		numbers[i] = line.Key
		if login := line.After["login"]; login != "" {
			logins = append(logins, login)
		}
	}
	var err error
	if r.stands, err = student.ByNumbers(ctx, tx, numbers); err != nil {
		return err
	}
	if r.merged, err = student.MergedNumbers(ctx, tx, numbers); err != nil {
		return err
	}
	if r.logins, err = identity.TakenLogins(ctx, tx, logins); err != nil {
		return err
	}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	r.cohorts = make(map[string]student.Cohort, len(cohorts))
	for _, c := range cohorts {
		r.cohorts[c.Code] = c
	}
	faculties, err := reference.Faculties(ctx, tx)
	for _, f := range faculties {
		if !f.Archived && r.actor.Can(student.RightEdit, identity.Faculty(f.Code)) {
			r.faculties = append(r.faculties, f.Code)
		}
	}
	return err
}

// complete gives a new student the level and the faculty of the cohort where the
// file is silent, and the only faculty there is.
func (r *roster) complete(line *exchange.Line) {
	v := line.After
	if line.Before == nil {
		if cohort, in := r.cohorts[v["group"]]; in {
			v["level"], v["faculty"] = cmp.Or(v["level"], cohort.Level.Code), cmp.Or(v["faculty"], cohort.Faculty.Code)
		}
		if v["faculty"] == "" && len(r.faculties) == 1 {
			v["faculty"] = r.faculties[0]
		}
		return
	}
	// A new cohort is added to those of other years.
	groups := strings.Fields(line.Before["group"])
	if v["group"] != "" && v["group"] != line.Before["group"] && !slices.Contains(groups, v["group"]) {
		groups = append(groups, v["group"])
	}
	slices.Sort(groups)
	v["group"] = strings.Join(groups, " ")
}

// judge finds what keeps a row from going in.
func (r *roster) judge(line *exchange.Line) []exchange.Finding {
	v := line.After
	stands, known := r.stands[line.Key]
	if !known {
		if now, merged := r.merged[line.Key]; merged {
			return []exchange.Finding{wrong(line, "number", "stagetrek.number.merged", text.Blanks{"student": now.Name(), "number": now.Number})}
		}
	}
	if known && !r.actor.Can(student.RightEdit, stands.Perimeters()...) {
		return []exchange.Finding{wrong(line, "number", "stagetrek.outside", nil)}
	}
	var found []exchange.Finding
	if v["level"] == "" {
		found = append(found, wrong(line, "level", "stagetrek.level.none", nil))
	}
	moves := !known || v["faculty"] != stands.Faculty.Code
	switch {
	case v["faculty"] == "":
		found = append(found, wrong(line, "faculty", "stagetrek.faculty.none", nil))
	case moves && !slices.Contains(r.faculties, v["faculty"]):
		found = append(found, wrong(line, "faculty", "stagetrek.faculty.outside", nil))
	}
	found = append(found, r.judgeGroups(line)...)
	if login := v["login"]; login != "" {
		holder, taken := r.logins[login]
		switch {
		case taken && holder != stands.Person.ID:
			found = append(found, wrong(line, "login", "stagetrek.login.taken", nil))
		case !taken && known:
			found = append(found, wrong(line, "login", "stagetrek.login.later", text.Blanks{"student": stands.Name()}))
		}
	}
	return found
}

// judgeGroups finds two cohorts of one year, a cohort that the actor may not change,
// and a level that is not the cohort's.
func (r *roster) judgeGroups(line *exchange.Line) []exchange.Finding {
	var found []exchange.Finding
	years := map[int64]string{}
	for _, group := range strings.Fields(line.After["group"]) {
		cohort := r.cohorts[group]
		if other, twice := years[cohort.Year.ID]; twice {
			found = append(found, wrong(line, "group", "stagetrek.group.year", text.Blanks{"first": other, "second": cohort.Code, "year": cohort.Year.Name}))
		}
		years[cohort.Year.ID] = cohort.Code
		joins := !slices.Contains(strings.Fields(line.Before["group"]), group)
		if joins && !r.actor.Can(student.RightEdit, cohort.Perimeters()...) {
			found = append(found, wrong(line, "group", "stagetrek.outside", nil))
		}
	}
	cohort, single := r.cohorts[line.After["group"]]
	if level := line.After["level"]; single && level != "" && level != cohort.Level.Code {
		f := wrong(line, "level", "stagetrek.level.cohort", text.Blanks{"cohort": cohort.Code, "expected": cohort.Level.Code})
		f.Severity, f.Found = exchange.Warning, level
		found = append(found, f)
	}
	return found
}

// duplicates finds the records, and the rows above, that look like the same person
// as a row.
func (r *roster) duplicates(ctx context.Context, tx *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	there, err := student.CrowdAround(ctx, tx, func(do func(student.Student)) {
		for _, line := range lines {
			do(r.draft(line, line.After))
		}
	})
	if err != nil {
		return nil, err
	}
	like := map[*exchange.Line][]student.Match{}
	var ids []int64
	for _, line := range lines {
		if news := r.news(there, line); len(news) > 0 {
			like[line] = news
			for _, m := range news {
				ids = append(ids, m.ID)
			}
		}
	}
	full, err := student.ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	above, byLine := student.NewCrowd(len(lines)), make(map[int]*exchange.Line, len(lines))
	var found []exchange.Finding
	for _, line := range lines {
		for _, m := range like[line] {
			found = append(found, r.duplicate(line, full[m.ID], m.Why[0]))
		}
		found = append(found, r.duplicateAbove(above, byLine, line)...)
		byLine[line.Row.Line] = line
	}
	return found, nil
}

// draft is the record that a row makes of what stands there.
func (r *roster) draft(line *exchange.Line, v exchange.Values) student.Student {
	return fromRow(r.stands[line.Key], v)
}

// news returns the records that a row looks like now and did not before: who is
// alike already is the page of duplicates' to tell, not the import's.
func (r *roster) news(there *student.Crowd, line *exchange.Line) []student.Match {
	like := there.Like(r.draft(line, line.After))
	if line.Before == nil || len(like) == 0 {
		return like
	}
	before := there.Like(r.draft(line, line.Before))
	return slices.DeleteFunc(like, func(m student.Match) bool {
		return slices.ContainsFunc(before, func(b student.Match) bool { return b.ID == m.ID })
	})
}

// duplicate says that a row looks like a record.
func (r *roster) duplicate(line *exchange.Line, s student.Student, why student.MatchReason) exchange.Finding {
	f := exchange.Finding{
		Line: line.Row.Line, Column: "number", Severity: exchange.Doubt, Key: "stagetrek.twin.there", Found: line.Key,
		Args: text.Blanks{"student": s.Name(), "number": s.Number, "why": text.Key("likeness." + string(why))},
	}
	if !r.actor.Can(student.RightView, s.Perimeters()...) {
		f.Key, f.Args = "stagetrek.twin.hidden", text.Blanks{"why": text.Key("likeness." + string(why))}
	}
	return f
}

// duplicateAbove finds a row above that looks like the same person, and adds the row
// to them; the key of each is its line, negative. The same number or INE is found by
// the layout.
func (r *roster) duplicateAbove(above *student.Crowd, byLine map[int]*exchange.Line, line *exchange.Line) []exchange.Finding {
	draft := r.draft(line, line.After)
	draft.ID = -int64(line.Row.Line)
	for _, m := range above.Join(draft) {
		other := byLine[int(-m.ID)]
		if other.Key == line.Key || draft.INE != "" && other.After["ine"] == draft.INE {
			continue
		}
		return []exchange.Finding{{
			Line: line.Row.Line, Column: "family_name", Severity: exchange.Doubt, Key: "stagetrek.twin.above", Found: draft.Person.FamilyName,
			Args: text.Blanks{"first": other.Row.Line, "why": text.Key("likeness." + string(m.Why[0]))},
		}}
	}
	return nil
}
