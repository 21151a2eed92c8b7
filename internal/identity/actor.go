package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// An Actor is somebody about to do something: a person with the rights that are
// theirs at this moment, or Stagora itself. The zero Actor is nobody, and may do
// nothing.
type Actor struct {
	ID       int64 // 0: nobody, or Stagora itself
	PublicID string
	Name     string
	Lang     string
	Origin   string // where they act from: a network address, a command, a job
	system   bool
	rights   map[Right][]Perimeter
}

// System returns Stagora itself, which may do everything; origin names the
// command or the job, for the log.
func System(origin string) Actor { return Actor{Origin: origin, system: true} }

// Who says who acts, as the log keeps it.
func (a Actor) Who() audit.Who { return audit.Who{Person: a.ID, Name: a.Name, Origin: a.Origin} }

// Known reports whether the actor is a person who has signed in.
func (a Actor) Known() bool { return a.ID != 0 }

// Can reports whether the actor holds a right on an object that lies in the
// given perimeters: one of them is enough. This is the one place where rights
// are decided; without a grant the answer is no.
func (a Actor) Can(right Right, on ...Perimeter) bool {
	if a.system {
		return true
	}
	return slices.ContainsFunc(a.rights[right], func(held Perimeter) bool {
		return held == Everything || slices.Contains(on, held)
	})
}

// CanSomewhere reports whether the actor holds a right on anything at all: what
// menus and routes ask before an object is known.
func (a Actor) CanSomewhere(right Right) bool { return a.system || len(a.rights[right]) > 0 }

// Perimeters returns where the actor holds a right: what lists are narrowed to.
func (a Actor) Perimeters(right Right) []Perimeter {
	if a.system {
		return []Perimeter{Everything}
	}
	return a.rights[right]
}

// Require returns nil if [Actor.Can] says yes, and otherwise a fault that says
// which right is missing.
func (a Actor) Require(right Right, on ...Perimeter) error {
	if a.Can(right, on...) {
		return nil
	}
	return Missing(right)
}

// Missing is the fault of somebody who lacks a right.
func Missing(right Right) error {
	return &fault.Error{Kind: fault.Denied, Key: "right.missing", Args: fault.Args{"right": rightName(right)}}
}

// LoadActor returns a person with the rights that are theirs now.
func LoadActor(ctx context.Context, tx *store.Tx, person Person, origin string) (Actor, error) {
	rows, err := queries.New(tx).RightsOfPerson(ctx, queries.RightsOfPersonParams{PersonID: person.ID, ValidFrom: store.At(tx.Now)})
	if err != nil {
		return Actor{}, fmt.Errorf("rights of person %d: %w", person.ID, err)
	}
	return actorOf(person, origin, rows), nil
}

// actorOf returns a person with some rights. What each is held on is in order.
func actorOf(person Person, origin string, rows []queries.RightsOfPersonRow) Actor {
	rights := map[Right][]Perimeter{}
	for _, r := range rows {
		rights[Right(r.RightCode)] = append(rights[Right(r.RightCode)], Perimeter{r.PerimeterKind, r.PerimeterKey})
	}
	for _, on := range rights {
		slices.SortFunc(on, func(a, b Perimeter) int {
			return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
		})
	}
	return Actor{ID: person.ID, PublicID: person.PublicID, Name: person.Name(), Lang: person.Lang, Origin: origin, rights: rights}
}

// Author is how a row names who changed it: the person, or the command or job that
// acted where no person did.
func (a Actor) Author() string {
	if a.Name == "" {
		return a.Origin
	}
	return a.Name
}
