package reference

// JoinFaculty is followed by the key of a faculty: its row is f. Only the owner of a
// table writes its name (ADR 14).
const JoinFaculty = "JOIN reference_faculty f ON f.id = "
