package stagetrek

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// students brings people in training in: the person, the record, the membership of
// a cohort, and a login if the file has one.
type students struct{ actor identity.Actor }

// Layout says which columns such a file has.
func (o students) Layout(ctx context.Context, tx *store.Tx) (exchange.Layout, error) {
	cohorts, err := student.Cohorts(ctx, tx, o.actor)
	if err != nil {
		return exchange.Layout{}, err
	}
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	now := tx.Now
	return exchange.Layout{
		Key: "number", Unique: []string{"ine", "login"},
		Columns: []exchange.Column{
			column("student", "number", exchange.Column{Kind: exchange.Code, Need: exchange.Mandatory, Check: checkNumber}),
			column("student", "family_name", exchange.Column{Need: exchange.Mandatory, Max: maxName, Spellings: []string{"Nom de famille", "Nom d'usage"}}),
			column("student", "given_name", exchange.Column{Need: exchange.Mandatory, Max: maxName}),
			column("student", "email", exchange.Column{Kind: exchange.Email, Need: exchange.Advised, Spellings: []string{"E-mail", "Courriel", "Adresse électronique", "Adresse mail"}}),
			column("student", "birth_date", exchange.Column{Kind: exchange.Date, Spellings: []string{"Né le", "Date naissance", "Date de naissance (JJ/MM/AAAA)"}, Check: func(v string) (string, *exchange.Finding) {
				return checkBirth(v, now)
			}}),
			column("student", "group", exchange.Column{Kind: exchange.Code, Unknown: "stagetrek.group.unknown", Spellings: []string{"Groupe (code)", "Promotion"},
				Known: codes(cohorts, student.Cohort.Ref, func(c student.Cohort) bool { return !c.Archived })}),
			column("student", "level", exchange.Column{Kind: exchange.Code, Unknown: "exchange.unknown.level", Spellings: []string{"Niveau d'études"},
				Known: codes(levels, reference.Level.Ref, func(l reference.Level) bool { return !l.Archived })}),
			column("student", "ine", exchange.Column{Kind: exchange.Code, Spellings: []string{"N° INE", "Numéro INE"}, Check: checkINE}),
			column("student", "faculty", exchange.Column{Kind: exchange.Code, Unknown: "stagetrek.faculty.unknown", Spellings: []string{"Faculté", "Composante"},
				Known: codes(faculties, reference.Faculty.Ref, func(f reference.Faculty) bool { return !f.Archived })}),
			column("student", "login", exchange.Column{Kind: exchange.Code, Spellings: []string{"Identifiant", "Login", "Compte"}, Check: func(v string) (string, *exchange.Finding) {
				return checked(v, func(form *fault.Form, v *string) { *v = identity.CheckLogin(form, *v) })
			}}),
		},
	}, nil
}

func checkNumber(value string) (string, *exchange.Finding) {
	return checkCode(reference.Normalise(value))
}

// checkBirth refuses the birth date of a child: a slip of the hand, mostly the
// day of the file.
func checkBirth(value string, now time.Time) (string, *exchange.Finding) {
	if d := reference.Date(value); student.TooYoung(d, now) {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "reference.birth-date.young", Args: text.Blanks{"found": d.Day(), "age": student.MinAge}}
	}
	return value, nil
}

// checkINE takes a number that is of one kind at least.
func checkINE(value string) (string, *exchange.Finding) {
	kinds := reference.PossibleINEKinds(value)
	if len(kinds) == 0 {
		key := "stagetrek.ine.form"
		for _, kind := range reference.INEKinds {
			if c := reference.CheckINE(kind, value); c.Key == "identifier.ine.key" {
				key = c.Key
			}
		}
		return "", &exchange.Finding{Severity: exchange.Error, Key: key}
	}
	checked := reference.CheckINE(kinds[0], value)
	if checked.Verdict == reference.Warning {
		return checked.Value, &exchange.Finding{Severity: exchange.Warning, Key: checked.Key}
	}
	return checked.Value, nil
}

// Existing returns what stands there now, by key.
func (o students) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]exchange.Values, error) {
	stands, err := student.ByNumbers(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	people := make([]int64, 0, len(stands))
	for _, s := range stands {
		people = append(people, s.Person.ID)
	}
	accounts, err := identity.AccountsOfPeople(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	found := make(map[string]exchange.Values, len(stands))
	for number, s := range stands {
		login := ""
		if of := accounts[s.Person.ID]; len(of) > 0 {
			login = of[0].Login
		}
		found[number] = exchange.Values{
			"number": s.Number, "family_name": s.Person.FamilyName, "given_name": s.Person.GivenName, "email": s.Person.Email,
			"birth_date": string(s.BirthDate), "group": groupsOf(s), "level": s.Level.Code, "faculty": s.Faculty.Code,
			"ine": s.INE, "login": login,
		}
	}
	return found, nil
}

// groupsOf writes the codes of a student's cohorts as a column keeps them: one
// after the other.
func groupsOf(s student.Student) string {
	var groups []string
	for _, m := range s.Cohorts {
		groups = append(groups, m.Cohort.Code)
	}
	slices.Sort(groups)
	return strings.Join(groups, " ")
}

// Write adds, changes or removes some students.
func (o students) Write(ctx context.Context, tx *store.Tx, _ audit.Who, changes []exchange.Change) error {
	var known []string
	for _, c := range changes {
		if c.Before != nil {
			known = append(known, c.Key)
		}
	}
	stands, err := student.ByNumbers(ctx, tx, known)
	if err != nil {
		return err
	}
	var put []student.Enrolment
	var drop []student.Student
	var putLines, dropLines []int
	for _, c := range changes {
		s, there := stands[c.Key]
		switch {
		case c.Before != nil && !there:
			return &exchange.RowError{Line: c.Line, Err: reference.Unknown("student")}
		case c.After == nil:
			drop, dropLines = append(drop, s), append(dropLines, c.Line)
		default:
			put, putLines = append(put, enrolment(s, c)), append(putLines, c.Line)
		}
	}
	if len(drop) > 0 {
		if err := ofLine(student.DropAll(ctx, tx, o.actor, drop), dropLines); err != nil {
			return err
		}
	}
	if len(put) == 0 {
		return nil
	}
	_, err = student.PutAll(ctx, tx, o.actor, put)
	return ofLine(err, putLines)
}

// ofLine says which line an error is about.
func ofLine(err error, lines []int) error {
	if item, is := errors.AsType[*fault.Item](err); is {
		return &exchange.RowError{Line: lines[item.Index], Err: item.Err}
	}
	return err
}

// enrolment is what a row makes of a student.
func enrolment(s student.Student, c exchange.Change) student.Enrolment {
	v := c.After
	s.Stamp = reference.Stamp{PublicID: s.PublicID} // whatever stands there: the row was compared with it
	e := student.Enrolment{Student: fromRow(s, v), In: strings.Fields(v["group"])}
	if c.Before == nil {
		e.Active, e.Login = true, v["login"]
	}
	return e
}

// fromRow fills a record with the cells of a row.
func fromRow(s student.Student, v exchange.Values) student.Student {
	s.Number, s.Person.FamilyName, s.Person.GivenName, s.Person.Email = v["number"], v["family_name"], v["given_name"], v["email"]
	s.BirthDate, s.Level, s.Faculty = reference.Date(v["birth_date"]), reference.Ref{Code: v["level"]}, reference.Ref{Code: v["faculty"]}
	if s.INE != v["ine"] {
		s.INE, s.INEKind = v["ine"], ""
		if kinds := reference.PossibleINEKinds(s.INE); s.INE != "" && len(kinds) > 0 {
			s.INEKind = kinds[0]
		}
	}
	return s
}
