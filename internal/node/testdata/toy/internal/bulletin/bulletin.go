// Package bulletin is what offices tell each other: short notes, the latest first.
package bulletin

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/bulletin/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Path is the address of the notes.
const Path = "/bulletin"

// maxSaid is how many characters a note has at most.
const maxSaid = 500

// shown is how many notes are read: the latest.
const shown = 50

// Latest returns what was said last, the latest first, each with who said it.
func Latest(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]string, error) {
	if !actor.CanSomewhere(RightEdit) {
		return nil, identity.Missing(RightEdit)
	}
	notes, err := queries.New(tx).LatestNotes(ctx, shown)
	if err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	said := make([]string, len(notes))
	for i, n := range notes {
		said[i] = n.AuthorName + " : " + n.Said
	}
	return said, nil
}

// Post adds a note, and asks for its author to be told.
func Post(ctx context.Context, tx *store.Tx, actor identity.Actor, said string) error {
	// Notes are for all offices: the right is enough wherever it is held.
	if !actor.CanSomewhere(RightEdit) {
		return identity.Missing(RightEdit)
	}
	said = strings.TrimSpace(said)
	var form fault.Form
	switch {
	case said == "":
		form.Wrong("said", "form.required")
	case len([]rune(said)) > maxSaid:
		form.Wrong("said", "form.long", "max", maxSaid)
	}
	if err := form.Err(); err != nil {
		return err
	}
	id := uuid.NewString()
	err := queries.New(tx).AddNote(ctx, queries.AddNoteParams{
		PublicID: id, Said: said, Author: actor.ID, AuthorName: actor.Author(), PostedAt: store.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("add note: %w", err)
	}
	if actor.ID != 0 {
		if _, err := job.Enqueue(ctx, tx, job.Request{Kind: ConfirmKind, Payload: id, Key: ConfirmKind + ":" + id}); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, audit.Entry{Who: actor.Who(), Action: "bulletin.posted", Kind: "note", Object: id, After: said})
}

// confirm queues the mail to the author of a note.
func confirm(db *store.DB, base string) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		var id string
		if err := run.Payload(&id); err != nil {
			return err
		}
		return db.Write(ctx, func(tx *store.Tx) error {
			note, err := queries.New(tx).Note(ctx, id)
			if err != nil {
				return fmt.Errorf("read note: %w", err)
			}
			author, err := identity.PersonByID(ctx, tx, note.Author)
			if err != nil {
				return err
			}
			_, err = notice.Queue(ctx, tx, notice.Message{
				Kind: NoticePosted, Key: "bulletin:" + id, Link: base + Path, Blanks: text.Blanks{"said": note.Said},
				To: notice.Recipient{Person: author.ID, Name: author.Name(), Address: author.Email, Lang: text.ParseLang(author.Lang)},
			})
			return err
		})
	}
}
