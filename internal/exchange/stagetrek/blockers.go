package stagetrek

import (
	"context"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// added returns the keys of what an import added.
func added(changes []exchange.Change) []string {
	var keys []string
	for _, c := range changes {
		if c.Before == nil {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// Blockers finds what has been attached to the students that an import added.
func (o students) Blockers(ctx context.Context, tx *store.Tx, changes []exchange.Change) ([]exchange.Finding, error) {
	stands, err := student.ByNumbers(ctx, tx, added(changes))
	if err != nil {
		return nil, err
	}
	ids, people := make([]int64, 0, len(stands)), make([]int64, 0, len(stands))
	for _, s := range stands {
		ids, people = append(ids, s.ID), append(people, s.Person.ID)
	}
	enrolled, err := campaign.WithStudents(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	placed, err := placement.CountOfStudents(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	leaves, err := student.CountLeaves(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	replaced := map[int64]bool{}
	for merged := range canonical {
		replaced[canonical.Of(merged)] = true
	}
	accounts, err := identity.AccountsOfPeople(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	var found []exchange.Finding
	for _, c := range changes {
		s, there := stands[c.Key]
		if c.Before != nil || !there {
			continue // nothing is removed, or the mechanism says that it is gone
		}
		args := text.Blanks{"student": s.Name(), "campaign": enrolled[s.ID], "count": placed[s.ID]}
		for _, reason := range []struct {
			holds bool
			key   string
		}{
			{enrolled[s.ID] != "", "stagetrek.blocked.campaign"},
			{placed[s.ID] > 0, "stagetrek.blocked.placement"},
			{replaced[s.ID], "stagetrek.blocked.merge"},
			{leaves[s.ID] > 0, "stagetrek.blocked.leave"},
			{hasOther(accounts[s.Person.ID], c.After["login"]), "stagetrek.blocked.account"},
		} {
			if reason.holds {
				found = append(found, blocked(c, reason.key, args))
			}
		}
	}
	return found, nil
}

// hasOther reports whether there is an account that an import did not give.
func hasOther(accounts []identity.Account, given string) bool {
	for _, a := range accounts {
		if a.Login != given {
			return true
		}
	}
	return false
}

// Blockers finds what refers to the sites that an import added.
func (o sites) Blockers(ctx context.Context, tx *store.Tx, changes []exchange.Change) ([]exchange.Finding, error) {
	stands, err := site.ByCodes(ctx, tx, added(changes))
	if err != nil {
		return nil, err
	}
	ids, codes := make([]int64, 0, len(stands)), make([]string, 0, len(stands))
	for _, s := range stands {
		ids, codes = append(ids, s.ID), append(codes, s.Code)
	}
	opened, err := campaign.WithSites(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	used, err := placement.CountAtSites(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	links, err := site.LinksBySites(ctx, tx, codes)
	if err != nil {
		return nil, err
	}
	reached := map[int64]int{}
	for _, l := range links {
		reached[l.Site.ID]++
	}
	var found []exchange.Finding
	for _, c := range changes {
		s, there := stands[strings.ToLower(c.Key)]
		if c.Before != nil || !there {
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
	sites, err := site.CountByCategory(ctx, tx)
	if err != nil {
		return nil, err
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
	links, err := site.LinksByContacts(ctx, tx, added(changes))
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
