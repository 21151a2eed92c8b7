package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
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
