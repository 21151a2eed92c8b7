package records

import (
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of what the office keeps: students, cohorts, sites,
// institutions, contacts, files.
func Room() page.Room {
	return page.Room{
		Menu: []page.MenuEntry{
			{Right: student.RightView, Key: "menu.students", Icon: "people", Href: StudentsPath},
			{Right: site.RightView, Key: "menu.sites", Icon: "building", Href: SitesPath},
			{Right: exchange.RightImport, Key: "menu.imports", Icon: "cloud-upload", Href: ImportsPath},
		},
		Routes: []page.Route{
			{Pattern: "GET " + StudentsPath, Right: student.RightView, Handle: Students.List},
			{Pattern: "GET " + StudentsPath + "/new", Right: student.RightEdit, Handle: Students.New},
			{Pattern: "POST " + StudentsPath, Right: student.RightEdit, Handle: Students.Create},
			{Pattern: "GET " + StudentsPath + "/{id}", Right: student.RightView, Handle: Students.Page},
			{Pattern: "POST " + StudentsPath + "/{id}", Right: student.RightEdit, Handle: Students.Change},
			{Pattern: "GET " + StudentsPath + "/{id}/merge", Right: student.RightMerge, Handle: Merge},
			{Pattern: "POST " + StudentsPath + "/{id}/merge", Right: student.RightMerge, Handle: DoMerge},
			{Pattern: "POST " + StudentsPath + "/{id}/merge/{merge}/undo", Right: student.RightMerge, Handle: UndoMerge},
			{Pattern: "POST " + StudentsPath + "/{id}/distinct", Right: student.RightMerge, Handle: Distinct},
			{Pattern: "POST " + StudentsPath + "/{id}/leaves", Right: student.RightEdit, Handle: AddLeave},
			{Pattern: "POST " + StudentsPath + "/{id}/leaves/{leave}/remove", Right: student.RightEdit, Handle: RemoveLeave},
			{Pattern: "POST " + StudentsPath + "/{id}/cohorts", Right: student.RightEdit, Handle: Join},
			{Pattern: "POST " + StudentsPath + "/{id}/cohorts/leave", Right: student.RightEdit, Handle: Quit},
			{Pattern: "GET " + CohortsPath, Right: student.RightView, Handle: Cohorts.List},
			{Pattern: "GET " + CohortsPath + "/new", Right: student.RightEdit, Handle: Cohorts.New},
			{Pattern: "POST " + CohortsPath, Right: student.RightEdit, Handle: Cohorts.Create},
			{Pattern: "GET " + CohortsPath + "/{id}", Right: student.RightView, Handle: Cohorts.Page},
			{Pattern: "POST " + CohortsPath + "/{id}", Right: student.RightEdit, Handle: Cohorts.Change},
			{Pattern: "GET " + SitesPath, Right: site.RightView, Handle: Sites.List},
			{Pattern: "GET " + SitesPath + "/new", Right: site.RightEdit, Handle: Sites.New},
			{Pattern: "POST " + SitesPath, Right: site.RightEdit, Handle: Sites.Create},
			{Pattern: "GET " + SitesPath + "/{id}", Right: site.RightView, Handle: Sites.Page},
			{Pattern: "POST " + SitesPath + "/{id}", Right: site.RightEdit, Handle: Sites.Change},
			{Pattern: "POST " + SitesPath + "/{id}/contacts", Right: site.RightEdit, Handle: PutLink},
			{Pattern: "POST " + SitesPath + "/{id}/contacts/remove", Right: site.RightEdit, Handle: RemoveLink},
			{Pattern: "GET " + InstitutionsPath, Right: site.RightView, Handle: Institutions.List},
			{Pattern: "GET " + InstitutionsPath + "/new", Right: site.RightEdit, Handle: Institutions.New},
			{Pattern: "POST " + InstitutionsPath, Right: site.RightEdit, Handle: Institutions.Create},
			{Pattern: "GET " + InstitutionsPath + "/{id}", Right: site.RightView, Handle: Institutions.Page},
			{Pattern: "POST " + InstitutionsPath + "/{id}", Right: site.RightEdit, Handle: Institutions.Change},
			{Pattern: "GET " + ContactsPath, Right: site.RightView, Handle: Contacts.List},
			{Pattern: "GET " + ContactsPath + "/new", Right: site.RightEdit, Handle: Contacts.New},
			{Pattern: "POST " + ContactsPath, Right: site.RightEdit, Handle: Contacts.Create},
			{Pattern: "GET " + ContactsPath + "/{id}", Right: site.RightView, Handle: Contacts.Page},
			{Pattern: "POST " + ContactsPath + "/{id}", Right: site.RightEdit, Handle: Contacts.Change},
			{Pattern: "GET " + ImportsPath, Right: exchange.RightImport, Handle: Imports},
			{Pattern: "POST " + ImportsPath, Right: exchange.RightImport, Handle: Upload, Limit: page.FileLimit},
			{Pattern: "GET " + ImportsPath + "/{import}", Right: exchange.RightImport, Handle: Import},
			{Pattern: "GET " + ImportsPath + "/{import}/progress", Right: exchange.RightImport, Handle: ImportProgress},
			{Pattern: "POST " + ImportsPath + "/{import}/decisions", Right: exchange.RightImport, Handle: Decide, Limit: page.LongForm},
			{Pattern: "POST " + ImportsPath + "/{import}/apply", Right: exchange.RightImport, Handle: Apply},
			{Pattern: "POST " + ImportsPath + "/{import}/undo", Right: exchange.RightImport, Handle: Undo},
		},
	}
}
