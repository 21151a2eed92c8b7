/*
Package activity shows administrators what was done on the platform: the log of
acts, the mails that were written, and the work done in the background.
*/
package activity

import (
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of the log, of mails and of background work.
func Room() page.Room {
	return page.Room{
		Menu: []page.MenuEntry{
			{Right: notice.RightView, Key: "admin.mails", Icon: "envelope", Href: admin.MailsPath},
			{Right: job.RightView, Everywhere: true, Key: "admin.jobs", Icon: "arrow-repeat", Href: admin.JobsPath},
			{Right: audit.RightView, Everywhere: true, Key: "admin.audit", Icon: "journal-text", Href: admin.AuditPath},
		},
		Routes: []page.Route{
			{Pattern: "GET " + admin.MailsPath, Right: notice.RightView, Handle: Mails},
			{Pattern: "GET " + admin.MailsPath + "/{mail}", Right: notice.RightView, Handle: Mail},
			{Pattern: "GET " + admin.MailsPath + "/{mail}/attachments/{number}", Right: notice.RightView, Handle: Attachment},
			{Pattern: "POST " + admin.MailsPath + "/{mail}/resend", Right: notice.RightView, Handle: ResendMail},
			{Pattern: "POST " + admin.MailsPath + "/{mail}/cancel", Right: notice.RightView, Handle: CancelMail},
			{Pattern: "GET " + admin.JobsPath, Right: job.RightView, Handle: Jobs},
			{Pattern: "GET " + admin.JobsPath + "/{job}", Right: job.RightView, Handle: Job},
			{Pattern: "GET " + admin.JobsPath + "/{job}/progress", Right: job.RightView, Handle: JobProgress},
			{Pattern: "POST " + admin.JobsPath + "/{job}/retry", Right: job.RightView, Handle: RetryJob},
			{Pattern: "POST " + admin.JobsPath + "/{job}/cancel", Right: job.RightView, Handle: CancelJob},
			{Pattern: "GET " + admin.AuditPath, Right: audit.RightView, Handle: Audit},
		},
	}
}
