package admin

import (
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of the platform's administrators.
func Room() page.Room {
	return page.Room{
		Menu: []page.MenuEntry{
			{Right: identity.PersonView, Key: "admin.people", Icon: "people", Href: PeoplePath},
			{Right: identity.RoleView, Key: "admin.roles", Icon: "shield-lock", Href: RolesPath},
			{Right: reference.RightView, Key: "admin.parameters", Icon: "sliders", Href: ParametersPath},
			{Right: notice.RightView, Key: "admin.mails", Icon: "envelope", Href: MailsPath},
			{Right: job.RightView, Everywhere: true, Key: "admin.jobs", Icon: "arrow-repeat", Href: JobsPath},
			{Right: audit.RightView, Everywhere: true, Key: "admin.audit", Icon: "journal-text", Href: AuditPath},
		},
		Routes: []page.Route{
			{Pattern: "GET " + PeoplePath, Right: identity.PersonView, Handle: People},
			{Pattern: "GET " + PeoplePath + "/new", Right: identity.PersonEdit, Handle: NewPerson},
			{Pattern: "POST " + PeoplePath, Right: identity.PersonEdit, Handle: CreatePerson},
			{Pattern: "GET " + PeoplePath + "/{person}", Right: identity.PersonView, Handle: Person},
			{Pattern: "POST " + PeoplePath + "/{person}", Right: identity.PersonEdit, Handle: SavePerson},
			{Pattern: "POST " + PeoplePath + "/{person}/accounts", Right: identity.PersonEdit, Handle: CreateAccount},
			{Pattern: "POST " + PeoplePath + "/{person}/accounts/close", Right: identity.PersonEdit, Handle: CloseAccounts},
			{Pattern: "POST " + PeoplePath + "/{person}/accounts/reopen", Right: identity.PersonEdit, Handle: ReopenAccounts},
			{Pattern: "POST " + PeoplePath + "/{person}/grants", Right: identity.RoleEdit, Handle: AddGrant},
			{Pattern: "POST " + PeoplePath + "/{person}/grants/{grant}/end", Right: identity.RoleEdit, Handle: EndGrant},
			{Pattern: "GET " + RolesPath, Right: identity.RoleView, Handle: Roles},
			{Pattern: "POST " + RolesPath, Right: identity.RoleEdit, Handle: SetRight},
			{Pattern: "GET " + RolesPath + "/{role}", Right: identity.RoleView, Handle: Role},
			{Pattern: "GET " + ParametersPath, Right: reference.RightView, Handle: Parameters},
			{Pattern: "GET " + ParametersPath + "/{list}", Right: reference.RightView, Handle: of(list.List)},
			{Pattern: "POST " + ParametersPath + "/{list}", Right: reference.RightEdit, Handle: of(list.Create)},
			{Pattern: "GET " + ParametersPath + "/{list}/new", Right: reference.RightEdit, Handle: of(list.New)},
			{Pattern: "GET " + ParametersPath + "/{list}/{id}", Right: reference.RightView, Handle: of(list.Page)},
			{Pattern: "POST " + ParametersPath + "/{list}/{id}", Right: reference.RightEdit, Handle: of(list.Change)},
			{Pattern: "POST " + ParametersPath + "/{list}/{id}/archive", Right: reference.RightEdit, Handle: of(archiveItem)},
			{Pattern: "GET " + MailsPath, Right: notice.RightView, Handle: Mails},
			{Pattern: "GET " + MailsPath + "/{mail}", Right: notice.RightView, Handle: Mail},
			{Pattern: "GET " + MailsPath + "/{mail}/attachments/{number}", Right: notice.RightView, Handle: Attachment},
			{Pattern: "POST " + MailsPath + "/{mail}/resend", Right: notice.RightView, Handle: ResendMail},
			{Pattern: "POST " + MailsPath + "/{mail}/cancel", Right: notice.RightView, Handle: CancelMail},
			{Pattern: "GET " + JobsPath, Right: job.RightView, Handle: Jobs},
			{Pattern: "GET " + JobsPath + "/{job}", Right: job.RightView, Handle: Job},
			{Pattern: "GET " + JobsPath + "/{job}/progress", Right: job.RightView, Handle: JobProgress},
			{Pattern: "POST " + JobsPath + "/{job}/retry", Right: job.RightView, Handle: RetryJob},
			{Pattern: "POST " + JobsPath + "/{job}/cancel", Right: job.RightView, Handle: CancelJob},
			{Pattern: "GET " + AuditPath, Right: audit.RightView, Handle: Audit},
		},
	}
}
