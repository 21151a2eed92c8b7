package office_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

// A site that is taken out is offered again, and no site that has a post is.
func TestSitesAreTakenOutByTheirCodesAndOfferedAgain(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	offers := func(code string) bool {
		return strings.Contains(d.Do(officetest.Nadia, d.Path("posts"), nil).Body, `<option value="`+code+`"`)
	}
	if offers("CLTI-ORL") || offers("CHUV-URGE") {
		t.Error("sites with a post are offered")
	}
	refused := d.Do(officetest.Nadia, d.Path("posts", "remove"), url.Values{"posts": {"CLTI-ORL, NOWHERE"}})
	if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "NOWHERE. Rien n’a été retiré") || !strings.Contains(refused.Body, "CLTI-ORL, NOWHERE</textarea>") {
		t.Errorf("an unknown code: %d\n%s", refused.Status, refused.Body)
	}
	if done := d.Do(officetest.Nadia, d.Path("posts", "remove"), url.Values{"posts": {"CLTI-ORL\nCHUV-PEDI;"}}); done.Status != http.StatusSeeOther {
		t.Errorf("two codes: %d\n%s", done.Status, done.Body)
	}
	if !offers("CLTI-ORL") || !offers("CHUV-PEDI") || offers("CHUV-URGE") {
		t.Error("the sites that were taken out are not those that are offered")
	}
	if body := d.Do(officetest.Nadia, d.Path("posts"), nil).Body; !strings.Contains(body, "2 terrains déclarés ne sont pas ouverts") {
		t.Errorf("how many sites have no post is not said:\n%s", body)
	}
}

// The board of posts is filtered, sorted and taken away as a file by the database; rows
// that were refused are shown again, and no others.
func TestTheBoardOfPostsIsAList(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	rows := func(query string) (codes []string) {
		t.Helper()
		body := d.Want(officetest.Nadia, d.Path("posts")+query, nil, http.StatusOK).Body
		for _, part := range strings.Split(body, `name="seats.`)[1:] {
			code, _, _ := strings.Cut(part, `"`)
			codes = append(codes, code)
		}
		return codes
	}
	all := rows("")
	if len(all) != len(campaigntest.Sites) {
		t.Fatalf("%d posts of %d", len(all), len(campaigntest.Sites))
	}
	chuv := rows("?f.code=chuv-")
	if len(chuv) == 0 || len(chuv) == len(all) || slices.ContainsFunc(chuv, func(code string) bool { return !strings.HasPrefix(code, "CHUV-") }) {
		t.Errorf("f.code=chuv-: %v", chuv)
	}
	down := rows("?sort=-code")
	if slices.Reverse(down); !slices.IsSorted(down) || len(down) != len(all) {
		t.Errorf("sort=-code, turned round: %v", down)
	}
	if found := rows("?q=urg"); !slices.Contains(found, "CHUV-URGE") || len(found) == len(all) {
		t.Errorf("q=urg: %v", found)
	}
	file := d.Want(officetest.Nadia, d.Path("posts")+"?format=csv&f.code=chuv-&sort=-code&cols=code,seats", nil, http.StatusOK)
	if lines := strings.Split(strings.TrimSpace(file.Body), "\n"); len(lines) != 1+len(chuv) {
		t.Errorf("the file has %d lines: %v", len(lines), lines)
	}
	form := url.Values{"seats." + all[0]: {"many"}, "was." + all[0]: {"1 false"}}
	for _, code := range all[1:] {
		form.Set("seats."+code, "1")
		form.Set("was."+code, "1 false") // as it was shown
	}
	refused := d.Want(officetest.Nadia, d.Path("posts"), form, http.StatusUnprocessableEntity, `value="many"`, `id="wrong-`+all[0]+`"`)
	if strings.Count(refused.Body, `name="seats.`) != 1 {
		t.Errorf("%d rows are shown again", strings.Count(refused.Body, `name="seats.`))
	}
}

func TestManySeatsChangeAtOnceAndSurprisesTakeASecondPerson(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	code, other := campaigntest.Sites[0].Code, campaigntest.Sites[1].Code
	was := func(seats string) string { return seats + " false" }
	seats := func(i int) string { return string(rune('0' + campaigntest.Sites[i].Seats)) }
	form := url.Values{"seats." + code: {"7"}, "was." + code: {was(seats(0))}, "seats." + other: {"beaucoup"}, "was." + other: {was(seats(1))}}
	d.Want(officetest.Nadia, d.Path("posts"), form, http.StatusUnprocessableEntity, `id="wrong-`+other+`"`, `value="beaucoup"`, "n’est pas un nombre entier")
	d.Want(officetest.Nadia, d.Path("posts"), nil, http.StatusOK, `value="`+seats(0)+`" aria-label="Places, `)
	form.Set("seats."+other, "2")
	form.Set("closed."+other, "1")
	d.Follow(officetest.Nadia, d.Path("posts"), form, "2 terrains sont modifiés.", `value="7"`)
	d.Want(officetest.Paul, d.Path("posts"), form, http.StatusUnprocessableEntity, "Nadia Lopes vient de fixer 7 places")
	d.Want(officetest.Odile, d.Path("posts"), form, http.StatusForbidden)
}
