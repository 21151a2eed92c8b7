package results_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/office/officetest"
)

var french = text.In(text.French, "Europe/Paris")

// figuresOf counts a placement by hand, as a page says it.
func figuresOf(place func(campaigntest.Line) (string, int)) map[string]string {
	placed, first, three, worst, sum, all := 0, 0, 0, 0, 0, len(campaigntest.Lines)
	for _, line := range campaigntest.Lines {
		post, rank := place(line)
		if post == "" {
			continue
		}
		placed, worst, sum = placed+1, max(worst, rank), sum+rank
		if rank == 1 {
			first++
		}
		if rank <= 3 {
			three++
		}
	}
	share := func(n int) string { return fmt.Sprintf("%d (%s)", n, plain(french.Percent(n, all))) }
	return map[string]string{
		"Affectés": fmt.Sprintf("%d sur %d", placed, all), "Premier vœu": share(first), "Trois premiers vœux": share(three),
		"Plus mauvais rang obtenu": strconv.Itoa(worst), "Rang moyen": french.Hundredths(int64((200*sum + placed) / (2 * placed))),
	}
}

func runA(line campaigntest.Line) (string, int) { return line.Post, line.Rank }

// wantFigures fails unless each list of figures says what was counted, and the same mean
// cost as the others.
func wantFigures(t *testing.T, want map[string]string, pages map[string]map[string]string) {
	t.Helper()
	cost := ""
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		got := pages[name]
		for label, value := range want {
			if got[label] != value {
				t.Errorf("%s says %q of %s, not %q", name, got[label], label, value)
			}
		}
		if cost == "" {
			cost = got["Coût moyen"]
		}
		if got["Coût moyen"] == "" || got["Coût moyen"] != cost {
			t.Errorf("%s says %q of the mean cost, another page %q", name, got["Coût moyen"], cost)
		}
	}
}

// What a run gives is counted once: its page, the comparison, the look before it is
// adopted, the commission and the look before it confirms say the same numbers, which are
// those of its lines.
func TestTheFiguresOfARunAreTheSameOnEveryPage(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.Run(url.Values{}), d.Run(d.WithGeriatrics())
	page := func(path string) []map[string]string {
		return facts(t, d.Want(officetest.Nadia, path, nil, http.StatusOK).Body)
	}
	both := page(d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b))
	if len(both) != 2 {
		t.Fatalf("the comparison tells the figures of %d runs", len(both))
	}
	wantFigures(t, figuresOf(runA), map[string]map[string]string{"its page": page(a)[0], "the comparison": both[0], "before it is adopted": page(a + "/adopt")[0]})
	of := map[string]map[string]string{"its page": page(b)[0], "the comparison": both[1], "before it is adopted": page(b + "/adopt")[0]}
	d.Follow(officetest.Nadia, b+"/adopt", url.Values{"compared": {officetest.Last(a)}, "reason": {"personne ne reste sans stage"}})
	of["the commission"] = page(d.Path("commission"))[0]
	of["before it confirms"] = page(d.Path("commission", "confirm"))[0]
	wantFigures(t, figuresOf(placeOf), of)

	runs := csvOf(d, officetest.Nadia, d.Path("runs")+"?format=csv")
	for name, place := range map[string]func(campaigntest.Line) (string, int){"A": runA, "B – avec un vœu pour Zoé": placeOf} {
		want := figuresOf(place)
		cell := func(title string) string { return column(t, runs, "Calcul", title)[name] }
		said := map[string]string{
			"Affectés": cell("Affectés") + " sur " + cell("Étudiants"), "Premier vœu": cell("Premier vœu"), "Trois premiers vœux": cell("Trois premiers vœux"),
			"Plus mauvais rang obtenu": cell("Plus mauvais rang obtenu"), "Rang moyen": cell("Rang moyen"),
		}
		for label, value := range said {
			if value == "" || value != want[label] && !strings.HasPrefix(want[label], value+" (") {
				t.Errorf("the list of runs says %q of %s for %s, not %q", value, label, name, want[label])
			}
		}
	}
}

// The mean cost of the proposal is that of the costs in its file, and each page of a
// person says the cost that the file says.
func TestTheMeanCostIsThatOfTheFile(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	d.Follow(officetest.Nadia, caseOf(d, "E22"), url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"12,5"}, "motive": {"other"}, "reason": {"stage proposé"}})
	costs := column(t, csvOf(d, officetest.Nadia, d.Path("commission")+"?format=csv&cols=name&cols=number&cols=cost"), "Numéro", "Coût")
	sum := int64(0)
	for _, cost := range costs {
		n, err := strconv.ParseInt(strings.ReplaceAll(cost, ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	mean := (2*sum + int64(len(costs))) / (2 * int64(len(costs)))
	said := facts(t, d.Want(officetest.Nadia, d.Path("commission"), nil, http.StatusOK).Body)[0]["Coût moyen"]
	if said != french.Hundredths(mean) {
		t.Errorf("the commission says %q, the file gives %q", said, french.Hundredths(mean))
	}
	minutes := column(t, csvOf(d, officetest.Nadia, d.Path("commission", "minutes")+"?format=csv"), "Numéro", "Coût")
	for _, pseudonym := range []string{"E05", "E22", "E06"} {
		cost := costs["2026"+pseudonym]
		page := described(t, d.Want(officetest.Odile, caseOf(d, pseudonym), nil, http.StatusOK).Body, "terms")[0]["Coût"]
		if !strings.HasPrefix(page, cost+" (terrain ") && page != cost+", décidé par la commission" {
			t.Errorf("the page of %s says %q, the file %q", pseudonym, page, cost)
		}
		if minutes["2026"+pseudonym] != cost {
			t.Errorf("the minutes say %q of %s, the proposal %q", minutes["2026"+pseudonym], pseudonym, cost)
		}
	}
	if costs["2026E22"] != "12,50" {
		t.Errorf("the cost that was decided is %q", costs["2026E22"])
	}
}

// What the commission decides changes the figures of the proposal, and of nothing that
// was before it: the run stays as it was solved.
func TestADecisionChangesTheFiguresOfTheProposalAlone(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	_, b := d.AdoptB()
	d.Follow(officetest.Nadia, caseOf(d, "E22"), move("CHUV-GERI", ""), "La décision est enregistrée.", "sans affectation", "déplacé")
	now := func(line campaigntest.Line) (string, int) { // as run A has it: she alone is without a post
		return line.Post, line.Rank
	}
	commission := d.Want(officetest.Nadia, d.Path("commission"), nil, http.StatusOK, "1 étudiant sans affectation", "Zoé Delorme")
	confirm := facts(t, d.Want(officetest.Nadia, d.Path("commission", "confirm"), nil, http.StatusOK).Body)[0]
	wantFigures(t, figuresOf(now), map[string]map[string]string{"the commission": facts(t, commission.Body)[0], "before it confirms": confirm})
	if confirm["Décisions de la commission"] != "1" {
		t.Errorf("before it confirms: %q decisions", confirm["Décisions de la commission"])
	}
	run := d.Want(officetest.Nadia, b, nil, http.StatusOK, "Tous les étudiants sont affectés.")
	wantFigures(t, figuresOf(placeOf), map[string]map[string]string{"its page": facts(t, run.Body)[0]})

	minutes := pdfOf(d, officetest.Nadia, d.Path("commission", "minutes"))
	for _, line := range []string{"23 affectés sur 24 ; 13 premiers vœux ; 20 dans les trois premiers", "24 affectés sur 24 ; 13 premiers vœux ; 21 dans les trois premiers"} {
		if !strings.Contains(minutes, line) {
			t.Errorf("the minutes do not say %q", line)
		}
	}
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
	ready := facts(t, d.Want(officetest.Paul, d.Path("publication"), nil, http.StatusOK).Body)[0]
	if ready["étudiants affectés, prévenus"] != "23" || ready["étudiant sans affectation, prévenu"] != "1" {
		t.Errorf("the publication is about to tell %v", ready)
	}
}

// How many obtained each rank is said in words beside the bars, and adds up to everybody.
func TestTheRanksAddUpToEverybody(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a := d.Run(url.Values{})
	want := map[string]int{"sans": 0}
	for _, line := range campaigntest.Lines {
		if line.Post == "" {
			want["sans"]++
			continue
		}
		want[strconv.Itoa(line.Rank)]++
	}
	got := map[string]int{}
	for n := range tree(t, d.Want(officetest.Nadia, a, nil, http.StatusOK).Body).Descendants() {
		if n.Data != "tbody" || !strings.Contains(said(n.Parent), "Étudiants par rang du vœu obtenu") {
			continue
		}
		for row := range n.Descendants() {
			if row.Data == "tr" {
				words := strings.Fields(said(row))
				got[words[0]], _ = strconv.Atoi(words[1])
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("the ranks are %v, not %v", got, want)
	}
}

// lastServed is how a page says of each post how full it is, counted by hand: code, seats,
// filled, and the position of the last one served where it is full.
func lastServed(place func(campaigntest.Line) (string, int)) map[string][3]int {
	posts := map[string][3]int{}
	for _, s := range campaigntest.Sites {
		posts[s.Code] = [3]int{s.Seats, 0, 0}
	}
	for _, line := range campaigntest.Lines {
		post, _ := place(line)
		if post == "" {
			continue
		}
		p := posts[post]
		p[1]++
		if p[1] == p[0] {
			p[2] = line.Position
		}
		posts[post] = p
	}
	return posts
}

// How full each post is and who was served last there are the same on the page of the
// run, before the commission, in the minutes and once published.
func TestPostsAndLastOnesServedAreTheSameOnEveryPage(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	_, b := d.AdoptB()
	want := lastServed(placeOf)
	check := func(where string, rows [][]string, free bool) {
		t.Helper()
		if len(rows) != len(want) {
			t.Errorf("%s lists %d posts", where, len(rows))
		}
		for _, row := range rows {
			code := row[0][strings.LastIndex(row[0], " ")+1:]
			p := want[code]
			cells := []string{siteName(code) + " " + code, strconv.Itoa(p[0]), strconv.Itoa(p[1])}
			if free {
				cells = append(cells, strconv.Itoa(p[0]-p[1]))
			}
			last := "il reste des places"
			if p[2] > 0 {
				last = fmt.Sprintf("complet, dernière personne servie en position %d", p[2])
			}
			if cells = append(cells, last); !slices.Equal(row, cells) {
				t.Errorf("%s says %q, not %q", where, row, cells)
			}
		}
	}
	check("the page of the run", rowsNamed(t, d.Want(officetest.Nadia, b, nil, http.StatusOK).Body, "Places et derniers servis"), true)
	check("the commission", rowsNamed(t, d.Want(officetest.Nadia, d.Path("commission"), nil, http.StatusOK).Body, "Places et derniers servis"), true)
	minutes := pdfOf(d, officetest.Nadia, d.Path("commission", "minutes"))
	for code, p := range want {
		line := fmt.Sprintf("%s (%s) %d %d", siteName(code), code, p[0], p[1])
		if p[2] > 0 {
			line += " " + strconv.Itoa(p[2])
		}
		if !strings.Contains(minutes, line+"\n") {
			t.Errorf("the minutes do not say %q", line)
		}
	}
	publish(d)
	check("the publication", rowsNamed(t, d.Want(officetest.Nadia, d.Path("publication"), nil, http.StatusOK).Body, "Derniers servis par terrain"), false)
}

// publish confirms the proposal and publishes it, by two people.
func publish(d *officetest.Desk) {
	d.T.Helper()
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}}, "La commission a confirmé")
	d.Work()
	d.C1.At(d.T, campaigntest.Publishes.Add(time.Minute))
	d.SignOut()
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}}, "est en cours")
	d.Work()
}

// The hash of a result is the same wherever it stands, and the hash of the bundle is that
// of the file that everybody can fetch.
func TestHashesAreTheSameWhereverTheyStand(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.AdoptB()
	hashes := map[string]string{}
	for name, run := range map[string]string{"A": a, "B – avec un vœu pour Zoé": b} {
		terms := described(t, d.Want(officetest.Nadia, run, nil, http.StatusOK).Body, "terms")[0]
		hashes[name] = terms["Empreinte du résultat"]
		if !strings.HasPrefix(hashes[name], "sha256:") || terms["Empreinte de l’énoncé"] == "" || terms["Moteur"] == "" {
			t.Fatalf("run %s tells %v", name, terms)
		}
	}
	commission := described(t, d.Want(officetest.Nadia, d.Path("commission"), nil, http.StatusOK).Body, "terms")
	inFile := column(t, csvOf(d, officetest.Nadia, d.Path("runs")+"?format=csv&cols=name&cols=hash"), "Calcul", "Empreinte du résultat")
	compared := d.Want(officetest.Nadia, d.Path("runs", "compare")+"?run="+officetest.Last(a)+"&run="+officetest.Last(b), nil, http.StatusOK).Body
	minutes := pdfOf(d, officetest.Nadia, d.Path("commission", "minutes"))
	for name, hash := range hashes {
		if got := commission[len(commission)-1][name]; got != hash {
			t.Errorf("the commission says %q of %s", got, name)
		}
		if !strings.HasPrefix(hash, inFile[name]) || inFile[name] == "" {
			t.Errorf("the list of runs says %q of %s", inFile[name], name)
		}
		if !strings.Contains(compared, hash) || !strings.Contains(strings.ReplaceAll(minutes, "\n", ""), hash) {
			t.Errorf("the hash of %s is missing in the comparison or the minutes", name)
		}
	}
	publish(d)
	bundle := d.Want(officetest.Odile, d.Path("publication", "bundle"), nil, http.StatusOK)
	sum := sha256.Sum256([]byte(bundle.Body))
	if bundle.Header.Get("Content-Type") != "application/zip" || !strings.Contains(bundle.Header.Get("Content-Disposition"), ".zip") {
		t.Errorf("the bundle comes as %v", bundle.Header)
	}
	page := d.Want(officetest.Odile, d.Path("publication"), nil, http.StatusOK).Body
	if n := strings.Count(page, hex.EncodeToString(sum[:])); n < 2 { // of the bundle, and of what was verified
		t.Errorf("the page says the hash of the bundle %d times", n)
	}
}
