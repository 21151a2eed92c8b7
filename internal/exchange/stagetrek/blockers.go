package stagetrek

import (
	"context"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// Blockers finds what has been attached to the students that an import added.
func (o students) Blockers(ctx context.Context, tx *store.Tx, changes []exchange.Change) ([]exchange.Finding, error) {
	all, err := student.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	placed, err := placement.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	byStudent := placement.ByStudent(placed)
	enrolled, err := campaignsWith(ctx, tx, enrolledIn(ctx, tx))
	if err != nil {
		return nil, err
	}
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	byNumber := make(map[string]student.Student, len(all))
	for _, s := range all {
		if s.MergedInto == 0 {
			byNumber[s.Number] = s
		}
	}
	others, err := otherAccounts(ctx, tx, changes, byNumber)
	if err != nil {
		return nil, err
	}
	var found []exchange.Finding
	for _, c := range changes {
		s, there := byNumber[c.Key]
		if c.Before != nil || !there {
			continue // nothing is removed, or the mechanism says that it is gone
		}
		args := text.Blanks{"student": s.Name(), "campaign": enrolled[s.ID], "count": len(byStudent[s.ID])}
		leaves, err := student.LeavesOf(ctx, tx, s.ID)
		if err != nil {
			return nil, err
		}
		for _, reason := range []struct {
			holds bool
			key   string
		}{
			{enrolled[s.ID] != "", "stagetrek.blocked.campaign"},
			{len(byStudent[s.ID]) > 0, "stagetrek.blocked.placement"},
			{len(canonical.Same(s.ID)) > 1, "stagetrek.blocked.merge"},
			{len(leaves) > 0, "stagetrek.blocked.leave"},
			{others[s.Person.ID], "stagetrek.blocked.account"},
		} {
			if reason.holds {
				found = append(found, blocked(c, reason.key, args))
			}
		}
	}
	return found, nil
}

// enrolledIn returns who takes part in a campaign.
func enrolledIn(ctx context.Context, tx *store.Tx) func(campaign.Campaign) ([]int64, error) {
	return func(c campaign.Campaign) (ids []int64, err error) {
		roll, err := campaign.Roll(ctx, tx, c)
		for _, e := range roll {
			if !e.EnrolledAt.IsZero() {
				ids = append(ids, e.Student.ID)
			}
		}
		return ids, err
	}
}

// otherAccounts tells, by person, who has an account that this import did not give.
func otherAccounts(ctx context.Context, tx *store.Tx, changes []exchange.Change, byNumber map[string]student.Student) (map[int64]bool, error) {
	accounts, err := identity.Accounts(ctx, tx)
	if err != nil {
		return nil, err
	}
	given := map[int64]string{}
	for _, c := range changes {
		given[byNumber[c.Key].Person.ID] = c.After["login"]
	}
	others := map[int64]bool{}
	for _, a := range accounts {
		others[a.PersonID] = others[a.PersonID] || a.Login != given[a.PersonID]
	}
	return others, nil
}

// Blockers finds what refers to the sites that an import added.
func (o sites) Blockers(ctx context.Context, tx *store.Tx, changes []exchange.Change) ([]exchange.Finding, error) {
	all, err := site.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	placed, err := placement.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	links, err := site.ContactSites(ctx, tx)
	if err != nil {
		return nil, err
	}
	opened, err := campaignsWith(ctx, tx, func(c campaign.Campaign) ([]int64, error) {
		posts, err := campaign.Posts(ctx, tx, c)
		var ids []int64
		for _, p := range posts {
			ids = append(ids, p.Site.ID)
		}
		return ids, err
	})
	if err != nil {
		return nil, err
	}
	used, reached := map[int64]int{}, map[int64]int{}
	for _, p := range placed {
		used[p.Site.ID]++
		used[p.Secondary.ID]++
	}
	for _, l := range links {
		reached[l.Site.ID]++
	}
	var found []exchange.Finding
	for _, c := range changes {
		s := find(all, func(s site.Site) bool { return s.Code == c.Key })
		if c.Before != nil || s.ID == 0 {
			continue
		}
		if opened[s.ID] != "" {
			found = append(found, blocked(c, "stagetrek.blocked.post", text.Blanks{"site": s.Code, "campaign": opened[s.ID]}))
		}
		if n := used[s.ID]; n > 0 {
			found = append(found, blocked(c, "stagetrek.blocked.arrivals", text.Blanks{"site": s.Code, "count": n}))
		}
		if n := reached[s.ID]; n > 0 {
			found = append(found, blocked(c, "stagetrek.blocked.contacts", text.Blanks{"site": s.Code, "count": n}))
		}
	}
	return found, nil
}

// Blockers finds the sites of categories that an import added.
func (o categories) Blockers(ctx context.Context, tx *store.Tx, changes []exchange.Change) ([]exchange.Finding, error) {
	all, err := site.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	sites := map[string]int{}
	for _, s := range all {
		sites[s.Category.Code]++
	}
	var found []exchange.Finding
	for _, c := range changes {
		if n := sites[c.Key]; c.Before == nil && n > 0 {
			found = append(found, blocked(c, "stagetrek.blocked.sites", text.Blanks{"category": c.Key, "count": n}))
		}
	}
	return found, nil
}

// Blockers finds what contacts that an import added do for sites.
func (o contacts) Blockers(ctx context.Context, tx *store.Tx, changes []exchange.Change) ([]exchange.Finding, error) {
	links, err := site.ContactSites(ctx, tx)
	if err != nil {
		return nil, err
	}
	sites := map[string]int{}
	for _, l := range links {
		sites[l.Contact.Code]++
	}
	var found []exchange.Finding
	for _, c := range changes {
		if n := sites[c.Key]; c.Before == nil && n > 0 {
			found = append(found, blocked(c, "stagetrek.blocked.links", text.Blanks{"contact": c.Key, "count": n}))
		}
	}
	return found, nil
}

// Blockers is empty: nothing depends on what a contact does for a site.
func (links) Blockers(context.Context, *store.Tx, []exchange.Change) ([]exchange.Finding, error) {
	return nil, nil
}
