package assign

import (
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// A CampaignFile says what a verification bundle holds beside an instance and its
// result: how the order was made, what the commission decided, what was published. It
// names nobody, and holds no word that anybody wrote.
type CampaignFile struct {
	instance *Instance
	prices   *Prices
	file     format.Campaign
}

// NewCampaignFile begins the file of a campaign whose seed is revealed, where placements
// are priced by a rule.
func NewCampaignFile(in *Instance, commitment, seed, costRule string, prices *Prices) *CampaignFile {
	return &CampaignFile{instance: in, prices: prices, file: format.Campaign{
		Engine: format.Engine, Commitment: commitment, Seed: seed, CostRule: costRule,
	}}
}

// Student says what decided when a student of the instance was served.
func (f *CampaignFile) Student(i int, score *int64, manual int) {
	f.file.Students = append(f.file.Students, format.CampaignStudent{ID: f.id(i), Score: amount(score), Manual: manual})
}

// Pin says that a student kept a post, and why, in a code.
func (f *CampaignFile) Pin(i int, post, motive string) {
	f.decide(i, format.Decision{Kind: format.Pin, To: post, Reason: motive})
}

// Move says that a student went from a post to another after the run, "" for none.
func (f *CampaignFile) Move(i int, from, to, motive string) {
	f.decide(i, format.Decision{Kind: format.Move, From: from, To: to, Reason: motive})
}

// Reprice says that a student's place costs another amount, in hundredths.
func (f *CampaignFile) Reprice(i int, cost int64, motive string) {
	f.decide(i, format.Decision{Kind: format.Reprice, Cost: format.Hundredths(cost), Reason: motive})
}

func (f *CampaignFile) decide(i int, d format.Decision) {
	d.Student = f.id(i)
	f.file.Decisions = append(f.file.Decisions, d)
}

// Publish says where a student was told to go. The place costs what its prices say, or
// the hundredths that were decided.
func (f *CampaignFile) Publish(i int, post, secondary string, decided *int64) {
	costs := f.prices.costs[i]
	if decided != nil {
		costs.Cost = format.Hundredths(*decided)
	}
	f.file.Published = append(f.file.Published, format.Publication{Student: f.id(i), Post: post, Secondary: secondary, Costs: &costs})
}

// Bytes returns the file. Students, decisions and publications stand in the order in
// which they were said.
func (f *CampaignFile) Bytes() []byte { return f.file.Bytes() }

func (f *CampaignFile) id(i int) string { return f.instance.in.Students[i].ID }

// BundleFiles are the three files of a verification bundle.
type BundleFiles = check.Files[string]

// VerifyBundle has the independent verifier judge a bundle. It returns how many checks
// passed and the first thing that is wrong, "" if everything holds. The error says that
// a file cannot be judged at all.
func VerifyBundle(files BundleFiles) (passed int, failed string, err error) {
	report, err := check.VerifyBundle(files)
	if err != nil {
		return 0, "", err
	}
	if report.Failed != nil {
		failed = report.Failed.String()
	}
	return len(report.Passed), failed, nil
}
