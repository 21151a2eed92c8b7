package student

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/web/page"
)

func calendarPath(id string) string { return CampaignPath(id) + "/calendar" }

// Calendar gives the closing of the reader's list as an event for their own
// calendar.
func (Pages) Calendar(w http.ResponseWriter, r *page.Request) error {
	m, err := ReadMine(r)
	if err != nil {
		return err
	}
	return r.SendFile(w, r.T("student.calendar.file", "campaign", m.Campaign.Name), "text/calendar; charset=utf-8", closingEvent(r, m))
}

// closingEvent is the closing of a list by RFC 5545: an instant in UTC, so that
// no calendar has to know the campaign's time zone, with a reminder the day
// before. A later file replaces the event of an earlier one.
func closingEvent(r *page.Request, m campaign.MyCampaign) []byte {
	const utc = "20060102T150405Z"
	what := calendarText(r.T("student.calendar.event", "campaign", m.Campaign.Name))
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stagora//Stagora//FR", "METHOD:PUBLISH",
		"BEGIN:VEVENT",
		"UID:" + m.Campaign.PublicID + "-closing@stagora.org",
		"DTSTAMP:" + r.Now().UTC().Format(utc),
		"DTSTART:" + m.Until.UTC().Format(utc),
		"SUMMARY:" + what,
		"DESCRIPTION:" + calendarText(r.T("student.calendar.what", "until", m.Until)),
		"URL:" + r.BaseURL() + WishesPath(m.Campaign.PublicID),
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P1D", "DESCRIPTION:" + what, "END:VALARM",
		"END:VEVENT", "END:VCALENDAR",
	}
	var file strings.Builder
	for _, line := range lines {
		foldLine(&file, line)
	}
	return []byte(file.String())
}

// calendarText escapes what has a meaning in the texts of a calendar.
func calendarText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// foldLine writes a line of a calendar, which may not pass 75 octets: what is
// longer goes on in lines that begin with a space.
func foldLine(file *strings.Builder, line string) {
	for room := 75; len(line) > room; room = 74 {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		file.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	file.WriteString(line + "\r\n")
}
