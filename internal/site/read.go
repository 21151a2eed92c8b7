package site

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// from is where sites are read from: s is the site, c its category, i its
// institution if it has one.
const from = "site_site s JOIN site_category c ON c.id = s.category_id LEFT JOIN site_institution i ON i.id = s.institution_id"

// A readSite is a site with what its order needs.
type readSite struct {
	Site
	sortKey string
}

// rows reads sites without the name of the faculty, the closed levels and the
// secondary sites, which [read] adds.
var rows = store.List[readSite]{
	Select: "s.id, s.public_id, s.changed_at, s.changed_by, s.code, s.name, s.service, s.sort_key, s.faculty_id, s.main, s.wishes_allowed, s.outside_subdivision, " +
		"s.min_seats, s.ideal_seats, s.max_seats, s.description, s.link, s.address, s.postal_code, s.town, s.archived, " +
		"c.id, c.public_id, c.code, c.name, i.id, i.public_id, i.code, i.name, i.finess",
	From: from, ID: "s.id", Scan: scanSite,
}

func scanSite(row store.Row) (readSite, error) {
	var s readSite
	var changed store.Time
	var faculty, institution sql.NullInt64
	var publicID, code, name, finess sql.NullString
	err := row.Scan(&s.ID, &s.PublicID, &changed, &s.ChangedBy, &s.Code, &s.Name, &s.Service, &s.sortKey, &faculty, &s.Main, &s.WishesAllowed, &s.OutsideSubdivision,
		&s.MinSeats, &s.IdealSeats, &s.MaxSeats, &s.Description, &s.Link, &s.Address.Lines, &s.Address.PostalCode, &s.Address.Town, &s.Archived,
		&s.Category.ID, &s.Category.PublicID, &s.Category.Code, &s.Category.Name, &institution, &publicID, &code, &name, &finess)
	s.ChangedAt, s.Faculty.ID, s.finess = changed.Time, faculty.Int64, finess.String
	s.Institution = reference.Ref{ID: institution.Int64, PublicID: publicID.String, Code: code.String, Name: name.String}
	return s, err
}

// read returns the sites that fulfil a condition on [from], in the order of names,
// in a number of statements that does not grow with them.
func read(ctx context.Context, tx *store.Tx, where store.Condition) ([]Site, error) {
	found, err := rows.All(ctx, tx, where)
	if err != nil {
		return nil, fmt.Errorf("read sites: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	slices.SortFunc(found, func(a, b readSite) int {
		if c := strings.Compare(a.sortKey, b.sortKey); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return nil, err
	}
	closed, err := closedLevels(ctx, tx, where)
	if err != nil {
		return nil, err
	}
	secondaries, err := secondariesOf(ctx, tx, where)
	if err != nil {
		return nil, err
	}
	faculty := reference.RefsByID(faculties, reference.Faculty.Ref)
	sites := make([]Site, len(found))
	for i, s := range found {
		sites[i] = s.Site
		sites[i].Faculty = faculty[s.Faculty.ID]
		sites[i].ClosedLevels, sites[i].Secondaries = closed[s.ID], secondaries[s.ID]
	}
	return sites, nil
}

// those returns the condition that a key is one of the sites that fulfil another.
func those(key string, where store.Condition) store.Condition {
	if where.SQL != "" {
		where.SQL = key + " IN (SELECT s.id FROM " + from + " WHERE " + where.SQL + ")"
	}
	return where
}

// closedLevels returns the levels that sites do not take, by site, in the order of
// codes.
func closedLevels(ctx context.Context, tx *store.Tx, where store.Condition) (map[int64][]reference.Ref, error) {
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return nil, err
	}
	level, of := reference.RefsByID(levels, reference.Level.Ref), map[int64][]reference.Ref{}
	pairs := store.List[[2]int64]{
		Select: "l.site_id, l.level_id", From: "site_closed_level l", ID: "l.site_id",
		Scan: func(row store.Row) (p [2]int64, err error) { return p, row.Scan(&p[0], &p[1]) },
	}
	found, err := pairs.All(ctx, tx, those("l.site_id", where))
	if err != nil {
		return nil, fmt.Errorf("read closed levels: %w", err)
	}
	for _, p := range found {
		of[p[0]] = append(of[p[0]], level[p[1]])
	}
	for _, closed := range of {
		sortRefs(closed)
	}
	return of, nil
}

// secondariesOf returns the secondary sites of main ones, by the main one, in the
// order of codes.
func secondariesOf(ctx context.Context, tx *store.Tx, where store.Condition) (map[int64][]reference.Ref, error) {
	type pair struct {
		main      int64
		secondary reference.Ref
	}
	pairs := store.List[pair]{
		Select: "p.main_id, o.id, o.public_id, o.code, o.name",
		From:   "site_secondary p JOIN site_site o ON o.id = p.secondary_id", ID: "p.main_id",
		Scan: func(row store.Row) (p pair, err error) {
			return p, row.Scan(&p.main, &p.secondary.ID, &p.secondary.PublicID, &p.secondary.Code, &p.secondary.Name)
		},
	}
	found, err := pairs.All(ctx, tx, those("p.main_id", where))
	if err != nil {
		return nil, fmt.Errorf("read secondary sites: %w", err)
	}
	of := map[int64][]reference.Ref{}
	for _, p := range found {
		of[p.main] = append(of[p.main], p.secondary)
	}
	for _, secondaries := range of {
		sortRefs(secondaries)
	}
	return of, nil
}

// one returns the site that fulfils a condition, or a NotFound fault.
func one(ctx context.Context, tx *store.Tx, where store.Condition) (Site, error) {
	found, err := read(ctx, tx, where)
	if err == nil && len(found) == 0 {
		err = reference.Unknown("site")
	}
	if err != nil {
		return Site{}, err
	}
	return found[0], nil
}

func byPublicID(ctx context.Context, tx *store.Tx, publicID string) (Site, error) {
	return one(ctx, tx, store.Where("s.public_id = $1", publicID))
}

// ByCodes returns the sites with some codes, by code in lower case: case does not
// count.
func ByCodes(ctx context.Context, tx *store.Tx, codes []string) (map[string]Site, error) {
	return byCodes(codes, "s.code", Site.Ref, func(where store.Condition) ([]Site, error) { return read(ctx, tx, where) })
}

// byCodes reads what has some codes, a few hundred at a time.
func byCodes[T any](codes []string, column string, as func(T) reference.Ref, read func(store.Condition) ([]T, error)) (map[string]T, error) {
	found := make(map[string]T, len(codes))
	for some := range slices.Chunk(codes, 500) {
		those, err := read(hasCode(column, some...))
		if err != nil {
			return nil, err
		}
		for _, x := range those {
			found[strings.ToLower(as(x).Code)] = x
		}
	}
	return found, nil
}

// hasCode returns the condition that a column has one of these codes. Case does
// not count, but SQLite knows that of the letters from A to Z alone.
func hasCode(column string, codes ...string) store.Condition {
	lower := make([]string, len(codes))
	for i, code := range codes {
		lower[i] = strings.ToLower(code)
	}
	return store.Or(store.In(column, codes), store.In("lower("+column+")", lower))
}

// refsIn is the list of what names the rows of a table that have a code and a name.
func refsIn(table string) *store.List[reference.Ref] {
	return &store.List[reference.Ref]{
		Select: "x.id, x.public_id, x.code, x.name", From: table + " x", ID: "x.id",
		Columns: []store.Column{{Key: "code", Sort: store.ByText("x.code")}}, Default: "code",
		Scan: func(row store.Row) (r reference.Ref, err error) {
			return r, row.Scan(&r.ID, &r.PublicID, &r.Code, &r.Name)
		},
	}
}

var (
	siteRefs        = refsIn("site_site")
	institutionRefs = refsIn("site_institution")
	contactRefs     = refsIn("site_contact")
)

// meant returns the rows, called x in a list, that some Refs may name by key or by
// code.
func meant[T any](ctx context.Context, tx *store.Tx, among *store.List[T], refs ...reference.Ref) ([]T, error) {
	var ids []int64
	var codes []string
	for _, r := range refs {
		if r.ID != 0 {
			ids = append(ids, r.ID)
		} else if code := strings.TrimSpace(r.Code); code != "" {
			codes = append(codes, code)
		}
	}
	if len(ids)+len(codes) == 0 {
		return nil, nil
	}
	found, err := among.All(ctx, tx, store.Or(store.In("x.id", ids), hasCode("x.code", codes...)))
	if err != nil {
		return nil, fmt.Errorf("read what is named: %w", err)
	}
	return found, nil
}

// holders returns the rows in which a column has a value that only one may have.
func holders(ctx context.Context, tx *store.Tx, among *store.List[reference.Ref], where store.Condition) ([]reference.Ref, error) {
	found, err := among.All(ctx, tx, where)
	if err != nil {
		return nil, fmt.Errorf("read who has a value: %w", err)
	}
	return found, nil
}

// itself takes a Ref as what it names.
func itself(r reference.Ref) reference.Ref { return r }

// CountAt returns how many sites an institution has.
func CountAt(ctx context.Context, tx *store.Tx, institutionID int64) (int, error) {
	n, _, err := siteRefs.Count(ctx, tx, store.Where("x.institution_id = $1", institutionID), store.Ask{})
	return n, err
}

// SecondaryRefs returns what names the secondary sites in use, the first by their
// codes, at most so many.
func SecondaryRefs(ctx context.Context, tx *store.Tx, most int) ([]reference.Ref, error) {
	return firstRefs(ctx, tx, siteRefs, "NOT x.main AND NOT x.archived", most)
}

// ContactRefs returns what names the contacts in use, the first by their codes, at
// most so many.
func ContactRefs(ctx context.Context, tx *store.Tx, most int) ([]reference.Ref, error) {
	return firstRefs(ctx, tx, contactRefs, "NOT x.archived", most)
}

func firstRefs(ctx context.Context, tx *store.Tx, among *store.List[reference.Ref], where string, most int) ([]reference.Ref, error) {
	found, err := among.First(ctx, tx, store.Where(where), most)
	if err != nil {
		return nil, fmt.Errorf("read what may be chosen: %w", err)
	}
	return found, nil
}

// CountByCategory returns how many sites each category has, by its code.
func CountByCategory(ctx context.Context, tx *store.Tx) (map[string]int, error) {
	categories, err := Categories(ctx, tx)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(categories))
	for i, c := range categories {
		ids[i] = c.ID
	}
	byID, err := store.CountBy(ctx, tx, "site_site", "category_id", ids)
	count := make(map[string]int, len(categories))
	for _, c := range categories {
		count[c.Code] = byID[c.ID]
	}
	return count, err
}
