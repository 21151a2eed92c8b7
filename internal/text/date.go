package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date writes a day: "vendredi 20 mars 2026", "Friday 20 March 2026".
func (p Printer) Date(t time.Time) string {
	t = t.In(p.zone())
	return p.T("date.full",
		"weekday", Key(fmt.Sprintf("date.weekday.%d", t.Weekday())),
		"day", p.dayOfMonth(t),
		"month", Key(fmt.Sprintf("date.month.%d", t.Month())),
		"year", strconv.Itoa(t.Year()))
}

// ShortDate writes a day for tables: "20/03/2026" in both languages, as French
// offices read it.
func (p Printer) ShortDate(t time.Time) string { return t.In(p.zone()).Format("02/01/2006") }

// ShortDateTime writes an instant for tables: "20/03/2026 18:00".
func (p Printer) ShortDateTime(t time.Time) string { return t.In(p.zone()).Format("02/01/2006 15:04") }

// DateTime writes an instant: "vendredi 20 mars 2026 à 18:00 (heure de Paris)".
func (p Printer) DateTime(t time.Time) string {
	return p.T("date.time", "date", p.Date(t), "time", t.In(p.zone()).Format("15:04"), "zone", p.ZoneName())
}

// Exact writes an instant with its seconds and offset: "20 mars 2026 à 17:58:03
// (heure de Paris, UTC+01:00)". Receipts carry it.
func (p Printer) Exact(t time.Time) string {
	local := t.In(p.zone())
	return p.T("date.exact", "date", p.Date(t), "time", local.Format("15:04:05"),
		"zone", p.ZoneName(), "offset", local.Format("-07:00"))
}

// Clock writes the time of day with its seconds: "21:04:12".
func (p Printer) Clock(t time.Time) string { return t.In(p.zone()).Format("15:04:05") }

// Minute writes the time of day: "21:04".
func (p Printer) Minute(t time.Time) string { return t.In(p.zone()).Format("15:04") }

// dayOfMonth writes the day of a month; French says "1er".
func (p Printer) dayOfMonth(t time.Time) string {
	if t.Day() == 1 && p.lang() == French {
		return "1er"
	}
	return strconv.Itoa(t.Day())
}

// Duration writes how long something takes or is away, in its two largest
// units: "2 j 3 h", "3 h 12 min", "45 s". Negative durations read as zero.
func (p Printer) Duration(d time.Duration) string {
	d = max(d, 0)
	units := []struct {
		key  string
		size time.Duration
	}{
		{"duration.day", 24 * time.Hour}, {"duration.hour", time.Hour},
		{"duration.minute", time.Minute}, {"duration.second", time.Second},
	}
	var parts []string
	for i, unit := range units {
		n := d / unit.size
		d -= n * unit.size
		if n > 0 || (len(parts) == 0 && i == len(units)-1) {
			parts = append(parts, p.T(unit.key, "n", strconv.FormatInt(int64(n), 10)))
		} else if len(parts) > 0 {
			break
		}
		if len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, "\u00a0")
}
