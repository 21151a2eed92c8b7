package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// What is known of the rows of a list before they are read agrees with what is said of
// each participant, and so do the rows that are read then; and going through everybody
// finds the same.
func TestWhatIsFoundIsWhatAFilterMeans(t *testing.T) {
	for _, phase := range []campaign.Phase{campaign.Open, campaign.Closed} {
		t.Run(string(phase), func(t *testing.T) {
			opened(t, func(t *testing.T, c1 *campaigntest.C1) {
				c1.Rank(t)
				if phase == campaign.Closed {
					c1.Close(t)
				}
				rapid.Check(t, func(r *rapid.T) {
					err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
						participate(t.Context(), r, tx)
						return findIn(t.Context(), r, tx, c1.ID)
					})
					if !errors.Is(err, errBack) {
						r.Fatal(err)
					}
				})
			})
		})
	}
}

func findIn(ctx context.Context, r *rapid.T, tx *store.Tx, id string) error {
	c, err := campaign.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	f := finder{ctx, r, tx, c, campaign.Participants{}, nil}
	if f.people, err = campaign.ParticipantsOf(ctx, tx, c); err != nil {
		return err
	}
	if f.all, err = f.people.All(ctx, tx, store.Condition{}); err != nil {
		return err
	}
	if err := f.people.Complete(ctx, tx, f.all, true); err != nil {
		return err
	}
	f.participants()
	f.lists()
	return errBack
}

// Whoever has a word that many have is found in the order by it as if few had it: by the
// words of the record that takes part, and by those of the one that it was merged into.
func TestAWordFindsTheSameInAnOrderWhoeverHasIt(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
			const outside = "(SELECT student_id FROM campaign_participant WHERE pseudonym = 'E15')"
			for _, statement := range []string{
				"UPDATE campaign_participant SET enrolled_at = NULL WHERE pseudonym = 'E15'",
				"UPDATE student_student SET merged_into = " + outside + ", canonical_id = " + outside +
					" WHERE id = (SELECT student_id FROM campaign_participant WHERE pseudonym = 'E05')",
			} {
				if _, err := tx.ExecContext(t.Context(), statement); err != nil {
					return err
				}
			}
			people, err := campaign.ParticipantsOf(t.Context(), tx, c1.Get(t))
			if err != nil {
				return err
			}
			list, where := people.Order()
			most := 0
			for letter := 'a'; letter <= 'z'; letter++ {
				var err error
				found := map[string][]campaign.Enrolment{}
				for _, condition := range []string{list.Words.Has(), list.ID + " IN (" + list.Words.Having() + ")"} {
					if found[condition], err = list.All(t.Context(), tx, store.And(where, store.Where(condition, string(letter), string(letter+1)))); err != nil {
						return err
					}
				}
				has, having := found[list.Words.Has()], found[list.ID+" IN ("+list.Words.Having()+")"]
				if len(has) != len(having) {
					t.Errorf("%d have a word that begins with %c, %d are found by it", len(having), letter, len(has))
				}
				most = max(most, len(having))
			}
			if most < 5 {
				t.Errorf("at most %d are found", most)
			}
			return errBack
		})
		if !errors.Is(err, errBack) {
			t.Fatal(err)
		}
	})
}

// Before a campaign is open, what is shown of points is no column of the campaign.
func TestADraftIsNotFilteredByWhatItHasNot(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		filters := func() (has bool) {
			c1.Read(t, func(tx *store.Tx) error {
				people, err := campaign.ParticipantsOf(t.Context(), tx, c1.Get(t))
				has = err == nil && people.List().Filters("points")
				return err
			})
			return has
		}
		if filters() {
			t.Error("a draft is filtered by points")
		}
		c1.Open(t)
		if !filters() {
			t.Error("an open campaign is not")
		}
	})
}

// participate changes participants and their lists, at random.
func participate(ctx context.Context, r *rapid.T, tx *store.Tx) {
	run := func(statement string, args ...any) {
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			r.Fatalf("%s: %v", statement, err)
		}
	}
	const nth = "(SELECT id FROM campaign_participant ORDER BY id LIMIT 1 OFFSET $1)"
	const record = "(SELECT student_id FROM campaign_participant ORDER BY id LIMIT 1 OFFSET $1)"
	// Lists that are ranked for something else, by owners of the same keys.
	run("INSERT INTO ranking_list (scope, owner, name, version, wishes, hash, confirmed, length)" +
		" SELECT 'elsewhere', l.owner, l.name, 1, '[]', '', 1, 1 FROM ranking_list l")
	const listOf = " WHERE scope <> 'elsewhere' AND owner = " + nth
	one := func() int { return rapid.IntRange(0, 11).Draw(r, "participant") }
	for range rapid.IntRange(0, 12).Draw(r, "changes") {
		switch rapid.SampledFrom([]string{"excluded", "score", "length", "confirmed", "merged", "mute"}).Draw(r, "change") {
		case "excluded":
			run("UPDATE campaign_participant SET excluded_at = changed_at WHERE id = "+nth, one())
		case "score":
			run("UPDATE campaign_participant SET score = $2 WHERE id = "+nth, one(), rapid.Int64Range(0, 900).Draw(r, "score"))
		case "length":
			n := rapid.IntRange(0, 6).Draw(r, "length")
			wishes := "[]"
			for i := range n {
				wishes = wishes[:len(wishes)-1] + map[bool]string{false: ",", true: ""}[i == 0] + fmt.Sprintf(`{"post":"P%d"}]`, i)
			}
			run("UPDATE ranking_list SET length = $2, wishes = $3"+listOf, one(), n, wishes)
		case "confirmed":
			run("UPDATE ranking_list SET confirmed = version"+listOf, one())
		case "merged":
			from, into := one(), one()
			if from > into { // into a record that nothing is merged into, and that is not merged
				run("UPDATE student_student SET merged_into = "+"(SELECT student_id FROM campaign_participant ORDER BY id LIMIT 1 OFFSET $2)"+
					", canonical_id = (SELECT student_id FROM campaign_participant ORDER BY id LIMIT 1 OFFSET $2) WHERE id = "+record+" AND merged_into IS NULL"+
					" AND id NOT IN (SELECT merged_into FROM student_student WHERE merged_into IS NOT NULL)"+
					" AND (SELECT student_id FROM campaign_participant ORDER BY id LIMIT 1 OFFSET $2) NOT IN (SELECT id FROM student_student WHERE merged_into IS NOT NULL)", from, into)
			}
		case "mute":
			run("UPDATE identity_person SET email = '' WHERE id = (SELECT person_id FROM student_student WHERE id = "+record+")", one())
		}
	}
}

// A finder holds what is found to what is said of each participant.
type finder struct {
	ctx    context.Context
	r      *rapid.T
	tx     *store.Tx
	c      campaign.Campaign
	people campaign.Participants
	all    []campaign.Enrolment
}

// meaning is what filters mean.
type meaning struct {
	filters map[string]string
	holds   func(campaign.Enrolment) bool
}

func (f finder) participants() {
	state := func(e campaign.Enrolment) string {
		_, out := student.Excluded(e.Findings)
		switch {
		case e.Excluded != nil:
			return campaign.StateExcluded
		case out:
			return campaign.StateAbsent
		case len(student.Warned(e.Findings)) > 0:
			return campaign.StateWarned
		}
		return campaign.StateIn
	}
	meanings := []meaning{
		{nil, func(campaign.Enrolment) bool { return true }},
		{map[string]string{"points": ">3"}, func(e campaign.Enrolment) bool { return e.Score != nil && *e.Score > 300 }},
		{map[string]string{"points": "1-5", "first": ">3"}, func(e campaign.Enrolment) bool {
			return e.Score != nil && *e.Score >= 100 && *e.Score <= 500 && e.First > 3
		}},
		{map[string]string{"points": "what"}, func(campaign.Enrolment) bool { return false }},
		{map[string]string{"wishes": "<4"}, func(e campaign.Enrolment) bool { return e.List != nil && len(e.List.Wishes) < 4 }},
		{map[string]string{"wishes": "<4", "points": "<4"}, func(e campaign.Enrolment) bool { return e.List != nil && len(e.List.Wishes) < 4 && *e.Score < 400 }},
		{map[string]string{"wishes": "<4", "points": "<4", "confirmed": campaign.ListShort}, func(e campaign.Enrolment) bool {
			return e.List != nil && len(e.List.Wishes) < 4 && *e.Score < 400 && e.List.State(f.c) == campaign.ListShort
		}},
		{map[string]string{"reason": "email", "wishes": "<4"}, func(e campaign.Enrolment) bool {
			return e.Student.Person.Email == "" && e.List != nil && len(e.List.Wishes) < 4
		}},
		{map[string]string{"reason": "email", "state": campaign.StateWarned}, func(e campaign.Enrolment) bool {
			return e.Student.Person.Email == "" && state(e) == campaign.StateWarned
		}},
		{map[string]string{"reason": "email"}, func(e campaign.Enrolment) bool { return e.Student.Person.Email == "" }},
	}
	for _, name := range []string{campaign.StateIn, campaign.StateWarned, campaign.StateAbsent, campaign.StateExcluded} {
		in := func(e campaign.Enrolment) bool { return state(e) == name }
		meanings = append(meanings, meaning{map[string]string{"state": name}, in},
			meaning{map[string]string{"state": name, "points": "<4"}, func(e campaign.Enrolment) bool { return in(e) && e.Score != nil && *e.Score < 400 }})
	}
	for range 4 {
		m := meanings[rapid.IntRange(0, len(meanings)-1).Draw(f.r, "of participants")]
		ask := store.Ask{Filters: m.filters, Size: 100}
		found, err := f.people.Find(f.ctx, f.tx, ask)
		if err != nil {
			f.r.Fatal(err)
		}
		named := m.filters["state"] != "" || m.filters["reason"] != ""
		if (len(m.filters) < 2 || !named) && !found.Counted {
			f.r.Errorf("%v is not counted", m.filters)
		}
		compare(f, m, f.people.List(), f.people.Where(), ask, found, func(e campaign.Enrolment) int64 { return e.Student.ID }, func(e campaign.Enrolment) int64 { return e.Student.ID })
		if found, err = f.people.FindInOrder(f.ctx, f.tx, ask); err != nil {
			f.r.Fatal(err)
		}
		list, where := f.people.Order()
		// Who was excluded after the order was drawn keeps the place.
		placed := meaning{m.filters, func(e campaign.Enrolment) bool {
			return m.holds(e) && (e.Excluded == nil || f.c.Phase == campaign.Closed)
		}}
		compare(f, placed, list, where, ask, found, func(e campaign.Enrolment) int64 { return e.Student.ID }, func(e campaign.Enrolment) int64 { return e.Student.ID })
	}
}

func (f finder) lists() {
	meanings := []meaning{
		{nil, func(campaign.Enrolment) bool { return true }},
		{map[string]string{"count": ">3"}, func(e campaign.Enrolment) bool { return len(e.List.Wishes) > 3 }},
		{map[string]string{"confirmed": "yes"}, func(e campaign.Enrolment) bool { return e.List.Confirmed() }},
		{map[string]string{"confirmed": "no", "count": "<5"}, func(e campaign.Enrolment) bool { return !e.List.Confirmed() && len(e.List.Wishes) < 5 }},
		{map[string]string{"wishes": "P3"}, func(e campaign.Enrolment) bool {
			return slices.ContainsFunc(e.List.Wishes, func(w campaign.Wish) bool { return w.Post == "P3" })
		}},
	}
	for _, state := range []string{campaign.ListConfirmed, campaign.ListSaved, campaign.ListShort, campaign.ListEmpty} {
		meanings = append(meanings, meaning{map[string]string{"state": state}, func(e campaign.Enrolment) bool { return e.List.State(f.c) == state }})
	}
	list, where := campaign.ListsOf(f.c)
	for range 3 {
		m := meanings[rapid.IntRange(0, len(meanings)-1).Draw(f.r, "of lists")]
		ask := store.Ask{Filters: m.filters, Size: 100}
		found, err := campaign.FindLists(f.ctx, f.tx, f.c, ask)
		if err != nil {
			f.r.Fatal(err)
		}
		taking := meaning{m.filters, func(e campaign.Enrolment) bool { return e.Excluded == nil && e.List != nil && m.holds(e) }}
		compare(f, taking, list, where, ask, found, func(l campaign.List) int64 { return l.Participant }, func(e campaign.Enrolment) int64 { return e.ID })
	}
}

// compare holds what is found of an ask, and the rows that are read with it and without,
// to those who are meant.
func compare[T any](f finder, m meaning, list *store.List[T], where store.Condition, ask store.Ask, found store.Found, read func(T) int64, meant func(campaign.Enrolment) int64) {
	var want []int64
	for _, e := range f.all {
		if m.holds(e) {
			want = append(want, meant(e))
		}
	}
	slices.Sort(want)
	for _, known := range []store.Found{found, {Rest: ask}} {
		page, err := list.Page(f.ctx, f.tx, store.And(where, known.Among), known.Rest)
		if err != nil {
			f.r.Fatal(err)
		}
		got := make([]int64, len(page.Rows))
		for i, row := range page.Rows {
			got[i] = read(row)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			f.r.Errorf("%v, with %+v: found %v, meant %v", m.filters, known, got, want)
		}
	}
	if found.Counted && (found.Count != len(want) || found.More) {
		f.r.Errorf("%v: counted %d, meant %d", m.filters, found.Count, len(want))
	}
}
