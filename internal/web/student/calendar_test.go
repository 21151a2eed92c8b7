package student_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/student/studenttest"
)

func TestTheClosingGoesIntoACalendarToTheSecondInUTC(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	got := w.As(t, "E05").Get(w.Path("calendar"))
	got.Has(t, http.StatusOK)
	file, closes := got.Body, campaigntest.Closes.UTC().Format("20060102T150405Z")
	if at := regexp.MustCompile(`DTSTART:(\S+)`).FindStringSubmatch(file); at == nil || at[1] != closes {
		t.Errorf("the event begins %v, the list closes %s", at, closes)
	}
	if !strings.HasPrefix(file, "BEGIN:VCALENDAR\r\n") || !strings.HasSuffix(file, "END:VCALENDAR\r\n") {
		t.Error("the file is not a calendar from end to end")
	}
	for line := range strings.SplitSeq(file, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line has %d octets, 75 are allowed: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(file, "\r\n ", "")
	if !strings.Contains(unfolded, w.ID+"/wishes\r\n") {
		t.Error("the event does not lead to the list")
	}
}
