package office

import (
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// FindPerson returns the participant whom somebody means by what they typed in a field:
// a number, or enough of a name. The zero student was not found; the form says why,
// unless nothing was typed.
func FindPerson(r *page.Request, c campaign.Campaign, f *page.Form, field, typed string) (student.Student, error) {
	if typed == "" {
		return student.Student{}, nil
	}
	found, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) ([]campaign.Enrolment, error) {
		people, err := campaign.ParticipantsOf(r.Context(), tx, c)
		if err != nil {
			return nil, err
		}
		return people.Search(r.Context(), tx, typed)
	})
	switch {
	case err != nil:
		return student.Student{}, err
	case len(found) == 0:
		f.Wrong(field, "office.person.nobody", "found", typed)
	case len(found) > 1:
		names := make([]string, len(found))
		for i, e := range found {
			names[i] = r.T("office.why.person", "person", e.Student.Name(), "number", e.Student.Number)
		}
		f.Wrong(field, "office.person.several", "found", typed, "people", r.Text.List(names))
	default:
		return found[0].Student, nil
	}
	return student.Student{}, nil
}

// ReasonField asks for the reason of a change; what was typed stays.
func ReasonField(r *page.Request, id string) ui.Field {
	return ui.Field{Kind: ui.FieldArea, Name: "reason", ID: id, Label: r.T("ui.reason"), Hint: r.T("ui.reason.hint"), Value: r.PostFormValue("reason"), Rows: 2}
}

// KeepTyped shows fields as they were typed.
func KeepTyped(r *page.Request, fields []ui.Field) {
	for i := range fields {
		fields[i].Value, fields[i].Values = r.PostFormValue(fields[i].Name), r.PostForm[fields[i].Name]
	}
}

// ReadAmount reads a number with at most two decimals as French offices write it,
// in hundredths; nothing is nil.
func ReadAmount(f *page.Form, name string) *int64 {
	typed := f.Text(name)
	if typed == "" {
		return nil
	}
	a, err := campaign.ParseAmount(Decimal(typed))
	if err != nil || a != a.Round(2) {
		f.Wrong(name, "office.amount.wrong", "found", typed)
		return nil
	}
	hundredths := a.Hundredths()
	return &hundredths
}

// Decimal writes a number with a point and without spaces.
func Decimal(typed string) string {
	return strings.NewReplacer(",", ".", " ", "", "\u00a0", "", "\u202f", "").Replace(typed)
}
