package large

import (
	"context"
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// draft makes the campaign, with what has to be corrected before it opens.
func (m *modeller) draft(ctx context.Context) error {
	c := campaign.Defaults()
	c.Name, c.Faculty, c.Period = nameOf('m', 1), reference.Ref{Code: codeOf('y', 1)}, reference.Ref{Code: modelPeriods[1].Code}
	c.Cohorts = []reference.Ref{{Code: codeOf('k', 1)}}
	c.Contact = campaign.Contact{Name: nameOf('z', 1), Email: mailOf('u', officer, "univ")}
	c.OpensAt, c.ClosesAt, c.CommissionAt, c.PublishesAt = modelOpens, modelCloses, modelCommits, modelPublishes
	made, err := m.campaigns.Create(ctx, m.staff[officer], c)
	if err != nil {
		return err
	}
	m.campaign = made.PublicID
	posts := make([]campaign.PostForm, modelPosts)
	for i := range posts {
		posts[i] = campaign.PostForm{Site: reference.Ref{Code: codeOf('s', i+1)}, Seats: 4 + i%3}
	}
	if err := m.campaigns.PutPosts(ctx, m.staff[officer], m.campaign, posts, ""); err != nil {
		return err
	}
	if err := m.db.Write(ctx, func(tx *store.Tx) error { return m.pseudonyms(ctx, tx, made) }); err != nil {
		return err
	}
	if err := m.campaigns.AskCorrection(ctx, m.staff[commission], m.campaign, m.records[misplaced], "Niveau"); err != nil {
		return err
	}
	return m.campaigns.SetManual(ctx, m.staff[officer], m.campaign, m.records[3], 5, "Dispositif sport de haut niveau")
}

// pseudonyms names everybody by the seed and not by chance, so that the same seed
// makes the same order.
func (m *modeller) pseudonyms(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
	for i, record := range m.records {
		if err := campaign.SetPseudonym(ctx, tx, m.staff[officer], c, record, m.dice.letters(10)+fmt.Sprintf("%02X", i)); err != nil {
			return err
		}
	}
	return nil
}

// correct mends what keeps students out, as the office does before it opens.
func (m *modeller) correct(ctx context.Context) error {
	nadia := m.staff[officer]
	_, err := student.MergeStudents(ctx, m.db, nadia, student.MergeForm{Keep: m.records[doubled], Drop: m.double, Reason: "Deux imports"})
	if err != nil {
		return err
	}
	record := m.record(misplaced)
	record.PublicID = m.records[misplaced]
	if _, err := student.Save(ctx, m.db, nadia, record); err != nil {
		return err
	}
	leave := student.Leave{Interval: reference.Interval{From: "2026-01-05", To: "2026-02-06"}, Comment: "Congé maternité"}
	if _, err := student.SaveLeave(ctx, m.db, nadia, m.records[onLeave], leave); err != nil {
		return err
	}
	if err := m.campaigns.Exclude(ctx, nadia, m.campaign, m.records[excluded], "Année de césure"); err != nil {
		return err
	}
	var asked []campaign.Correction
	err = m.db.Read(ctx, func(tx *store.Tx) error {
		c, err := campaign.Get(ctx, tx, m.campaign)
		if err != nil {
			return err
		}
		of, err := student.ByPublicID(ctx, tx, m.records[misplaced])
		if err != nil {
			return err
		}
		asked, err = campaign.Corrections(ctx, tx, c, of)
		return err
	})
	if err != nil {
		return err
	}
	return m.campaigns.AnswerCorrection(ctx, nadia, m.campaign, asked[0].PublicID, "Niveau corrigé")
}

// rank has everybody save a list, some a second one, and most confirm.
func (m *modeller) rank(ctx context.Context) error {
	for i, actor := range m.students {
		if i == excluded {
			continue
		}
		base := 0
		versions := 1 + (i%5)/3
		for n := range versions {
			m.clock.Freeze(modelOpens.Add(time.Duration(i)*17*time.Minute + time.Duration(n)*97*time.Second))
			v, err := m.campaigns.Save(ctx, actor, m.campaign, campaign.Save{Base: base, Wishes: m.wishes(i)})
			if err != nil {
				return fmt.Errorf("student %d saves: %w", i, err)
			}
			base = v.Number
		}
		if i%4 == 3 {
			continue // the deadline gives them a receipt
		}
		if _, err := m.campaigns.Confirm(ctx, actor, m.campaign, base); err != nil {
			return fmt.Errorf("student %d confirms: %w", i, err)
		}
	}
	return nil
}

// wishes draws a list: some posts are wanted by most.
func (m *modeller) wishes(number int) []campaign.Wish {
	codes := make([]string, modelPosts)
	for i := range codes {
		codes[i] = codeOf('s', i+1)
	}
	count := modelWishes
	if number == rejected {
		return []campaign.Wish{{Post: codes[0]}, {Post: codes[1]}}
	}
	return m.dice.wishes(codes, count)
}

func (m *modeller) close(ctx context.Context) error {
	if err := m.campaigns.Close(ctx, identity.System("calendar"), m.campaign); err != nil {
		return err
	}
	m.clock.Freeze(modelCloses.Add(time.Minute)) // the receipts are due
	runner := &job.Runner{DB: m.db, Handlers: m.campaigns.Handlers(), Node: system.Origin}
	if _, err := runner.Step(ctx); err != nil {
		return err
	}
	return m.campaigns.Exclude(ctx, m.staff[officer], m.campaign, m.records[barred], "Démission")
}

func (m *modeller) late(ctx context.Context) error {
	until := modelCloses.Add(40 * time.Hour)
	late, err := m.campaigns.AskLate(ctx, m.staff[officer], m.campaign, m.records[lateOne], until, "Hospitalisation")
	if err != nil {
		return err
	}
	if err := m.campaigns.DecideLate(ctx, m.staff[secondHand], m.campaign, late, true); err != nil {
		return err
	}
	var mine campaign.MyCampaign
	err = m.db.Read(ctx, func(tx *store.Tx) error {
		mine, err = campaign.ForStudent(ctx, tx, m.students[lateOne], m.campaign)
		return err
	})
	if err != nil {
		return err
	}
	_, err = m.campaigns.Save(ctx, m.students[lateOne], m.campaign, campaign.Save{Base: mine.Current.Number, Wishes: m.wishes(lateOne)})
	return err
}

func (m *modeller) run(ctx context.Context) error {
	nadia := m.staff[officer]
	run, err := m.results.RequestRun(ctx, nadia, m.campaign, result.RunForm{Name: "Ordre et tirage"})
	if err != nil {
		return err
	}
	if err := m.work(ctx); err != nil {
		return err
	}
	return m.results.Adopt(ctx, nadia, m.campaign, run, result.AdoptForm{})
}

func (m *modeller) publish(ctx context.Context) error {
	if err := m.results.Publish(ctx, m.staff[officer], m.campaign); err != nil {
		return err
	}
	return m.work(ctx)
}

// work does what waits in the background.
func (m *modeller) work(ctx context.Context) error {
	handlers := result.Handlers(m.db, baseURL)
	for kind, handler := range m.campaigns.Handlers() {
		handlers[kind] = handler
	}
	runner := &job.Runner{DB: m.db, Handlers: handlers, Node: system.Origin}
	for done := 1; done > 0; {
		var err error
		if done, err = runner.Step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// decide has the commission look at those whom the run leaves without a post, and
// confirm.
func (m *modeller) decide(ctx context.Context) error {
	marie := m.staff[commission]
	var without []result.Assignment
	err := m.db.Read(ctx, func(tx *store.Tx) error {
		proposal, err := result.ProposalFor(ctx, tx, marie, m.campaign)
		if err != nil {
			return err
		}
		if without, err = proposal.Assignments().All(ctx, tx, store.And(proposal.Those(), result.WithoutPost)); err != nil {
			return err
		}
		return proposal.Name(ctx, tx, without)
	})
	if err != nil {
		return err
	}
	for _, person := range without {
		_, err := m.results.Decide(ctx, marie, m.campaign, result.DecisionForm{
			Student: person.Student.PublicID, Kind: result.Keep, Motive: "unplaced", Reason: "Vu en commission",
		})
		if err != nil {
			return err
		}
	}
	return m.results.ConfirmProposal(ctx, marie, m.campaign)
}
