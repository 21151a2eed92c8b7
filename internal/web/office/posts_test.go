package office_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
)

// A site that is taken out is offered again, and no site that has a post is.
func TestSitesAreTakenOutByTheirCodesAndOfferedAgain(t *testing.T) {
	t.Parallel()
	d := open(t)
	offers := func(code string) bool {
		return strings.Contains(d.do(nadia, d.path("posts"), nil).body, `<option value="`+code+`"`)
	}
	if offers("CLTI-ORL") || offers("CHUV-URGE") {
		t.Error("sites with a post are offered")
	}
	refused := d.do(nadia, d.path("posts", "remove"), url.Values{"posts": {"CLTI-ORL, NOWHERE"}})
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, "NOWHERE. Rien n’a été retiré") || !strings.Contains(refused.body, "CLTI-ORL, NOWHERE</textarea>") {
		t.Errorf("an unknown code: %d\n%s", refused.status, refused.body)
	}
	if done := d.do(nadia, d.path("posts", "remove"), url.Values{"posts": {"CLTI-ORL\nCHUV-PEDI;"}}); done.status != http.StatusSeeOther {
		t.Errorf("two codes: %d\n%s", done.status, done.body)
	}
	if !offers("CLTI-ORL") || !offers("CHUV-PEDI") || offers("CHUV-URGE") {
		t.Error("the sites that were taken out are not those that are offered")
	}
	if body := d.do(nadia, d.path("posts"), nil).body; !strings.Contains(body, "2 terrains déclarés ne sont pas ouverts") {
		t.Errorf("how many sites have no post is not said:\n%s", body)
	}
}

// The board of posts is filtered, sorted and taken away as a file by the database; rows
// that were refused are shown again, and no others.
func TestTheBoardOfPostsIsAList(t *testing.T) {
	t.Parallel()
	d := open(t)
	rows := func(query string) (codes []string) {
		t.Helper()
		body := d.want(nadia, d.path("posts")+query, nil, http.StatusOK).body
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
	file := d.want(nadia, d.path("posts")+"?format=csv&f.code=chuv-&sort=-code&cols=code,seats", nil, http.StatusOK)
	if lines := strings.Split(strings.TrimSpace(file.body), "\n"); len(lines) != 1+len(chuv) {
		t.Errorf("the file has %d lines: %v", len(lines), lines)
	}
	form := url.Values{"seats." + all[0]: {"many"}, "was." + all[0]: {"1 false"}}
	for _, code := range all[1:] {
		form.Set("seats."+code, "1")
		form.Set("was."+code, "1 false") // as it was shown
	}
	refused := d.want(nadia, d.path("posts"), form, http.StatusUnprocessableEntity, `value="many"`, `id="wrong-`+all[0]+`"`)
	if strings.Count(refused.body, `name="seats.`) != 1 {
		t.Errorf("%d rows are shown again", strings.Count(refused.body, `name="seats.`))
	}
}
