package reference

// What owners on higher floors join to the tables of reference: only the owner of a
// table writes its name (ADR 14).
const (
	// JoinFaculty is followed by the key of a faculty: its row is f.
	JoinFaculty = "JOIN reference_faculty f ON f.id = "

	// FacultyWithCode selects the key of the faculty whose code is $1.
	FacultyWithCode = "SELECT f.id FROM reference_faculty f WHERE f.code = $1"

	// LevelWithCode selects the key of the level whose code is $1.
	LevelWithCode = "SELECT l.id FROM reference_level l WHERE l.code = $1"
)
