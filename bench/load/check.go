package main

import (
	"context"
	"fmt"
	"log"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
)

// check compares the database with what the clients were told.
func (m *market) check(ctx context.Context, s settings, clients []*client) error {
	db, err := store.Open(ctx, s.database, nil)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.Read(ctx, func(tx *store.Tx) error {
		c, err := campaign.Get(ctx, tx, m.campaign)
		if err != nil {
			return err
		}
		broken, err := ranking.Verify(ctx, tx, c.PublicID)
		if err != nil {
			return err
		}
		lost, kept := 0, 0
		for _, client := range clients {
			versions, err := campaign.HistoryOf(ctx, tx, system, m.campaign, client.record)
			if err != nil {
				return err
			}
			kept += len(versions)
			lost += client.missing(versions)
		}
		log.Printf("kept %d versions; acknowledged and lost: %d; broken chains: %d", kept, lost, len(broken))
		if lost > 0 || len(broken) > 0 {
			return fmt.Errorf("something acknowledged was lost")
		}
		return nil
	})
}

// missing counts what was acknowledged to a client and is not there.
func (c *client) missing(versions []campaign.Version) (n int) {
	for _, a := range c.acknowledged {
		there := slices.ContainsFunc(versions, func(v campaign.Version) bool {
			return v.Number == a.version && slices.EqualFunc(v.Wishes, a.wishes, func(w campaign.Wish, code string) bool { return w.Post == code })
		})
		if !there {
			n++
		}
	}
	return n
}
