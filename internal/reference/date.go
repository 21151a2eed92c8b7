package reference

import (
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/text"
)

// A Date is a day of the calendar, without hour or zone, as ISO text
// ("2026-03-20"): dates compare as texts do. The empty Date is "not known".
type Date string

const isoDay = "2006-01-02"

// ParseDate reads a day as people type it: 20/03/2026, 20-03-2026, 2026-03-20.
// Nothing typed is the empty Date.
func ParseDate(s string) (d Date, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", true
	}
	for _, layout := range []string{isoDay, "2/1/2006", "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return Date(t.Format(isoDay)), true
		}
	}
	return "", false
}

// DateOf returns the day that an instant falls on in a zone.
func DateOf(t time.Time, zone *time.Location) Date { return Date(t.In(zone).Format(isoDay)) }

// Valid reports whether d is a day of the calendar.
func (d Date) Valid() bool {
	_, err := time.Parse(isoDay, string(d))
	return err == nil
}

// Noon returns an instant of that day which every French time zone, from Tahiti
// to Nouméa, shows as that day. It is the zero time for the empty Date.
func (d Date) Noon() time.Time {
	t, err := time.Parse(isoDay, string(d))
	if err != nil {
		return time.Time{}
	}
	return t.Add(12 * time.Hour)
}

// Day returns the date as the blank of a sentence.
func (d Date) Day() text.Day { return text.Day(d.Noon()) }

// An Interval is from one day to another, both included.
type Interval struct{ From, To Date }

// Overlaps reports whether two intervals share a day.
func (i Interval) Overlaps(j Interval) bool { return i.From <= j.To && j.From <= i.To }

// CheckInterval notes what is wrong with the fields "from" and "to", and reports
// whether nothing was.
func CheckInterval(form *fault.Form, i Interval) bool {
	good := true
	for _, f := range []struct {
		name string
		day  Date
	}{{"from", i.From}, {"to", i.To}} {
		switch {
		case f.day == "":
			form.Wrong(f.name, "form.required")
			good = false
		case !f.day.Valid():
			form.Wrong(f.name, "reference.date", "found", string(f.day))
			good = false
		}
	}
	if good && i.To < i.From {
		form.Wrong("to", "reference.interval.order", "from", i.From.Day(), "to", i.To.Day())
		good = false
	}
	return good
}
