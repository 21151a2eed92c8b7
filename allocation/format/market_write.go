package format

import "strconv"

// Bytes returns the market as an HR1 file.
func (m *Market) Bytes() []byte {
	b := make([]byte, 0, 64+16*(m.Students()+m.Posts())+8*(len(m.Wish)+len(m.Ranking)+len(m.Order)))
	b = append(b, "HR1"...)
	b = appendField(b, int64(m.Students()))
	b = appendField(b, int64(m.Posts()))
	b = append(b, ' ')
	b = strconv.AppendUint(b, m.Seed, 10)
	b = append(b, '\n')
	for i := range m.Students() {
		wishes := m.Wish[m.First[i]:m.First[i+1]]
		b = append(b, 'S')
		b = appendField(b, int64(len(wishes)))
		b = appendLine(b, wishes)
	}
	for p := range m.Posts() {
		ranking := m.Ranking[m.RankFirst[p]:m.RankFirst[p+1]]
		b = append(b, 'P')
		b = appendField(b, int64(m.Seats[p]))
		b = appendField(b, int64(len(ranking)))
		b = appendLine(b, ranking)
	}
	b = append(b, 'O')
	return appendLine(b, m.Order)
}

func appendLine(b []byte, numbers []int32) []byte {
	for _, n := range numbers {
		b = appendField(b, int64(n))
	}
	return append(b, '\n')
}

// appendField writes a number after a space.
func appendField(b []byte, n int64) []byte {
	return strconv.AppendInt(append(b, ' '), n, 10)
}
