package identity

import (
	"context"

	"stagora.org/stagora/internal/store"
)

// What owners on higher floors join to the tables of identity: only the owner of a
// table writes its name (ADR 14).
const (
	// JoinPerson is followed by the key of a person: the row of the person is p. Its
	// columns are the fields of [Person]; p.search is name and e-mail address, folded.
	JoinPerson = "JOIN identity_person p ON p.id = "

	// HavingWord selects the keys of the people who have a word from $1 on and before
	// $2 in their name, their e-mail address or a login ([store.Place]).
	HavingWord = "SELECT w.person_id FROM identity_word w WHERE w.word >= $1 AND w.word < $2"
)

// HasWord returns the condition that an expression is the key of a person who has a
// word from $1 on and before $2 ([store.Place]).
func HasWord(expression string) string {
	return "EXISTS (SELECT 1 FROM identity_word w WHERE w.person_id = " + expression + " AND w.word >= $1 AND w.word < $2)"
}

// HavingEmail returns the condition that an expression is the key of a person who
// has one of these e-mail addresses.
func HavingEmail(expression string, emails []string) store.Condition {
	return store.InAny(expression, store.Select("SELECT q.id FROM identity_person q WHERE ", store.In("q.email", emails)))
}

// words are those by which people are found.
var words = store.WordTable{Name: "identity_word", Key: "person_id"}

// words returns the words of a name and an e-mail address.
func (p Person) words() []string { return store.WordsOf(p.Name(), p.Email) }

// changeWords keeps the words of a person who was called otherwise. A word that is
// in a login too stays.
func changeWords(ctx context.Context, tx *store.Tx, before, now Person) error {
	accounts, err := AccountsOfPerson(ctx, tx, before.ID)
	if err != nil {
		return err
	}
	texts := []string{now.Name(), now.Email}
	for _, a := range accounts {
		texts = append(texts, a.Login)
	}
	return words.Change(ctx, tx, before.ID, before.words(), store.WordsOf(texts...))
}
