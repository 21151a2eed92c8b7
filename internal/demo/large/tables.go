package large

import (
	"fmt"
	"slices"
	"strings"
)

// The tables that this package knows by name. All others are copied by what they
// refer to, so that a new table or column of any owner comes along by itself.
const (
	peopleTable      = "identity_person"
	roleTable        = "identity_role"
	accountTable     = "identity_account"
	facultyTable     = "reference_faculty"
	levelTable       = "reference_level"
	yearTable        = "reference_year"
	categoryTable    = "site_category"
	periodTable      = "reference_period"
	cohortTable      = "student_cohort"
	siteTable        = "site_site"
	institutionTable = "site_institution"
	contactTable     = "site_contact"
	campaignTable    = "campaign_campaign"
	listTable        = "ranking_list"
	versionTable     = "ranking_version"
	participantTable = "campaign_participant"
)

// jsonKeys are the names under which texts hold keys of rows, and of which table.
var jsonKeys = map[string]string{
	"participant": participantTable,
	"student":     "student_student",
	"person":      peopleTable,
}

// owners are columns that hold the key of a row without a reference that the database
// knows of: by table and column, the other table.
var owners = map[string]string{
	listTable + ".owner": participantTable,
}

// wordsColumn holds the words of a name in their own order: another name, another
// order.
const wordsColumn = "name_key"

// notCopied are the tables whose rows are not copied: files that went with a mail,
// which would be most of the world.
var notCopied = []string{"notice_attachment"}

// words gives each row of a table of words one word: a placeholder may stand for a
// name of several.
func words(t *table, rows [][]any) [][]any {
	at := slices.Index(columnsOf(t), "word")
	if !strings.HasSuffix(t.name, "_word") || at < 0 {
		return rows
	}
	var single [][]any
	known := map[string]bool{}
	for _, row := range rows {
		for word := range strings.FieldsSeq(fmt.Sprint(row[at])) {
			one := slices.Clone(row)
			one[at] = word
			if key := fmt.Sprint(one); !known[key] {
				known[key] = true
				single = append(single, one)
			}
		}
	}
	return single
}

// ownGroup is what a row is a part of by itself.
func ownGroup(r *row) group {
	switch r.table.name {
	case cohortTable:
		return ofPeople
	case siteTable, institutionTable, contactTable:
		return ofPlaces
	case campaignTable:
		return ofCampaign
	case peopleTable:
		if n := numberIn(r.text("family_name")); n > 0 && n < staffFrom {
			return ofPeople
		}
	}
	return ofAll
}

// numberIn returns the number of a placeholder, 0 if it is none.
func numberIn(s string) int {
	s = strings.ToLower(s)
	if len(s) < 6 || !strings.HasPrefix(s, "qz") {
		return 0
	}
	n := 0
	for _, c := range s[3 : len(s)-1] {
		if c < '0' || c > '9' {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}
