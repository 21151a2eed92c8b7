package format

// A Market is an HR1 file: a large two-sided market by numbers, from 0.
type Market struct {
	Seed      uint64
	First     []int32 // the wishes of student i are Wish[First[i]:First[i+1]]; one entry more than students
	Wish      []int32 // posts, best first
	Seats     []int32 // of each post
	RankFirst []int32 // the ranking of post p is Ranking[RankFirst[p]:RankFirst[p+1]]; one entry more than posts
	Ranking   []int32 // students, best first: exactly those who listed the post
	Order     []int32 // the call order: each student once
	Rank      []int32 // of each wish: the place of the student in the ranking of the post, from 1; Check fills it
}

// Students returns how many there are.
func (m *Market) Students() int { return len(m.First) - 1 }

// Posts returns how many there are.
func (m *Market) Posts() int { return len(m.Seats) }
