package stagetrek

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
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
				return strings.ToLower(v), nil
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
	const least = 14
	if d := reference.Date(value); d.Noon().After(now.AddDate(-least, 0, 0)) {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "reference.birth-date.young", Args: text.Blanks{"found": d.Day(), "age": least}}
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
	all, err := student.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	logins, err := loginsOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s student.Student) bool { return s.MergedInto != 0 || s.Number == "" })
	return wanted(all, keys, func(s student.Student) string { return s.Number }, func(s student.Student) exchange.Values {
		return exchange.Values{
			"number": s.Number, "family_name": s.Person.FamilyName, "given_name": s.Person.GivenName, "email": s.Person.Email,
			"birth_date": string(s.BirthDate), "group": groupsOf(s), "level": s.Level.Code, "faculty": s.Faculty.Code,
			"ine": s.INE, "login": logins[s.Person.ID],
		}
	}), nil
}

// loginsOf returns the first login of each person.
func loginsOf(ctx context.Context, tx *store.Tx) (map[int64]string, error) {
	accounts, err := identity.Accounts(ctx, tx)
	first := map[int64]string{}
	for _, a := range accounts {
		first[a.PersonID] = cmp.Or(first[a.PersonID], a.Login)
	}
	return first, err
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

// Write adds, changes or removes one student.
func (o students) Write(ctx context.Context, tx *store.Tx, _ audit.Who, c exchange.Change) error {
	var s student.Student
	if c.Before != nil {
		var err error
		if s, err = student.ByNumber(ctx, tx, c.Key); err != nil {
			return err
		}
	}
	if c.After == nil {
		return student.Drop(ctx, tx, o.actor, s.PublicID)
	}
	v := c.After
	s.Number, s.Person.FamilyName, s.Person.GivenName, s.Person.Email = v["number"], v["family_name"], v["given_name"], v["email"]
	s.BirthDate, s.Level, s.Faculty = reference.Date(v["birth_date"]), reference.Ref{Code: v["level"]}, reference.Ref{Code: v["faculty"]}
	if s.INE != v["ine"] {
		s.INE, s.INEKind = v["ine"], ""
		if kinds := reference.PossibleINEKinds(s.INE); s.INE != "" && len(kinds) > 0 {
			s.INEKind = kinds[0]
		}
	}
	if c.Before == nil {
		s.Active = true
	}
	s, err := student.Put(ctx, tx, o.actor, s)
	if err != nil {
		return err
	}
	if err := o.move(ctx, tx, s, strings.Fields(v["group"])); err != nil {
		return err
	}
	if c.Before == nil && v["login"] != "" {
		return openAccount(ctx, tx, s, v["login"])
	}
	return nil
}

// move makes a student a member of these cohorts, and of no other.
func (o students) move(ctx context.Context, tx *store.Tx, s student.Student, groups []string) error {
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	for _, m := range s.Cohorts {
		if !slices.Contains(groups, m.Cohort.Code) {
			if err := student.DropMember(ctx, tx, o.actor, m.Cohort.PublicID, s.PublicID); err != nil {
				return err
			}
		}
	}
	for _, group := range groups {
		cohort := find(cohorts, func(c student.Cohort) bool { return c.Code == group })
		if err := student.PutMember(ctx, tx, o.actor, cohort.PublicID, s.PublicID); err != nil {
			return err
		}
	}
	return nil
}

// openAccount lets a student sign in by other means than a password, until one
// is given.
func openAccount(ctx context.Context, tx *store.Tx, s student.Student, login string) error {
	if _, err := identity.AddAccount(ctx, tx, s.Person.ID, login, identity.PasswordHash{}, false); err != nil {
		return err
	}
	return identity.GrantRole(ctx, tx, s.Person.ID, identity.RoleStudent, identity.Self(s.Person.PublicID), s.Name(), tx.Now, time.Time{})
}
