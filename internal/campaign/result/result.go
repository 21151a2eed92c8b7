/*
Package result takes a campaign from its closing to a published result that
explains itself.

# From closing to publication

	closed     runs of the engine, each on a frozen snapshot, compared side by side
	proposed   one of them is adopted; the commission decides what it changes
	confirmed  the commission has signed; the minutes can be printed again, the same
	published  everybody reads where they go and why, and can verify it

# What always holds

  - A run is kept with all that it was made of: the instance as the engine read it,
    what the commission had changed in it and why, the version of the engine, the
    result with its proof, and what the independent verifier looked at. Nothing of
    it is changed later; solving the same instance elsewhere gives the same file.
  - What pages list, filter and sort of a run and of the proposal stands in rows
    ([Assignment]), which follow from the run and the decisions and are never what
    decides.
  - Only what the lists, seats and exclusions still say can be adopted: a run of
    an earlier state is refused.
  - Nobody is placed beyond the seats of a post, by the engine or by hand: of two
    officers who give the last seat away, one is told that it is taken.
  - What a rule forbids, the commission sets aside knowingly, and only a rule that
    may be set aside. Every decision has a motive of a closed list and a reason,
    and is undone by another decision.
  - Nothing of a result is told to students before it is published. Outcomes and
    lines of the ledger are written beforehand, in steps, and nobody reads them; then
    everything is there at once, in one transaction, with the bundle. Only that
    transaction asks for the mails.
  - What a student is told names nobody else. It follows from the bundle alone,
    which a test recomputes for everybody.

# What is not here

The procedure itself: package assign in procedure. The order and the draw: package campaign.
*/
package result

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Results is the way in for pages, commands and jobs.
type Results struct {
	DB   *store.DB
	Base string // the address under which people reach Stagora: "https://stages.univ.fr"

	cache releaseCache
}

// A Person is a student of a campaign, as offices know them.
type Person struct {
	Student   reference.Ref
	Pseudonym string
	Position  int // in which the student is served
}

// A Place is where a student is, in a run or as it stands; the zero Place is
// nowhere.
type Place struct {
	Post          string // code
	Name          string
	Secondary     string
	SecondaryName string
	Rank          int    // of the post on the student's list; 0: not from there
	Costs         *Costs // nil: the campaign has none
}

// Costs are what a placement costs a student, in hundredths.
type Costs struct {
	Post  int64 `json:"post"`
	Bonus int64 `json:"bonus"`
	Total int64 `json:"total"`
}

// A Motive says why people changed something, in a word fit to be published. The
// sentence "result.motive." + the motive names it.
type Motive string

// Motives are all motives, in the order of forms.
var Motives = []Motive{"unplaced", "health", "family", "project", "site", "error", "other"}

// lock keeps others from changing a campaign until the transaction ends, and
// returns it as it then stands, if it allows an action.
func lock(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string, right identity.Right, action campaign.Action) (campaign.Campaign, error) {
	if err := tx.Lock(ctx, "campaign:"+publicID); err != nil {
		return campaign.Campaign{}, err
	}
	c, err := campaign.ForOffice(ctx, tx, actor, publicID, right)
	if err != nil {
		return c, err
	}
	return c, c.Allows(action)
}

// record writes a line of the log about a campaign; entry holds what is special.
func record(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign, action string, entry audit.Entry) error {
	entry.Who, entry.Action, entry.Scope = actor.Who(), action, c.PublicID
	if entry.Kind == "" {
		entry.Kind, entry.Object = "campaign", c.PublicID
	}
	if entry.Args == nil {
		entry.Args = map[string]any{}
	}
	entry.Args["campaign"] = c.Name
	return audit.Record(ctx, tx, entry)
}

// wantWhy notes in a form that a motive or a reason is missing.
func wantWhy(form *fault.Form, prefix string, motive Motive, reason *string) {
	*reason = strings.TrimSpace(*reason)
	if !known(motive) {
		form.Wrong(prefix+"motive", "result.motive.unknown")
	}
	if *reason == "" {
		form.Wrong(prefix+"reason", "form.reason")
	}
}

func known(motive Motive) bool {
	for _, m := range Motives {
		if m == motive {
			return true
		}
	}
	return false
}

// Name returns the motive as people read it.
func (m Motive) Name() text.Key { return text.Key("result.motive." + string(m)) }

// titled names a post with its code, as receipts do.
func titled(name, code string) string {
	if name == code {
		return code
	}
	return name + " (" + code + ")"
}

// toJSON writes what a row keeps.
func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs, of which each field can be written
	}
	return string(data)
}

// fromJSON reads it again.
func fromJSON[T any](kept, what string) (v T, err error) {
	if err = json.Unmarshal([]byte(kept), &v); err != nil {
		return v, fmt.Errorf("read %s: %w", what, err)
	}
	return v, nil
}

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
