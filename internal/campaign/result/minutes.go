package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Minutes are what the commission signs. Everything in them is as it was named when
// they were kept: they print the same whatever changes since.
type Minutes struct {
	Campaign string    `json:"campaign"`
	PublicID string    `json:"publicID"`
	Faculty  string    `json:"faculty"`
	Period   string    `json:"period"`
	Zone     string    `json:"zone"`
	Closed   time.Time `json:"closed"`
	Order    string    `json:"order"` // hash of the order

	Runs      []MinuteRun      `json:"runs"` // the adopted one, then the one it was weighed against
	Reason    string           `json:"reason"`
	AdoptedBy string           `json:"adoptedBy"`
	AdoptedAt time.Time        `json:"adoptedAt"`
	Changed   []MinuteChange   `json:"changed"` // by the adopted run, against the other
	Decisions []MinuteDecision `json:"decisions"`
	Lines     []MinuteLine     `json:"lines"`
	Posts     []PostLine       `json:"posts"`
	Placed    int              `json:"placed"`
	First     int              `json:"first"`
	Three     int              `json:"three"`

	ConfirmedAt time.Time `json:"confirmedAt"` // zero: a draft
	ConfirmedBy string    `json:"confirmedBy"`
	Hash        string    `json:"-"` // of the minutes as they were kept; empty for a draft
}

// A MinuteRun is a run as the minutes name it.
type MinuteRun struct {
	Label      string            `json:"label"`
	Method     string            `json:"method"`
	CostRule   string            `json:"costRule"`
	Engine     string            `json:"engine"`
	Instance   string            `json:"instance"` // hashes
	Result     string            `json:"result"`
	Placed     int               `json:"placed"`
	Students   int               `json:"students"`
	First      int               `json:"first"`
	Three      int               `json:"three"`
	Worst      int               `json:"worst"`
	MeanRank   int64             `json:"meanRank"`
	Amendments []MinuteAmendment `json:"amendments"`
}

// A MinuteChange is a student whom two runs place differently.
type MinuteChange struct {
	Student string `json:"student"`
	From    string `json:"from"` // the post, as people know it; empty: none
	To      string `json:"to"`
}

// A MinuteDecision is a decision with the name that the student had.
type MinuteDecision struct {
	Decision
	Name string `json:"name"`
}

// Sentence tells the decision.
func (d MinuteDecision) Sentence(p text.Printer) string {
	d.Person.Student.Name = d.Name
	return d.Decision.Sentence(p)
}

// A MinuteAmendment is an amendment with the name that the student had.
type MinuteAmendment struct {
	AmendmentLine
	Name string `json:"name"`
}

// Sentence tells the amendment.
func (a MinuteAmendment) Sentence(p text.Printer) string {
	a.Person.Name = a.Name
	return a.AmendmentLine.Sentence(p)
}

// A MinuteLine is where one student goes.
type MinuteLine struct {
	Position int    `json:"position"`
	Student  string `json:"student"`
	Number   string `json:"number"`
	Post     string `json:"post"` // as people know it; empty: none
	Rank     int    `json:"rank"`
	Source   Source `json:"source"`
	Costs    *Costs `json:"costs,omitempty"`
	Repriced bool   `json:"repriced,omitempty"`
}

// Draft reports whether the commission has still to confirm.
func (m Minutes) Draft() bool { return m.ConfirmedAt.IsZero() }

// MinutesFor returns the minutes of a campaign: a draft while the commission works,
// then what it confirmed.
func MinutesFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Minutes, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Minutes{}, err
	}
	row, err := queries.New(tx).Minutes(ctx, c.ID)
	if err == nil {
		m, err := fromJSON[Minutes](row.Content, "minutes")
		m.Hash = row.Hash
		return m, err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Minutes{}, fmt.Errorf("read the minutes: %w", err)
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return Minutes{}, err
	}
	return b.minutes(ctx, tx)
}

// minutes writes the minutes of the proposal as it stands.
func (b *proposalState) minutes(ctx context.Context, tx *store.Tx) (Minutes, error) {
	c := b.campaign
	m := Minutes{
		Campaign: c.Name, PublicID: c.PublicID, Faculty: c.Faculty.Name, Period: c.Period.Name, Zone: c.Zone, Closed: c.ClosesAt,
		Reason: b.adoption.Reason, AdoptedBy: b.adoption.AdoptedName, AdoptedAt: b.adoption.AdoptedAt.Time, Posts: b.postLines(b.places),
	}
	summary := b.summary(b.places)
	m.Placed, m.First, m.Three = summary.Placed, summary.First, summary.WithinThree
	draw, err := campaign.DrawOf(ctx, tx, c)
	if err != nil {
		return m, err
	}
	m.Order = draw.OrderHash
	m.Runs = []MinuteRun{b.minuteRun()}
	if err := b.addCompared(ctx, tx, &m); err != nil {
		return m, err
	}
	for _, d := range b.decisions {
		m.Decisions = append(m.Decisions, MinuteDecision{d, d.Person.Student.Name})
	}
	everybody := b.inOrder()
	m.Lines = make([]MinuteLine, 0, len(everybody))
	for _, i := range everybody {
		student := b.students[b.roster[i].Student]
		m.Lines = append(m.Lines, MinuteLine{
			Position: b.solution.Position(i), Student: student.Person.SortedName(), Number: student.Number, Post: b.title(b.places[i].Post),
			Rank: b.places[i].Rank, Source: b.source(i), Costs: b.places[i].Costs, Repriced: b.repriced[i] != nil,
		})
	}
	return m, nil
}

func (b *proposalState) addCompared(ctx context.Context, tx *store.Tx, m *Minutes) error {
	if !b.adoption.ComparedID.Valid {
		return nil
	}
	row, err := queries.New(tx).Run(ctx, b.adoption.ComparedID.Int64)
	if err != nil {
		return fmt.Errorf("read the compared run: %w", err)
	}
	other, err := load(ctx, tx, b.campaign, row)
	if errors.Is(err, sql.ErrNoRows) { // it is not solved: there is nothing to compare with
		return nil
	}
	if err != nil {
		return err
	}
	m.Runs = append(m.Runs, other.minuteRun())
	for _, c := range changed(other, b.loadedRun) {
		m.Changed = append(m.Changed, MinuteChange{c.Student.Name, b.title(c.From.Post), b.title(c.To.Post)})
	}
	return nil
}

func (s *loadedRun) minuteRun() MinuteRun {
	sum := s.summary(s.given)
	var amendments []MinuteAmendment
	for _, a := range s.amendments() {
		amendments = append(amendments, MinuteAmendment{a, a.Person.Name})
	}
	return MinuteRun{
		Label: label(s.row.Number, s.row.Name), Method: s.row.Method, CostRule: s.row.CostRule, Engine: s.output.Engine,
		Instance: s.row.InstanceHash, Result: s.output.ResultHash, Placed: sum.Placed, Students: sum.Students, First: sum.First,
		Three: sum.WithinThree, Worst: sum.Worst, MeanRank: sum.MeanRank, Amendments: amendments,
	}
}

// title names a post with its code, and nowhere as "".
func (s *loadedRun) title(code string) string {
	if code == "" {
		return ""
	}
	return titled(s.name(code), code)
}

// MinuteColumns are the titles of the final list: position, student, number, post, rank of
// the wish, who decided, and cost.
func MinuteColumns(p text.Printer) (titles []string) {
	for _, key := range []string{"position", "student", "number", "post", "rank", "source", "cost"} {
		titles = append(titles, p.T("result.column."+key))
	}
	return titles
}

// cells are a line of the final list as it is written on paper.
func (l MinuteLine) cells(p text.Printer) []string {
	rank, cost := "", ""
	if l.Rank > 0 {
		rank = p.Number(int64(l.Rank))
	}
	if l.Costs != nil {
		cost = p.Hundredths(l.Costs.Total)
	}
	return []string{p.Number(int64(l.Position)), l.Student, l.Number, l.Place(p), rank, l.How(p), cost}
}

// Place names the post, or says that there is none.
func (l MinuteLine) Place(p text.Printer) string { return orNone(l.Post, p) }

// How says who put the student there, and whether the cost was decided.
func (l MinuteLine) How(p text.Printer) string {
	if l.Post == "" && l.Source == ByRun {
		return ""
	}
	words := []string{p.T("result.source." + string(l.Source))}
	if l.Repriced {
		words = append(words, p.T("result.repriced"))
	}
	return strings.Join(words, ", ")
}

func orNone(post string, p text.Printer) string {
	if post == "" {
		return p.T("result.nowhere")
	}
	return post
}
