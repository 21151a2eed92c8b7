package site

import (
	"context"
	"fmt"
	"strings"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// The words by which sites, contacts and institutions are found.
var (
	siteWords        = store.WordTable{Name: "site_word", Key: "site_id"}
	contactWords     = store.WordTable{Name: "site_contact_word", Key: "contact_id"}
	institutionWords = store.WordTable{Name: "site_institution_word", Key: "institution_id"}
)

func (s Site) words() []string { return store.WordsOf(s.Code, s.Name, s.Service, s.Address.Town) }

func (c Contact) words() []string { return store.WordsOf(c.Code, c.Name, c.Function, c.Email) }

func (i Institution) words() []string {
	return store.WordsOf(i.Code, i.Name, i.Address.Town, i.FINESS, i.SIRET)
}

const (
	sitesWithWord        = "SELECT w.site_id FROM site_word w WHERE w.word >= $1 AND w.word < $2"
	contactsWithWord     = "SELECT w.contact_id FROM site_contact_word w WHERE w.word >= $1 AND w.word < $2"
	institutionsWithWord = "SELECT w.institution_id FROM site_institution_word w WHERE w.word >= $1 AND w.word < $2"
)

// The filters on what somebody may be in, and on what is still in use.
const (
	ListMain      = "main"
	ListSecondary = "secondary"
	ListInUse     = "in-use"
	ListArchived  = "archived"
)

func inUse(archived string) store.Filter {
	return store.Cases(map[string]store.Condition{ListInUse: store.Where("NOT " + archived), ListArchived: store.Where(archived)})
}

// List is the list of sites, in the order of names, found by their own words and by
// those of their institution. [SeenBy] narrows it, [Complete] adds what stands in
// other tables.
var List = store.List[Site]{
	Select: rows.Select, From: from, ID: "s.id", Default: "name",
	Words: store.Having(HavingWord),
	Columns: []store.Column{
		{Key: "name", Filter: store.WordsIn("s.id", sitesWithWord), Sort: store.ByText("s.sort_key")},
		{Key: "code", Filter: store.Lower("lower(s.code)"), Sort: store.ByText("s.code")},
		{Key: "category", Filter: store.Choice("c.code")},
		{Key: "institution", Filter: store.WordsIn("s.institution_id", institutionsWithWord)},
		{Key: "min", Filter: store.Number("s.min_seats")},
		{Key: "ideal", Filter: store.Number("s.ideal_seats")},
		{Key: "max", Filter: store.Number("s.max_seats")},
		{Key: "closed", Filter: func(asked string, _ *time.Location) store.Condition {
			return store.Where("s.id IN (SELECT l.site_id FROM site_closed_level l WHERE l.level_id = ("+reference.LevelWithCode+"))", asked)
		}},
		{Key: "main", Filter: store.Cases(map[string]store.Condition{ListMain: store.Where("s.main"), ListSecondary: store.Where("NOT s.main")})},
		{Key: "state", Filter: inUse("s.archived")},
	},
	Scan: func(row store.Row) (Site, error) {
		s, err := scanSite(row)
		return s.Site, err
	},
}

// InUse returns the condition that a site of [List] is not archived.
func InUse() store.Condition { return store.Where("NOT s.archived") }

// SeenBy returns the condition that a site of [List] lies where an actor holds a
// right: what [Site.Perimeters] says of one site.
func SeenBy(actor identity.Actor, right identity.Right) store.Condition {
	var where []store.Condition
	for _, p := range actor.Perimeters(right) {
		switch {
		case p == identity.Everything:
			return store.Condition{}
		case p.Kind == identity.KindSite:
			where = append(where, store.Where("s.code = $1", p.Key))
		case p.Kind == identity.KindInstitution && p.Key != "":
			where = append(where, store.Where("i.finess = $1", p.Key))
		case p.Kind == identity.KindFaculty:
			where = append(where, store.Where("s.faculty_id = ("+reference.FacultyWithCode+")", p.Key))
		}
	}
	return store.Or(where...)
}

// Complete names the faculty and the closed levels of some sites, such as those of a
// page of [List].
func Complete(ctx context.Context, tx *store.Tx, sites []Site) error {
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return err
	}
	ids := make([]int64, len(sites))
	for i, s := range sites {
		ids[i] = s.ID
	}
	closed, err := closedLevels(ctx, tx, store.In("s.id", ids))
	if err != nil {
		return err
	}
	faculty := reference.RefsByID(faculties, reference.Faculty.Ref)
	for i := range sites {
		sites[i].Faculty, sites[i].ClosedLevels = faculty[sites[i].Faculty.ID], closed[sites[i].ID]
	}
	return nil
}

// ContactList is the list of contacts, in the order of names.
var ContactList = store.List[Contact]{
	Select: contactRows.Select, From: contactRows.From, ID: contactRows.ID, Scan: contactRows.Scan, Default: "name",
	Words: store.Having(contactsWithWord),
	Columns: []store.Column{
		{Key: "name", Filter: store.WordsIn("x.id", contactsWithWord), Sort: store.ByText("x.sort_key")},
		{Key: "email", Filter: store.Lower("x.email")},
		{Key: "sites", Filter: func(asked string, _ *time.Location) store.Condition {
			where := store.Beginning("lower(o.code)", strings.ToLower(asked))
			where.SQL = "x.id IN (SELECT l.contact_id FROM site_site o JOIN site_contact_site l ON l.site_id = o.id WHERE " + where.SQL + ")"
			return where
		}},
		{Key: "code", Filter: store.Lower("lower(x.code)"), Sort: store.ByText("x.code")},
		{Key: "state", Filter: inUse("x.archived")},
	},
}

// WithFINESS returns the institution with a number, however it is written, or a
// NotFound fault.
func WithFINESS(ctx context.Context, tx *store.Tx, finess string) (Institution, error) {
	found, err := institutionRows.All(ctx, tx, store.Where("x.finess = $1 AND x.finess <> ''", reference.Normalise(finess)))
	if err != nil {
		return Institution{}, fmt.Errorf("read institution: %w", err)
	}
	if len(found) == 0 {
		return Institution{}, reference.Unknown("institution")
	}
	return found[0], nil
}

// SitesOf returns the codes of the sites for which some contacts answer, such as
// those of a page, by contact.
func SitesOf(ctx context.Context, tx *store.Tx, contacts []Contact) (map[int64][]string, error) {
	ids := make([]int64, len(contacts))
	for i, c := range contacts {
		ids[i] = c.ID
	}
	found, err := linksThat(ctx, tx, store.In("l.contact_id", ids))
	codes := make(map[int64][]string, len(contacts))
	for _, l := range found {
		codes[l.Contact.ID] = append(codes[l.Contact.ID], l.Site.Code)
	}
	return codes, err
}

// InstitutionList is the list of institutions, in the order of names.
var InstitutionList = store.List[Institution]{
	Select: institutionRows.Select, From: institutionRows.From, ID: institutionRows.ID, Scan: institutionRows.Scan, Default: "name",
	Words: store.Having(institutionsWithWord),
	Columns: []store.Column{
		{Key: "name", Filter: store.WordsIn("x.id", institutionsWithWord), Sort: store.ByText("x.sort_key")},
		{Key: "code", Filter: store.Lower("lower(x.code)"), Sort: store.ByText("x.code")},
		{Key: "kind", Filter: store.Choice("x.kind")},
		{Key: "finess", Filter: func(asked string, _ *time.Location) store.Condition {
			return store.Beginning("x.finess", reference.Normalise(asked))
		}},
		{Key: "state", Filter: inUse("x.archived")},
	},
}

// CountsAt returns how many sites some institutions have, such as those of a page,
// by institution.
func CountsAt(ctx context.Context, tx *store.Tx, institutions []Institution) (map[int64]int, error) {
	ids := make([]int64, len(institutions))
	for i, x := range institutions {
		ids[i] = x.ID
	}
	type count struct {
		institution int64
		sites       int
	}
	counts := store.List[count]{
		Select: "x.id, (SELECT COUNT(*) FROM site_site o WHERE o.institution_id = x.id)", From: "site_institution x", ID: "x.id",
		Scan: func(row store.Row) (c count, err error) { return c, row.Scan(&c.institution, &c.sites) },
	}
	found, err := counts.All(ctx, tx, store.In("x.id", ids))
	if err != nil {
		return nil, fmt.Errorf("count sites: %w", err)
	}
	of := make(map[int64]int, len(found))
	for _, c := range found {
		of[c.institution] = c.sites
	}
	return of, nil
}
