/*
Package site keeps the places where students learn: institutions, their sites,
the categories by which curricula count them, and the contacts who answer for
them.

They change on the path of [reference.RecordType]: the right, the rules, the
write and the line in the log, in one transaction.

What is not here: the seats that a campaign opens at a site, and who is placed
there. Their owners refer to what is kept here.
*/
package site

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Site is where one works and learns: a service of an institution, as a rule.
type Site struct {
	reference.Stamp
	Code        string
	Name        string
	Service     string
	Category    reference.Ref
	Institution reference.Ref // may be none
	Faculty     reference.Ref // who looks after it; may be none
	Main        bool
	Secondaries []reference.Ref // of a main site: where its students may also go part of the time

	WishesAllowed      bool
	OutsideSubdivision bool
	ClosedLevels       []reference.Ref // levels whose students it does not take

	// How many students it takes in general; how many a campaign opens is the
	// campaign's to say.
	MinSeats, IdealSeats, MaxSeats int

	Description string
	Link        string
	Address     reference.Address
	Archived    bool // takes no students any more

	finess string // of the institution
}

// Ref names the site.
func (s Site) Ref() reference.Ref {
	return reference.Ref{ID: s.ID, PublicID: s.PublicID, Code: s.Code, Name: s.Name}
}

// Search returns what a search compares with: code, name, service and
// institution, in the words of [text.Words].
func (s Site) Search() string {
	return strings.Join(text.Words(s.Code+" "+s.Name+" "+s.Service+" "+s.Institution.Code+" "+s.Institution.Name), " ")
}

// Perimeters returns where the site lies.
func (s Site) Perimeters() []identity.Perimeter {
	in := []identity.Perimeter{Perimeter(s.Code)}
	if s.finess != "" {
		in = append(in, InstitutionPerimeter(s.finess))
	}
	if s.Faculty.Code != "" {
		in = append(in, identity.Faculty(s.Faculty.Code))
	}
	return in
}

// At returns the site as it would be in an institution.
func (s Site) At(i Institution) Site {
	s.Institution, s.finess = i.Ref(), i.FINESS
	return s
}

// Takes reports whether students of a level may go there.
func (s Site) Takes(levelID int64) bool {
	return !slices.ContainsFunc(s.ClosedLevels, func(l reference.Ref) bool { return l.ID == levelID })
}

// For returns a site that the actor may see, or a NotFound fault.
func For(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) (Site, error) {
	site, err := byPublicID(ctx, tx, publicID)
	if err == nil && !actor.Can(RightView, site.Perimeters()...) {
		return Site{}, reference.Unknown("site")
	}
	return site, err
}

// All returns all sites, in the order of names, for a caller that has its
// own right to ask.
func All(ctx context.Context, tx *store.Tx) ([]Site, error) {
	return read(ctx, tx, store.Condition{})
}

// ByID returns a site by the internal key, or a NotFound fault, for a caller
// that has its own right to ask.
func ByID(ctx context.Context, tx *store.Tx, id int64) (Site, error) {
	return one(ctx, tx, store.Where("s.id = $1", id))
}

// Where returns the sites s that fulfil a condition, in the order of names, for a
// caller that has its own right to ask.
func Where(ctx context.Context, tx *store.Tx, those store.Condition) ([]Site, error) {
	return read(ctx, tx, those)
}

// Save adds a site, or changes the one with its public id.
func Save(ctx context.Context, db *store.DB, actor identity.Actor, s Site) (Site, error) {
	return siteType.Save(ctx, db, actor, s)
}

// Put is [Save] in a transaction of the caller.
func Put(ctx context.Context, tx *store.Tx, actor identity.Actor, s Site) (Site, error) {
	return siteType.Put(ctx, tx, actor, s)
}

// PutOver is [Put] for who has just read what s changes, in the same transaction.
func PutOver(ctx context.Context, tx *store.Tx, actor identity.Actor, before, s Site) (Site, error) {
	return siteType.PutOver(ctx, tx, actor, before, s)
}

// Remove removes a site that nothing refers to.
func Remove(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return siteType.Remove(ctx, db, actor, publicID)
}

// Drop is [Remove] in a transaction of the caller.
func Drop(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	return siteType.Drop(ctx, tx, actor, publicID)
}

var siteType = reference.RecordType[Site]{
	Name: "site", Right: RightEdit, Find: byPublicID,
	Stamp:      func(s *Site) *reference.Stamp { return &s.Stamp },
	Label:      func(s Site) string { return s.Code },
	Perimeters: Site.Perimeters,
	Check:      checkSite,
	Add:        addSite,
	Change:     changeSite,
	Delete:     func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveSite(ctx, id) },
}

// maxSeats is far above any site; a number above it is a slip of the hand.
const maxSeats = 500

const maxDescription = 10_000

func checkSite(ctx context.Context, tx *store.Tx, s *Site, form *fault.Form) error {
	reference.RequiredCode(form, &s.Code)
	reference.RequiredText(form, "name", &s.Name)
	reference.OptionalText(form, "service", &s.Service)
	reference.OptionalText(form, "link", &s.Link)
	if u, err := url.Parse(s.Link); s.Link != "" && (err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "") {
		form.Wrong("link", "reference.link", "found", s.Link)
	}
	s.Description = reference.CleanLines(s.Description)
	if len([]rune(s.Description)) > maxDescription {
		form.Wrong("description", "form.long", "max", maxDescription)
	}
	checkAddress(form, &s.Address)
	checkSeats(s, form)
	taken, err := holders(ctx, tx, siteRefs, hasCode("x.code", s.Code))
	if err != nil {
		return err
	}
	reference.CheckTaken(form, "code", s.Code, s.ID, taken)
	if err := resolveSite(ctx, tx, s, form); err != nil {
		return err
	}
	return checkSecondaries(ctx, tx, s, form)
}

func checkSeats(s *Site, form *fault.Form) {
	fields := []struct {
		name  string
		seats int
	}{{"min_seats", s.MinSeats}, {"ideal_seats", s.IdealSeats}, {"max_seats", s.MaxSeats}}
	inRange := true
	for _, f := range fields {
		if f.seats < 0 || f.seats > maxSeats {
			form.Wrong(f.name, "form.range", "found", f.seats, "min", 0, "max", maxSeats)
			inRange = false
		}
	}
	if !inRange {
		return
	}
	if s.IdealSeats < s.MinSeats {
		form.Wrong("ideal_seats", "reference.seats.ideal", "ideal", s.IdealSeats, "min", s.MinSeats)
	}
	if s.MaxSeats < s.IdealSeats {
		form.Wrong("max_seats", "reference.seats.max", "max", s.MaxSeats, "ideal", s.IdealSeats)
	}
}

func resolveSite(ctx context.Context, tx *store.Tx, s *Site, form *fault.Form) error {
	categories, err := Categories(ctx, tx)
	if err != nil {
		return err
	}
	institutions, err := meant(ctx, tx, &institutionRows, s.Institution)
	if err != nil {
		return err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return err
	}
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return err
	}
	reference.RequiredRef(form, "category", &s.Category, categories, Category.Ref)
	reference.OptionalRef(form, "institution", &s.Institution, institutions, Institution.Ref)
	reference.OptionalRef(form, "faculty", &s.Faculty, faculties, reference.Faculty.Ref)
	s.finess = finessOf(institutions, s.Institution.ID)
	s.ClosedLevels = slices.Clone(s.ClosedLevels)
	for i := range s.ClosedLevels {
		reference.RequiredRef(form, "closed_levels", &s.ClosedLevels[i], levels, reference.Level.Ref)
	}
	s.ClosedLevels = uniqueRefs(s.ClosedLevels)
	return nil
}

func checkSecondaries(ctx context.Context, tx *store.Tx, s *Site, form *fault.Form) error {
	if !s.Main && len(s.Secondaries) > 0 {
		form.Wrong("secondaries", "reference.secondary.of-secondary", "site", s.Code)
		return nil
	}
	found, err := meant(ctx, tx, siteRefs, s.Secondaries...)
	if err != nil {
		return err
	}
	var secondary []reference.Ref
	if len(found) > 0 {
		ids := make([]int64, len(found))
		for i, r := range found {
			ids[i] = r.ID
		}
		if secondary, err = holders(ctx, tx, siteRefs, store.And(store.In("x.id", ids), store.Where("NOT x.main AND x.id <> $1", s.ID))); err != nil {
			return err
		}
	}
	s.Secondaries = slices.Clone(s.Secondaries)
	for i := range s.Secondaries {
		reference.RequiredRef(form, "secondaries", &s.Secondaries[i], secondary, itself)
	}
	s.Secondaries = uniqueRefs(s.Secondaries)
	if !s.Main || s.ID == 0 {
		return nil
	}
	mains, err := holders(ctx, tx, siteRefs, store.Where("x.id IN (SELECT p.main_id FROM site_secondary p WHERE p.secondary_id = $1)", s.ID))
	if len(mains) > 0 {
		form.Wrong("main", "reference.secondary.used", "site", mains[0].Code)
	}
	return err
}

func addSite(ctx context.Context, tx *store.Tx, s Site) (int64, error) {
	q := queries.New(tx)
	id, err := q.AddSite(ctx, queries.AddSiteParams{
		PublicID: s.PublicID, Code: s.Code, Name: s.Name, Service: s.Service, SortKey: text.SortKey(s.Name),
		CategoryID: s.Category.ID, InstitutionID: reference.KeyOrNull(s.Institution.ID), FacultyID: reference.KeyOrNull(s.Faculty.ID),
		Main: s.Main, WishesAllowed: s.WishesAllowed, OutsideSubdivision: s.OutsideSubdivision,
		MinSeats: int64(s.MinSeats), IdealSeats: int64(s.IdealSeats), MaxSeats: int64(s.MaxSeats),
		Description: s.Description, Link: s.Link,
		Address: s.Address.Lines, PostalCode: s.Address.PostalCode, Town: s.Address.Town,
		Archived: s.Archived, ChangedAt: store.At(s.ChangedAt), ChangedBy: s.ChangedBy,
	})
	if err != nil {
		return 0, err
	}
	s.ID = id
	if err := siteWords.Change(ctx, tx, id, nil, s.words()); err != nil {
		return 0, err
	}
	return id, addAroundSite(ctx, q, s)
}

func changeSite(ctx context.Context, tx *store.Tx, before, s Site) error {
	q := queries.New(tx)
	err := q.ChangeSite(ctx, queries.ChangeSiteParams{
		ID: s.ID, Code: s.Code, Name: s.Name, Service: s.Service, SortKey: text.SortKey(s.Name),
		CategoryID: s.Category.ID, InstitutionID: reference.KeyOrNull(s.Institution.ID), FacultyID: reference.KeyOrNull(s.Faculty.ID),
		Main: s.Main, WishesAllowed: s.WishesAllowed, OutsideSubdivision: s.OutsideSubdivision,
		MinSeats: int64(s.MinSeats), IdealSeats: int64(s.IdealSeats), MaxSeats: int64(s.MaxSeats),
		Description: s.Description, Link: s.Link,
		Address: s.Address.Lines, PostalCode: s.Address.PostalCode, Town: s.Address.Town,
		Archived: s.Archived, ChangedAt: store.At(s.ChangedAt), ChangedBy: s.ChangedBy,
	})
	if err != nil {
		return err
	}
	if err := siteWords.Change(ctx, tx, s.ID, before.words(), s.words()); err != nil {
		return err
	}
	if slices.Equal(before.ClosedLevels, s.ClosedLevels) && slices.Equal(before.Secondaries, s.Secondaries) {
		return nil
	}
	if err := q.ClearSiteLevels(ctx, s.ID); err != nil {
		return err
	}
	if err := q.ClearSecondaries(ctx, s.ID); err != nil {
		return err
	}
	return addAroundSite(ctx, q, s)
}

func addAroundSite(ctx context.Context, q *queries.Queries, s Site) error {
	for _, level := range s.ClosedLevels {
		if err := q.AddSiteLevel(ctx, queries.AddSiteLevelParams{SiteID: s.ID, LevelID: level.ID}); err != nil {
			return err
		}
	}
	for _, secondary := range s.Secondaries {
		if err := q.AddSecondary(ctx, queries.AddSecondaryParams{MainID: s.ID, SecondaryID: secondary.ID}); err != nil {
			return err
		}
	}
	return nil
}

// finessOf returns the number of an institution.
func finessOf(institutions []Institution, id int64) string {
	for _, i := range institutions {
		if i.ID == id {
			return i.FINESS
		}
	}
	return ""
}

func sortRefs(refs []reference.Ref) {
	slices.SortFunc(refs, func(a, b reference.Ref) int { return strings.Compare(a.Code, b.Code) })
}

// uniqueRefs returns each once, in the order of codes; nil for none.
func uniqueRefs(refs []reference.Ref) []reference.Ref {
	if len(refs) == 0 {
		return nil
	}
	sortRefs(refs)
	return slices.Compact(refs)
}

// Perimeter is the perimeter of what belongs to a site.
func Perimeter(code string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindSite, Key: code}
}

// InstitutionPerimeter is the perimeter of what belongs to an institution.
func InstitutionPerimeter(finess string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindInstitution, Key: finess}
}
