package campaign

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// SetPoints says what score a student has before this campaign, in place of what
// the history gives; nil goes back to the history.
func (s *Campaigns) SetPoints(ctx context.Context, actor identity.Actor, campaign, student string, points *int64, reason string) error {
	return s.edit(ctx, actor, campaign, student, EditOrder, reason, func(ctx context.Context, tx *store.Tx, c Campaign, e Enrolment) error {
		return setPoints(ctx, tx, actor, c, e, points, reason)
	})
}

// SetPoints is [Campaigns.SetPoints] in a transaction of a higher floor.
func SetPoints(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign, student string, points *int64, reason string) error {
	return edit(ctx, tx, actor, campaign, student, EditOrder, reason, func(ctx context.Context, tx *store.Tx, c Campaign, e Enrolment) error {
		return setPoints(ctx, tx, actor, c, e, points, reason)
	})
}

func setPoints(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, e Enrolment, points *int64, reason string) error {
	const most = 100_000 // 1,000 points
	if points != nil && (*points < 0 || *points > most) {
		var form fault.Form
		form.Wrong("points", "form.range", "found", int(*points/100), "min", 0, "max", most/100)
		return form.Err()
	}
	err := queries.New(tx).SetPoints(ctx, queries.SetPointsParams{
		ID: e.ID, Points: optional(points), PointsReason: reason, ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("set points: %w", err)
	}
	return record(ctx, tx, actor, c, "participant.points", audit.Entry{
		Args: map[string]any{"student": e.Student.Name()}, Kind: "student", Object: e.Student.PublicID,
		Before: e.Points, After: points, Reason: reason,
	})
}

// SetManual decides at which position a student is served; 0 leaves it to score
// and draw.
func (s *Campaigns) SetManual(ctx context.Context, actor identity.Actor, campaign, student string, position int, reason string) error {
	return s.edit(ctx, actor, campaign, student, EditOrder, reason, func(ctx context.Context, tx *store.Tx, c Campaign, e Enrolment) error {
		const most = 100_000
		if position < 0 || position > most {
			var form fault.Form
			form.Wrong("manual", "form.range", "found", position, "min", 0, "max", most)
			return form.Err()
		}
		err := queries.New(tx).SetManual(ctx, queries.SetManualParams{
			ID: e.ID, Manual: sql.NullInt64{Int64: int64(position), Valid: position > 0}, ManualReason: reason,
			ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
		})
		if err != nil {
			return fmt.Errorf("set position: %w", err)
		}
		return record(ctx, tx, actor, c, "participant.manual", audit.Entry{
			Args: map[string]any{"student": e.Student.Name(), "position": position}, Kind: "student", Object: e.Student.PublicID,
			Before: e.Manual, After: position, Reason: reason,
		})
	})
}

// Exclude decides that a student takes no part. After the draw it leaves a gap in
// the order; nobody else's place changes.
func (s *Campaigns) Exclude(ctx context.Context, actor identity.Actor, campaign, student, reason string) error {
	return s.edit(ctx, actor, campaign, student, Exclude, reason, func(ctx context.Context, tx *store.Tx, c Campaign, e Enrolment) error {
		return setExcluded(ctx, tx, actor, c, e, &Exclusion{tx.Now, actor.Author(), reason}, reason)
	})
}

// Include undoes an exclusion.
func (s *Campaigns) Include(ctx context.Context, actor identity.Actor, campaign, student, reason string) error {
	return s.edit(ctx, actor, campaign, student, Exclude, reason, func(ctx context.Context, tx *store.Tx, c Campaign, e Enrolment) error {
		return setExcluded(ctx, tx, actor, c, e, nil, reason)
	})
}

func setExcluded(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, e Enrolment, after *Exclusion, reason string) error {
	if (e.Excluded == nil) == (after == nil) {
		return fault.New(fault.Conflict, "participant.same", "student", e.Student.Name(), "campaign", c.Name)
	}
	row := queries.SetExcludedParams{ID: e.ID, ChangedAt: store.At(tx.Now), ChangedBy: actor.Author()}
	action := "participant.included"
	if after != nil {
		row.ExcludedAt, row.ExcludedBy, row.ExcludedReason = store.AtOrNil(after.At), after.By, after.Reason
		action = "participant.excluded"
	}
	if err := queries.New(tx).SetExcluded(ctx, row); err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	if err := inputsChanged(ctx, tx, c); err != nil {
		return err
	}
	return record(ctx, tx, actor, c, action, audit.Entry{
		Args: map[string]any{"student": e.Student.Name()}, Kind: "student", Object: e.Student.PublicID,
		Before: e.Excluded, After: after, Reason: reason,
	})
}

// A changeOne changes what the campaign says about one student.
type changeOne = func(context.Context, *store.Tx, Campaign, Enrolment) error

// edit changes what the campaign says about one student, for a reason.
func (s *Campaigns) edit(ctx context.Context, actor identity.Actor, campaign, student string, action Action, reason string, do changeOne) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		return edit(ctx, tx, actor, campaign, student, action, reason, do)
	})
}

func edit(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign, student string, action Action, reason string, do changeOne) error {
	c, err := lock(ctx, tx, actor, campaign, RightEdit)
	if err != nil {
		return err
	}
	if err := c.Allows(action); err != nil {
		return err
	}
	var form fault.Form
	wantReason(&form, &reason)
	if err := form.Err(); err != nil {
		return err
	}
	e, err := enrolmentOf(ctx, tx, c, student)
	if err != nil {
		return err
	}
	if err := ensure(ctx, tx, actor, c, &e); err != nil {
		return err
	}
	return do(ctx, tx, c, e)
}

// enrolmentOf returns the row of a student of the campaign, by public id, without
// its findings.
func enrolmentOf(ctx context.Context, tx *store.Tx, c Campaign, publicID string) (Enrolment, error) {
	found, err := student.ByPublicID(ctx, tx, publicID)
	if err != nil {
		return Enrolment{}, err
	}
	rows, _, err := participantRows(ctx, tx, c, only(found.ID))
	if err != nil {
		return Enrolment{}, err
	}
	e := Enrolment{Student: found}
	row, known := rows[found.ID]
	if known {
		e.read(row)
	}
	in := slices.ContainsFunc(c.Cohorts, func(cohort reference.Ref) bool {
		_, in := found.InCohort(cohort.ID)
		return in
	})
	if !in && e.EnrolledAt.IsZero() {
		return Enrolment{}, fault.New(fault.NotFound, "participant.unknown", "student", found.Name(), "campaign", c.Name)
	}
	return e, nil
}

// only is the condition that a record is this one.
func only(student int64) store.Condition { return store.Where("s.id = $1", student) }

// ensure gives a student a row in the campaign, under a pseudonym that says
// nothing.
func ensure(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, e *Enrolment) error {
	if e.ID != 0 {
		return nil
	}
	e.Pseudonym = newPseudonym()
	id, err := queries.New(tx).AddParticipant(ctx, queries.AddParticipantParams{
		CampaignID: c.ID, StudentID: e.Student.ID, Pseudonym: e.Pseudonym, ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("add participant: %w", err)
	}
	e.ID = id
	return nil
}

// newPseudonym returns one that says nothing.
func newPseudonym() string { return rand.Text()[:12] }

// SetPseudonym names a student of a campaign in draft as the demo and its tests
// do; elsewhere pseudonyms are drawn at random.
func SetPseudonym(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, student, pseudonym string) error {
	if err := actor.Require(RightEdit, c.Perimeters()...); err != nil {
		return err
	}
	if err := c.Allows(EditOrder); err != nil {
		return err
	}
	e, err := enrolmentOf(ctx, tx, c, student)
	if err != nil {
		return err
	}
	if err := ensure(ctx, tx, actor, c, &e); err != nil {
		return err
	}
	if err := queries.New(tx).SetPseudonym(ctx, queries.SetPseudonymParams{ID: e.ID, Pseudonym: pseudonym}); err != nil {
		return fmt.Errorf("set pseudonym: %w", err)
	}
	return nil
}

// A Correction is a request to correct what keeps a student out.
type Correction struct {
	PublicID   string
	Student    reference.Ref
	Predicate  string     // the one that was red
	Trace      []Evidence // every predicate, as it stood
	Message    string
	AskedAt    time.Time
	AskedBy    string
	AnsweredAt time.Time // zero: not yet
	AnsweredBy string
	Answer     string
}

// An Evidence is a finding as it stood once, in a form that can be kept.
type Evidence struct {
	Predicate       string
	OK, Warning     bool
	Found, Expected Said
	ChangedBy       string
	ChangedAt       time.Time
}

// A Said is a sentence of the catalogues that can be kept.
type Said struct {
	Key    string
	Blanks text.Blanks
}

func evidence(findings []student.Finding) []Evidence {
	list := make([]Evidence, len(findings))
	for i, f := range findings {
		list[i] = Evidence{
			f.Predicate, f.OK, f.Warning, Said{f.Found.Key, text.Blanks(f.Found.Args)},
			Said{f.Expected.Key, text.Blanks(f.Expected.Args)}, f.ChangedBy, f.ChangedAt,
		}
	}
	return list
}

// AskCorrection asks whoever may to correct what keeps a student out. Asking again
// about the same thing is a Conflict while nobody has answered.
func (s *Campaigns) AskCorrection(ctx context.Context, actor identity.Actor, campaign, studentID, message string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightView)
		if err != nil {
			return err
		}
		if err := c.Allows(AskCorrection); err != nil {
			return err
		}
		r, err := requirementsOf(ctx, tx, c)
		if err != nil {
			return err
		}
		found, err := r.explain(ctx, tx, store.Where("s.public_id = $1", studentID), false)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(found, func(e explained) bool { return actor.Can(student.RightView, e.Student.Perimeters()...) })
		if i < 0 {
			return fault.New(fault.NotFound, "participant.unknown", "student", "", "campaign", c.Name)
		}
		e := found[i].Enrolment
		red, out := student.Excluded(e.Findings)
		if !out {
			return fault.New(fault.Conflict, "participant.in", "student", e.Student.Name(), "campaign", c.Name)
		}
		trace, err := json.Marshal(evidence(e.Findings))
		if err != nil {
			return fmt.Errorf("write trace: %w", err)
		}
		err = queries.New(tx).AddCorrection(ctx, queries.AddCorrectionParams{
			PublicID: uuid.NewString(), CampaignID: c.ID, StudentID: e.Student.ID, Finding: red.Predicate, Trace: string(trace),
			Message: message, AskedAt: store.At(tx.Now), AskedBy: actor.ID, AskedName: actor.Author(),
		})
		if store.IsDuplicate(err) {
			return fault.New(fault.Conflict, "correction.asked", "student", e.Student.Name()).Because(err)
		}
		if err != nil {
			return fmt.Errorf("ask for a correction: %w", err)
		}
		return record(ctx, tx, actor, c, "correction.asked", audit.Entry{
			Args: map[string]any{"student": e.Student.Name(), "predicate": red.Predicate}, Kind: "student", Object: e.Student.PublicID,
			After: message,
		})
	})
}

// AnswerCorrection ends a request with what was done about it.
func (s *Campaigns) AnswerCorrection(ctx context.Context, actor identity.Actor, campaign, correction, answer string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightEdit)
		if err != nil {
			return err
		}
		n, err := queries.New(tx).AnswerCorrection(ctx, queries.AnswerCorrectionParams{
			CampaignID: c.ID, PublicID: correction, AnsweredAt: store.AtOrNil(tx.Now), AnsweredBy: actor.Author(), Answer: answer,
		})
		if err != nil {
			return fmt.Errorf("answer correction: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "correction.answered")
		}
		return record(ctx, tx, actor, c, "correction.answered", audit.Entry{After: answer})
	})
}

// Corrections returns the requests about one student in a campaign, the latest first.
func Corrections(ctx context.Context, tx *store.Tx, c Campaign, of student.Student) ([]Correction, error) {
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	var list []Correction
	for _, id := range canonical.Same(of.ID) {
		rows, err := queries.New(tx).CorrectionsOf(ctx, queries.CorrectionsOfParams{CampaignID: c.ID, StudentID: id})
		if err != nil {
			return nil, fmt.Errorf("read corrections: %w", err)
		}
		for _, r := range rows {
			correction := Correction{
				PublicID: r.PublicID, Student: of.Ref(), Predicate: r.Finding, Message: r.Message,
				AskedAt: r.AskedAt.Time, AskedBy: r.AskedName,
				AnsweredAt: r.AnsweredAt.OrZero(), AnsweredBy: r.AnsweredBy, Answer: r.Answer,
			}
			if err := json.Unmarshal([]byte(r.Trace), &correction.Trace); err != nil {
				return nil, fmt.Errorf("read trace of %s: %w", r.PublicID, err)
			}
			list = append(list, correction)
		}
	}
	slices.SortStableFunc(list, func(a, b Correction) int { return b.AskedAt.Compare(a.AskedAt) })
	return list, nil
}
