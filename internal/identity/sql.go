package identity

// What owners on higher floors join to the tables of identity: only the owner of a
// table writes its name (ADR 14).
const (
	// JoinPerson is followed by the key of a person: the row of the person is p. Its
	// columns are the fields of [Person]; p.search is name and e-mail address, folded.
	JoinPerson = "JOIN identity_person p ON p.id = "

	// WithEmail selects the keys of the people who have the e-mail address $1.
	WithEmail = "SELECT q.id FROM identity_person q WHERE q.email = $1"
)
