package ranking

import (
	"encoding/json"
	"fmt"
	"time"

	"stagora.org/stagora/internal/canonical"
	"stagora.org/stagora/internal/ranking/queries"
	"stagora.org/stagora/internal/store"
)

// lastForm is the form in which new versions are hashed. A form never changes: what
// was given out under it must check for ever. Another way to hash is another form.
const lastForm = 1

// forms are the ways to write what the hash of a version covers: everything that
// it states, whose list it is, and the hash of the version before.
var forms = map[int64]func(scope, name string, v queries.RankingVersion) []byte{
	1: form1,
}

// form1 names its fields after campaigns and students, who were the first to rank.
func form1(scope, name string, v queries.RankingVersion) []byte {
	return canonical.JSON(struct {
		At       string          `json:"at"`
		Author   int64           `json:"author"`
		By       string          `json:"by"`
		Campaign string          `json:"campaign"`
		Channel  string          `json:"channel"`
		Number   int64           `json:"number"`
		Previous string          `json:"previous"`
		Student  string          `json:"student"`
		Wishes   json.RawMessage `json:"wishes"`
	}{v.At.UTC().Format(time.RFC3339Nano), v.Author, v.AuthorName, scope, v.Channel, v.Number, v.Previous, name, json.RawMessage(v.Wishes)})
}

// hashOf returns the hash of a version.
func hashOf(scope, name string, v queries.RankingVersion) (string, error) {
	form, known := forms[v.Form]
	if !known {
		return "", fmt.Errorf("the form %d of hashes is unknown: a newer Stagora wrote it", v.Form)
	}
	return canonical.SHA256(form(scope, name, v)), nil
}

// Seal returns the version with its hash, for lists that are brought in with their
// history. The form is the version's; 0 is the last one.
func (v Version[W]) Seal(scope, name string) (Version[W], error) {
	if v.Form == 0 {
		v.Form = lastForm
	}
	hash, err := hashOf(scope, name, v.row())
	v.Hash = hash
	return v, err
}

// row is a version as it is kept.
func (v Version[W]) row() queries.RankingVersion {
	return queries.RankingVersion{
		Number: int64(v.Number), At: store.At(v.At), Author: v.Author, AuthorName: v.By, Channel: string(v.Channel),
		Wishes: string(canonical.JSON(v.Wishes)), Form: int64(v.Form), Hash: v.Hash, Previous: v.Previous,
	}
}
