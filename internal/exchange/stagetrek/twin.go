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
// there already.
func (o students) Review(ctx context.Context, tx *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	r := roster{actor: o.actor}
	if err := r.load(ctx, tx); err != nil {
		return nil, err
	}
	var findings []exchange.Finding
	for _, line := range lines {
		r.complete(line)
		keep(line, nil)
		found := r.judge(line)
		if !slices.ContainsFunc(found, func(f exchange.Finding) bool { return f.Severity == exchange.Error }) {
			found = append(found, r.twins(line)...)
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// A roster is who is there, as rows are compared with them.
type roster struct {
	actor     identity.Actor
	byNumber  map[string]student.Student // with merged records
	into      map[int64]student.Student
	cohorts   map[string]student.Cohort
	faculties []string // that the actor may add students to
	logins    map[string]int64
	alike     map[string][]student.Student // by what two records of one person share
	earlier   map[string]*exchange.Line    // rows above, by name and birth date
}

func (r *roster) load(ctx context.Context, tx *store.Tx) error {
	all, err := student.All(ctx, tx)
	if err != nil {
		return err
	}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return err
	}
	accounts, err := identity.Accounts(ctx, tx)
	if err != nil {
		return err
	}
	r.byNumber, r.into, r.cohorts = map[string]student.Student{}, map[int64]student.Student{}, map[string]student.Cohort{}
	r.logins, r.alike, r.earlier = map[string]int64{}, map[string][]student.Student{}, map[string]*exchange.Line{}
	for _, s := range all {
		r.into[s.ID] = s
		if _, taken := r.byNumber[s.Number]; !taken || s.MergedInto == 0 {
			r.byNumber[s.Number] = s
		}
		if s.MergedInto != 0 {
			continue
		}
		for _, key := range likenesses(s.INE, s.Person.FamilyName, s.Person.GivenName, string(s.BirthDate), s.Person.Email) {
			r.alike[key] = append(r.alike[key], s)
		}
	}
	for _, c := range cohorts {
		r.cohorts[c.Code] = c
	}
	for _, f := range faculties {
		if !f.Archived && r.actor.Can(student.RightEdit, identity.Faculty(f.Code)) {
			r.faculties = append(r.faculties, f.Code)
		}
	}
	for _, a := range accounts {
		r.logins[a.Login] = a.PersonID
	}
	return nil
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
	stands, known := r.byNumber[line.Key]
	var found []exchange.Finding
	switch {
	case known && stands.MergedInto != 0:
		into := r.into[stands.MergedInto]
		return []exchange.Finding{wrong(line, "number", "stagetrek.number.merged", text.Blanks{"student": into.Name(), "number": into.Number})}
	case known && !r.actor.Can(student.RightEdit, stands.Perimeters()...):
		return []exchange.Finding{wrong(line, "number", "stagetrek.outside", nil)}
	}
	if v["level"] == "" {
		found = append(found, wrong(line, "level", "stagetrek.level.none", nil))
	}
	switch {
	case v["faculty"] == "":
		found = append(found, wrong(line, "faculty", "stagetrek.faculty.none", nil))
	case !known && !slices.Contains(r.faculties, v["faculty"]):
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

// judgeGroups finds two cohorts of one year, and a level that is not the cohort's.
func (r *roster) judgeGroups(line *exchange.Line) []exchange.Finding {
	var found []exchange.Finding
	years := map[int64]student.Cohort{}
	for _, group := range strings.Fields(line.After["group"]) {
		cohort := r.cohorts[group]
		if other, twice := years[cohort.Year.ID]; twice {
			found = append(found, wrong(line, "group", "stagetrek.group.year", text.Blanks{"first": other.Code, "second": cohort.Code, "year": cohort.Year.Name}))
		}
		years[cohort.Year.ID] = cohort
	}
	cohort, single := r.cohorts[line.After["group"]]
	if level := line.After["level"]; single && level != "" && level != cohort.Level.Code {
		f := wrong(line, "level", "stagetrek.level.cohort", text.Blanks{"cohort": cohort.Code, "expected": cohort.Level.Code})
		f.Severity, f.Found = exchange.Warning, level
		found = append(found, f)
	}
	return found
}

// likenesses are the ways to say who somebody is, by which two rows may be one
// person.
func likenesses(ine, family, given, birth, email string) []string {
	keys := []string{"", "", ""}
	if ine != "" {
		keys[0] = string(student.SameINE) + "|" + ine
	}
	if birth != "" {
		words := strings.Fields(text.Fold(family + " " + given))
		slices.Sort(words)
		keys[1] = string(student.SameName) + "|" + strings.Join(words, " ") + "|" + birth
	}
	if email != "" {
		keys[2] = string(student.SameEmail) + "|" + email
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" })
}

// twins finds other records, and rows above, that may be the same person.
func (r *roster) twins(line *exchange.Line) []exchange.Finding {
	v := line.After
	var found []exchange.Finding
	told := map[int64]bool{}
	for _, key := range likenesses(v["ine"], v["family_name"], v["given_name"], v["birth_date"], v["email"]) {
		why, _, _ := strings.Cut(key, "|")
		for _, s := range r.alike[key] {
			if s.Number == line.Key || told[s.ID] || !r.news(line, key) {
				continue
			}
			told[s.ID] = true
			f := exchange.Finding{
				Line: line.Row.Line, Column: "number", Severity: exchange.Doubt, Key: "stagetrek.twin.there", Found: line.Key,
				Args: text.Blanks{"student": s.Name(), "number": s.Number, "why": text.Key("likeness." + why)},
			}
			if !r.actor.Can(student.RightView, s.Perimeters()...) {
				f.Key, f.Args = "stagetrek.twin.hidden", text.Blanks{"why": text.Key("likeness." + why)}
			}
			found = append(found, f)
		}
	}
	return append(found, r.twinsAbove(line)...)
}

// news reports whether a row says something that was not there before: who is
// alike already is the page of duplicates' to tell, not the import's.
func (r *roster) news(line *exchange.Line, key string) bool {
	b := line.Before
	return b == nil || !slices.Contains(likenesses(b["ine"], b["family_name"], b["given_name"], b["birth_date"], b["email"]), key)
}

// twinsAbove finds a row above of the same name and birth date, or with the same
// address. The same number or INE is found by the layout.
func (r *roster) twinsAbove(line *exchange.Line) []exchange.Finding {
	v := line.After
	var found []exchange.Finding
	for _, key := range likenesses("", v["family_name"], v["given_name"], v["birth_date"], v["email"]) {
		first, met := r.earlier[key]
		if !met {
			r.earlier[key] = line
			continue
		}
		if first.Key == line.Key || (v["ine"] != "" && v["ine"] == first.After["ine"]) || len(found) > 0 {
			continue
		}
		why, _, _ := strings.Cut(key, "|")
		found = append(found, exchange.Finding{
			Line: line.Row.Line, Column: "family_name", Severity: exchange.Doubt, Key: "stagetrek.twin.above", Found: v["family_name"],
			Args: text.Blanks{"first": first.Row.Line, "why": text.Key("likeness." + why)},
		})
	}
	return found
}
