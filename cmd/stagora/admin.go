package main

import (
	"crypto/rand"
	"errors"
	"fmt"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// An adminCommand makes the first administrator of a new installation: whoever
// can write the database could do it by hand, this writes it properly.
type adminCommand struct {
	Database   string `help:"Path of an SQLite file, or a PostgreSQL URL." default:"stagora.db" env:"STAGORA_DATABASE"`
	Login      string `arg:"" help:"Login of the new account."`
	GivenName  string `required:"" help:"Given name."`
	FamilyName string `required:"" help:"Family name."`
	Email      string `help:"E-mail address."`
}

// Run adds the person, the account and the role, and prints the password once.
func (c *adminCommand) Run(s streams) error {
	ctx, stop := untilStopped()
	defer stop()
	db, err := openProduction(ctx, c.Database, s.log())
	if err != nil {
		return err
	}
	password := rand.Text()
	hash, err := identity.HashPassword(ctx, password)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	system := identity.System("stagora admin")
	err = db.Write(ctx, func(tx *store.Tx) error {
		p, err := identity.AddPerson(ctx, tx, system.Origin, identity.PersonForm{
			GivenName: c.GivenName, FamilyName: c.FamilyName, Email: c.Email, Lang: string(text.French),
		})
		if err != nil {
			return err
		}
		if _, err := identity.AddAccount(ctx, tx, p.ID, c.Login, hash, false); err != nil {
			return err
		}
		everything := text.In(text.French, "").T("perimeter.everything")
		if err := identity.GrantRole(ctx, tx, p.ID, identity.RoleAdministrator, identity.Everything, everything, tx.Now, tx.Now.AddDate(100, 0, 0)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: system.Who(), Action: "account.created", Args: map[string]any{"person": p.Name(), "login": c.Login},
			Kind: "person", Object: p.PublicID,
		})
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	fmt.Fprintf(s.out, "Login:    %s\nPassword: %s\nIt is shown this once: change it after signing in.\n", c.Login, password)
	return db.Close()
}
