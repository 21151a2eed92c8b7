package result_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A dossier is a bundle as somebody without Stagora would read it: JSON, and nothing
// of ours.
type dossier struct {
	campaign struct {
		Commitment, Seed string
		Students         []struct {
			ID     string
			Score  json.Number
			Manual int
		}
		Decisions []struct{ Student, Kind, From, To string }
		Published []struct{ Student, Post string }
	}
	instance struct {
		Posts []struct {
			ID    string
			Seats int
		}
		Students []struct {
			ID     string
			Pinned string
			Wishes []struct{ Post, Barred string }
		}
	}
	seats  map[string]int
	wishes map[string][]string
	barred map[string]string // student + " " + post: rule
	pinned map[string]string
	score  map[string]string
	manual map[string]bool
	order  []string
}

func unpack(t testing.TB, content []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func readDossier(t testing.TB, content []byte) *dossier {
	t.Helper()
	files := unpack(t, content)
	d := &dossier{seats: map[string]int{}, wishes: map[string][]string{}, barred: map[string]string{}, pinned: map[string]string{}, score: map[string]string{}, manual: map[string]bool{}}
	for name, into := range map[string]any{"campaign.json": &d.campaign, "instance.json": &d.instance} {
		if err := json.Unmarshal(files[name], into); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range d.instance.Posts {
		d.seats[p.ID] = p.Seats
	}
	for _, s := range d.instance.Students {
		d.pinned[s.ID] = s.Pinned
		for _, w := range s.Wishes {
			d.wishes[s.ID] = append(d.wishes[s.ID], w.Post)
			d.barred[s.ID+" "+w.Post] = w.Barred
		}
	}
	d.sort(t)
	return d
}

// sort makes the order again, of scores and draw; no position is decided by hand in
// what these tests publish.
func (d *dossier) sort(t testing.TB) {
	type ticket struct {
		id    string
		score float64
		draw  string
	}
	var tickets []ticket
	for _, s := range d.campaign.Students {
		if s.Manual != 0 {
			t.Fatal("a manual position")
		}
		score, err := s.Score.Float64()
		if err != nil {
			t.Fatal(err)
		}
		d.score[s.ID] = s.Score.String()
		sum := sha256.Sum256([]byte(d.campaign.Seed + ":" + s.ID))
		tickets = append(tickets, ticket{s.ID, score, hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(tickets, func(x, y ticket) int { return cmp.Or(cmp.Compare(x.score, y.score), cmp.Compare(x.draw, y.draw)) })
	for _, x := range tickets {
		d.order = append(d.order, x.id)
	}
}

// serve gives everybody in an order the best wish left; last is the position of the
// last person who took a seat at each post.
func (d *dossier) serve(order []string) (got map[string]int, last map[string]int, free map[string]int) {
	got, last, free = map[string]int{}, map[string]int{}, map[string]int{}
	for post, n := range d.seats {
		free[post] = n
	}
	for _, post := range d.pinned {
		free[post]--
	}
	for position, id := range order {
		if d.pinned[id] != "" {
			continue
		}
		for k, post := range d.wishes[id] {
			if free[post] > 0 && d.barred[id+" "+post] == "" {
				free[post]--
				got[id], last[post] = k+1, position+1
				break
			}
		}
	}
	return got, last, free
}

// facts are what a student should be told, one line a wish, and the positions that
// would have changed something, found by trying every one of them.
func (d *dossier) facts(id string) []string {
	got, last, _ := d.serve(d.order)
	at := slices.Index(d.order, id)
	now := ""
	for _, p := range d.campaign.Published {
		if p.Student == id {
			now = p.Post
		}
	}
	moved := map[string]bool{}
	gone, come := map[string]int{}, map[string]int{}
	for _, decision := range d.campaign.Decisions {
		moved[decision.Student] = moved[decision.Student] || decision.Kind == "move"
	}
	for _, p := range d.campaign.Published {
		was := d.given(p.Student, got)
		if moved[p.Student] && was != p.Post {
			gone[was]++
			come[p.Post]++
		}
	}
	lines := []string{fmt.Sprintf("position %d now %q", at+1, now)}
	for k, post := range d.wishes[id] {
		outcome := ""
		switch {
		case post == now && (moved[id] || d.pinned[id] != ""):
			outcome = "given"
		case got[id] == k+1 && post != now:
			outcome = "withdrawn"
		case got[id] == k+1:
			outcome = "obtained"
		case d.pinned[id] != "" || (got[id] > 0 && got[id] < k+1):
			outcome = "not-reached"
		case d.seats[post] == 0:
			outcome = "closed"
		case d.barred[id+" "+post] != "":
			outcome = "barred " + d.barred[id+" "+post]
		default:
			outcome = fmt.Sprintf("full %d seats, last %d", d.seats[post], last[post])
			if last[post] > 0 && d.score[d.order[last[post]-1]] == d.score[id] {
				outcome += " draw"
			}
			outcome += fmt.Sprintf(" -%d +%d", gone[post], come[post])
		}
		lines = append(lines, fmt.Sprintf("%d %s %s", k+1, post, outcome))
	}
	return append(lines, d.margins(id, at, got[id])...)
}

// given is the post that serving in order gives, or that was kept.
func (d *dossier) given(id string, got map[string]int) string {
	if d.pinned[id] != "" {
		return d.pinned[id]
	}
	if got[id] == 0 {
		return ""
	}
	return d.wishes[id][got[id]-1]
}

// margins serves everybody again, with the student at each better position.
func (d *dossier) margins(id string, at, rank int) []string {
	var lines []string
	best := rank
	for position := at - 1; position >= 0; position-- {
		order := slices.Insert(slices.Delete(slices.Clone(d.order), at, at+1), position, id)
		got, _, _ := d.serve(order)
		if got[id] != best {
			best = got[id]
			lines = append(lines, fmt.Sprintf("at %d %s", position+1, d.wishes[id][best-1]))
		}
	}
	return lines
}

// told writes the kept facts in the same words.
func told(f result.Facts) []string {
	lines := []string{fmt.Sprintf("position %d now %q", f.Position, f.Place.Post)}
	for _, w := range f.Wishes {
		outcome := string(w.Outcome)
		switch w.Outcome {
		case result.Barred:
			outcome += " " + w.Rule
		case result.Full:
			outcome += fmt.Sprintf(" %d seats, last %d", w.Seats, w.Cutoff)
			if w.Tie {
				outcome += " draw"
			}
			outcome += fmt.Sprintf(" -%d +%d", w.Gone, w.Come)
		}
		lines = append(lines, fmt.Sprintf("%d %s %s", w.Wish, w.Post, outcome))
	}
	for _, m := range f.Margins {
		lines = append(lines, fmt.Sprintf("at %d %s", m.Position, m.Post))
	}
	return lines
}

// compareAll compares everybody's explanation with what the bundle alone says.
func compareAll(t *testing.T, d *desk) {
	t.Helper()
	dossier := readDossier(t, d.bundle(t).Content)
	for _, line := range campaigntest.Lines {
		got, want := told(d.own(t, line.Pseudonym).Facts), dossier.facts(line.Pseudonym)
		if !slices.Equal(got, want) {
			t.Errorf("%s is told\n\t%s\nthe bundle says\n\t%s", line.Pseudonym, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	}
}

func TestEverybodyIsToldWhatTheBundleSays(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopt(t, d.run(t, result.RunForm{}), result.AdoptForm{})
		d.keep(t, "E22")
		d.confirm(t)
		d.publish(t)
		compareAll(t, d)
		holds(t, d.bundle(t).Content)
	})
}

// Moves, a pin, fewer seats, an added wish, a cost, a student without a post, a
// decision undone: the explanations still say what happened.
func TestExplanationsStayTrueAfterPeopleDecided(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopt(t, d.run(t, result.RunForm{Amendments: []result.Amendment{
			{Kind: result.PinPost, Student: d.Record["E15"], Post: "CHUV-URGE", Motive: "health", Reason: "traitement sur place"},
			{Kind: result.PinPost, Student: d.Record["E04"], Post: "CHSA-PEDI", Motive: "family", Reason: "garde d’enfant"},
			{Kind: result.SetSeats, Post: "CHUV-CHIR-D", Seats: 1, Motive: "site", Reason: "bloc fermé"},
			{Kind: result.SetSeats, Post: "MSPB-MG2", Seats: 0, Motive: "site", Reason: "fermé"},
			{Kind: result.AddWish, Student: d.Record["E22"], Post: "CHUV-GERI", At: 1, Motive: "unplaced", Reason: "liste courte"},
		}}), result.AdoptForm{})
		p := d.proposal(t)
		for _, l := range p.Lines { // whoever has nothing is looked at or placed
			if l.Now.Post == "" {
				d.keep(t, l.Pseudonym)
			}
		}
		where := func(id string) string { return d.line(t, id).Now.Post }
		d.decide(t, d.move("E18", where("E18"), ""))
		d.decide(t, d.move("E05", where("E05"), "CHUV-CARD-A"))
		undone := d.decide(t, d.move("E24", where("E24"), "CHPL-URGE"))
		d.try(t, d.results.UndoDecision(t.Context(), d.Office, d.ID, undone, "mauvaise personne"))
		d.decide(t, d.move("E08", where("E08"), "CHPL-URGE"))
		d.decide(t, result.DecisionForm{Student: d.Record["E06"], Kind: result.Reprice, From: where("E06"), Cost: 150})
		d.confirm(t)
		d.publish(t)
		compareAll(t, d)
		holds(t, d.bundle(t).Content)

		full := d.own(t, "E14").Facts.Wishes[1] // CHUV-CARD-A: one left, one came
		if full.Outcome != result.Full || full.Gone != 1 || full.Come != 1 {
			t.Errorf("E14 on CHUV-CARD-A: %+v", full)
		}
		for id, want := range map[string]result.Source{"E15": result.ByPin, "E05": result.ByCommission, "E18": result.ByCommission, "E24": result.ByRun} {
			if f := d.own(t, id).Facts; f.Source != want {
				t.Errorf("%s: source %s, want %s", id, f.Source, want)
			}
		}
		if f := d.own(t, "E06").Facts; f.Place.Costs.Total != 150 || *f.Next.Cost != 150 {
			t.Errorf("E06 costs %+v", f.Place.Costs)
		}
		for _, line := range campaigntest.Lines {
			for _, sentence := range d.own(t, line.Pseudonym).Facts.Sentences(french) {
				if strings.Contains(sentence, "⟦") || strings.Contains(sentence, "<no value>") {
					t.Errorf("%s reads %q", line.Pseudonym, sentence)
				}
			}
		}
	})
}

// holds has the bundle verified, then each line of it changed in turn.
func holds(t *testing.T, content []byte) {
	t.Helper()
	files := unpack(t, content)
	bundle := check.Files[[]byte]{Campaign: files["campaign.json"], Instance: files["instance.json"], Result: files["result.json"]}
	report, err := check.VerifyBundle(bundle)
	if err != nil || report.Failed != nil {
		t.Fatalf("the bundle does not hold: %v %v", err, report)
	}
	for name, change := range map[string]func(*check.Files[[]byte]){
		"another seed": func(f *check.Files[[]byte]) {
			f.Campaign = bytes.Replace(f.Campaign, []byte(campaigntest.Seed), []byte("other"), 1)
		},
		"another score": func(f *check.Files[[]byte]) {
			f.Campaign = bytes.Replace(f.Campaign, []byte(`"score":8`), []byte(`"score":9`), 1)
		},
		"another wish": func(f *check.Files[[]byte]) {
			f.Instance = bytes.Replace(f.Instance, []byte(`"post":"CLTI-ORL"`), []byte(`"post":"CHPL-GERI"`), 1)
		},
		"another seat": func(f *check.Files[[]byte]) {
			f.Instance = bytes.Replace(f.Instance, []byte(`"seats":3`), []byte(`"seats":2`), 1)
		},
		"another reason": func(f *check.Files[[]byte]) {
			f.Result = bytes.Replace(f.Result, []byte(`"outcome":"full"`), []byte(`"outcome":"closed"`), 1)
		},
		"another placement": func(f *check.Files[[]byte]) {
			f.Campaign = bytes.Replace(f.Campaign, []byte(`"post":"CHUV-REAN"`), []byte(`"post":"CHPL-GERI"`), 1)
		},
		"another commitment": func(f *check.Files[[]byte]) {
			f.Campaign = bytes.Replace(f.Campaign, []byte(`"commitment":"0`), []byte(`"commitment":"1`), 1)
		},
	} {
		changed := bundle
		change(&changed)
		if bytes.Equal(changed.Campaign, bundle.Campaign) && bytes.Equal(changed.Instance, bundle.Instance) && bytes.Equal(changed.Result, bundle.Result) {
			t.Errorf("%s: nothing to change", name)
			continue
		}
		if report, err := check.VerifyBundle(changed); err == nil && report.Failed == nil {
			t.Errorf("%s: the bundle is still accepted", name)
		}
	}
}

// ETU-4, to the letter.
func TestInesAndQuentinReadWhy(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopt(t, d.run(t, result.RunForm{}), result.AdoptForm{})
		d.keep(t, "E22")
		d.confirm(t)
		d.publish(t)
		ines := d.own(t, "E05")
		reads(t, "Ines", ines.Facts,
			"Votre stage : Urgences, CH de Port-Lune (CHPL-URGE). C’est votre vœu n° 3.",
			"Votre position : 12 sur 24 (8 points). Les points les plus bas sont servis d’abord ; à égalité, le tirage publié décide.",
			"Vœu 1, Cardiologie, CHU de Valmer (CHUV-CARD-A) : Complet : 2 places, dont la dernière est allée à la position 9, avec les mêmes points que vous (8) ; c’est le tirage publié qui a décidé.",
			"Vœu 2, Pédiatrie, CHU de Valmer (CHUV-PEDI) : Complet : 2 places, dont la dernière est allée à la position 10, avec les mêmes points que vous (8) ; c’est le tirage publié qui a décidé.",
			"Vœu 3, Urgences, CH de Port-Lune (CHPL-URGE) : Obtenu.",
			"Vœu 4, Urgences, CHU de Valmer (CHUV-URGE) : Non examiné : l’affectation vous avait déjà donné un vœu mieux classé.",
			"Ce qui aurait changé votre résultat : la position 10 ou mieux aurait donné Pédiatrie, CHU de Valmer (CHUV-PEDI) et la position 9 ou mieux, Cardiologie, CHU de Valmer (CHUV-CARD-A).",
		)
		reads(t, "Quentin", d.own(t, "E14").Facts,
			"Vœu 1, Pédiatrie, CHU de Valmer (CHUV-PEDI) : Non retenu. Stage déjà effectué à « Pédiatrie, CHU de Valmer » (Semestre 1, 2025-2026, du lundi 6 octobre 2025 au vendredi 6 mars 2026). Ce n’est pas une question de places.",
		)
		zoe := d.own(t, "E22").Facts
		reads(t, "Zoé", zoe, "Vous n’avez pas d’affectation à ce stade : aucun de vos vœux n’a pu être satisfait.")
		var left []string
		for _, p := range zoe.Left {
			left = append(left, p.Code)
		}
		if strings.Join(left, " ") != "CHPL-GERI CHSA-ORTH CHUV-GERI" {
			t.Errorf("left for Zoé: %v", left)
		}
		pdf, err := d.results.Sheet(ines, french).PDF(french)
		if err != nil || len(pdf) == 0 {
			t.Errorf("sheet: %v", err)
		}
		for _, line := range campaigntest.Lines {
			text := fmt.Sprintf("%+v %v", d.own(t, line.Pseudonym).Facts, d.own(t, line.Pseudonym).Facts.Sentences(french))
			for _, other := range campaigntest.Lines {
				if strings.Contains(text, other.Family) || (other.Pseudonym != line.Pseudonym && strings.Contains(text, other.Pseudonym)) {
					t.Errorf("what %s is told names %s", line.Pseudonym, other.Family)
				}
			}
		}
	})
}

// reads looks for sentences among those of a student, no-break spaces taken as
// spaces.
func reads(t *testing.T, who string, f result.Facts, want ...string) {
	t.Helper()
	var all []string
	for _, s := range f.Sentences(french) {
		all = append(all, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s))
	}
	for _, w := range want {
		if !slices.Contains(all, w) {
			t.Errorf("%s does not read %q but\n\t%s", who, w, strings.Join(all, "\n\t"))
		}
	}
}

// Another machine, the same inputs: the same files, byte for byte.
func TestTheSameCampaignElsewhereGivesTheSameBundle(t *testing.T) {
	t.Parallel()
	each := map[string]string{}
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		d := newDesk(t, storetest.Open(t, engine))
		d.adopt(t, d.run(t, result.RunForm{}), result.AdoptForm{})
		d.keep(t, "E22")
		d.confirm(t)
		d.publish(t)
		b := d.bundle(t)
		each[b.Hash] = string(engine)
		if err := d.DB.Read(t.Context(), func(tx *store.Tx) error {
			again, err := result.BundleFor(context.Background(), tx, d.Office, d.ID)
			if again.Hash != b.Hash || !bytes.Equal(again.Content, b.Content) {
				t.Error("the office gets another bundle")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(each) != 1 {
		t.Errorf("bundles differ: %v", each)
	}
}
