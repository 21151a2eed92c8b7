package web

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// Routes returns every page of Stagora with the right it takes. The test of the
// matrix of rights walks this table: a route is not there unless it is here.
func Routes(campaigns *campaign.Campaigns) []page.Route {
	results := &result.Results{DB: campaigns.DB, Base: campaigns.Base}
	my := student.Pages{Campaigns: campaigns, Results: results}
	desk := &office.Pages{Campaigns: campaigns, Results: results}
	return []page.Route{
		// Anybody.
		{Pattern: "GET /{$}", Right: page.Public, Handle: home},
		{Pattern: "GET " + page.SignInPath, Right: page.Public, Handle: showSignIn},
		{Pattern: "POST " + page.SignInPath, Right: page.Public, Handle: signIn},
		{Pattern: "POST " + ui.SignOutPath, Right: page.Public, Handle: signOut},
		{Pattern: "POST " + ui.PreferencesPath, Right: page.Public, Handle: setPreferences},
		{Pattern: "GET " + accountPath, Right: page.SignedIn, Handle: showAccount},
		{Pattern: "POST " + accountPath, Right: page.SignedIn, Handle: changePassword},
		{Pattern: "GET " + ui.HelpPath, Right: page.Public, Handle: showGuide("help")},
		{Pattern: "GET " + ui.HelpPath + "/{guide}", Right: page.Public, Handle: showGuide("")},
		{Pattern: "GET " + ui.AccessibilityPath, Right: page.Public, Handle: showGuide("accessibility")},
		{Pattern: "GET " + ui.LegalPath, Right: page.Public, Handle: showGuide("legal")},

		{Pattern: "GET " + student.CheckPath + "/{code}", Right: page.Public, Handle: my.Check},

		// Students.
		{Pattern: "GET " + student.Path, Right: identity.WishOwn, Handle: my.List},
		{Pattern: "GET " + student.Path + "/{campaign}", Right: identity.WishOwn, Handle: my.Campaign},
		{Pattern: "GET " + student.Path + "/{campaign}/wishes", Right: identity.WishOwn, Handle: my.Wishes},
		{Pattern: "POST " + student.Path + "/{campaign}/wishes", Right: identity.WishOwn, Handle: my.SaveWishes},
		{Pattern: "GET " + student.Path + "/{campaign}/wishes/row", Right: identity.WishOwn, Handle: my.Row},
		{Pattern: "POST " + student.Path + "/{campaign}/wishes/undo", Right: identity.WishOwn, Handle: my.Undo},
		{Pattern: "GET " + student.Path + "/{campaign}/wishes/confirm", Right: identity.WishOwn, Handle: my.AskConfirm},
		{Pattern: "POST " + student.Path + "/{campaign}/wishes/confirm", Right: identity.WishOwn, Handle: my.Confirm},
		{Pattern: "GET " + student.Path + "/{campaign}/wishes/history", Right: identity.WishOwn, Handle: my.History},
		{Pattern: "POST " + student.Path + "/{campaign}/wishes/history/{version}/restore", Right: identity.WishOwn, Handle: my.Restore},
		{Pattern: "GET " + student.Path + "/{campaign}/receipts/{receipt}", Right: identity.WishOwn, Handle: my.Receipt},
		{Pattern: "GET " + student.Path + "/{campaign}/receipts/{receipt}/pdf", Right: identity.WishOwn, Handle: my.ReceiptPDF},
		{Pattern: "GET " + student.Path + "/{campaign}/result", Right: identity.ResultOwn, Handle: my.Result},
		{Pattern: "GET " + student.Path + "/{campaign}/result/pdf", Right: identity.ResultOwn, Handle: my.ResultPDF},
		{Pattern: "GET " + student.Path + "/{campaign}/result/bundle", Right: identity.ResultOwn, Handle: my.Bundle},

		// The office and the commission.
		{Pattern: "GET " + office.Path, Right: identity.CampaignView, Handle: desk.List},
		{Pattern: "GET " + office.Path + "/new", Right: identity.CampaignEdit, Handle: desk.New},
		{Pattern: "POST " + office.Path, Right: identity.CampaignEdit, Handle: desk.Create},
		{Pattern: "GET " + office.Path + "/{campaign}", Right: identity.CampaignView, Handle: desk.Campaign},
		{Pattern: "GET " + office.Path + "/{campaign}/step", Right: identity.CampaignView, Handle: desk.Step},
		{Pattern: "POST " + office.Path + "/{campaign}/step", Right: identity.CampaignView, Handle: desk.TakeStep},
		{Pattern: "GET " + office.Path + "/{campaign}/settings", Right: identity.CampaignView, Handle: desk.Settings},
		{Pattern: "POST " + office.Path + "/{campaign}/settings", Right: identity.CampaignEdit, Handle: desk.SaveSettings},
		{Pattern: "POST " + office.Path + "/{campaign}/deadline", Right: identity.CampaignOpen, Handle: desk.MoveDeadline},
		{Pattern: "GET " + office.Path + "/{campaign}/participants", Right: identity.CampaignView, Handle: desk.Participants},
		{Pattern: "GET " + office.Path + "/{campaign}/participants/{student}", Right: identity.CampaignView, Handle: desk.Participant},
		{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/exclusion", Right: identity.CampaignEdit, Handle: desk.SetExclusion},
		{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/points", Right: identity.CampaignEdit, Handle: desk.SetPoints},
		{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/position", Right: identity.CampaignEdit, Handle: desk.SetPosition},
		{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/correction", Right: identity.CampaignView, Handle: desk.AskCorrection},
		{Pattern: "POST " + office.Path + "/{campaign}/corrections/{correction}", Right: identity.CampaignEdit, Handle: desk.AnswerCorrection},
		{Pattern: "GET " + office.Path + "/{campaign}/posts", Right: identity.CampaignView, Handle: desk.Posts},
		{Pattern: "POST " + office.Path + "/{campaign}/posts", Right: identity.CampaignEdit, Handle: desk.SavePosts},
		{Pattern: "POST " + office.Path + "/{campaign}/posts/new", Right: identity.CampaignEdit, Handle: desk.AddPost},
		{Pattern: "POST " + office.Path + "/{campaign}/posts/{post}/agree", Right: identity.CampaignEdit, Handle: desk.AgreeSeats},
		{Pattern: "POST " + office.Path + "/{campaign}/posts/{post}/remove", Right: identity.CampaignEdit, Handle: desk.RemovePost},
		{Pattern: "GET " + office.Path + "/{campaign}/lists", Right: identity.WishView, Handle: desk.Lists},
		{Pattern: "GET " + office.Path + "/{campaign}/lists/demand", Right: identity.WishView, Handle: desk.Demand},
		{Pattern: "GET " + office.Path + "/{campaign}/lists/{student}", Right: identity.WishView, Handle: desk.StudentList},
		{Pattern: "GET " + office.Path + "/{campaign}/late", Right: identity.LateGrant, Handle: desk.Late},
		{Pattern: "POST " + office.Path + "/{campaign}/late", Right: identity.LateGrant, Handle: desk.AskLate},
		{Pattern: "POST " + office.Path + "/{campaign}/late/{late}", Right: identity.LateGrant, Handle: desk.DecideLate},
		{Pattern: "GET " + office.Path + "/{campaign}/order", Right: identity.CampaignView, Handle: desk.Order},
		{Pattern: "GET " + office.Path + "/{campaign}/runs", Right: identity.CampaignView, Handle: desk.Runs},
		{Pattern: "POST " + office.Path + "/{campaign}/runs", Right: identity.CampaignRun, Handle: desk.RequestRun},
		{Pattern: "GET " + office.Path + "/{campaign}/runs/new", Right: identity.CampaignRun, Handle: desk.NewRun},
		{Pattern: "GET " + office.Path + "/{campaign}/runs/compare", Right: identity.CampaignView, Handle: desk.Comparison},
		{Pattern: "POST " + office.Path + "/{campaign}/runs/compare", Right: identity.CampaignView, Handle: desk.Compare},
		{Pattern: "GET " + office.Path + "/{campaign}/runs/{run}", Right: identity.CampaignView, Handle: desk.Run},
		{Pattern: "GET " + office.Path + "/{campaign}/runs/{run}/progress", Right: identity.CampaignView, Handle: desk.RunProgress},
		{Pattern: "POST " + office.Path + "/{campaign}/runs/{run}/cancel", Right: identity.CampaignRun, Handle: desk.CancelRun},
		{Pattern: "GET " + office.Path + "/{campaign}/runs/{run}/adopt", Right: identity.CampaignRun, Handle: desk.ShowAdopt},
		{Pattern: "POST " + office.Path + "/{campaign}/runs/{run}/adopt", Right: identity.CampaignRun, Handle: desk.Adopt},
		{Pattern: "GET " + office.Path + "/{campaign}/commission", Right: identity.CampaignView, Handle: desk.Commission},
		{Pattern: "GET " + office.Path + "/{campaign}/commission/confirm", Right: identity.CampaignDecide, Handle: desk.ShowConfirm},
		{Pattern: "POST " + office.Path + "/{campaign}/commission/confirm", Right: identity.CampaignDecide, Handle: desk.ConfirmProposal},
		{Pattern: "GET " + office.Path + "/{campaign}/commission/minutes", Right: identity.CampaignView, Handle: desk.Minutes},
		{Pattern: "GET " + office.Path + "/{campaign}/commission/{student}", Right: identity.CampaignView, Handle: desk.Case},
		{Pattern: "POST " + office.Path + "/{campaign}/commission/{student}", Right: identity.CampaignDecide, Handle: desk.Decide},
		{Pattern: "POST " + office.Path + "/{campaign}/commission/{student}/decisions/{decision}/undo", Right: identity.CampaignDecide, Handle: desk.UndoDecision},
		{Pattern: "GET " + office.Path + "/{campaign}/publication", Right: identity.CampaignPublish, Handle: desk.Publication},
		{Pattern: "POST " + office.Path + "/{campaign}/publication", Right: identity.CampaignPublish, Handle: desk.Publish},
		{Pattern: "GET " + office.Path + "/{campaign}/publication/bundle", Right: identity.CampaignView, Handle: desk.Bundle},
		{Pattern: "GET " + office.Path + "/{campaign}/audit", Right: identity.AuditView, Handle: desk.Audit},

		// The platform's administrators.
		{Pattern: "GET " + admin.PeoplePath, Right: identity.PersonView, Handle: admin.People},
		{Pattern: "GET " + admin.PeoplePath + "/new", Right: identity.PersonEdit, Handle: admin.NewPerson},
		{Pattern: "POST " + admin.PeoplePath, Right: identity.PersonEdit, Handle: admin.CreatePerson},
		{Pattern: "GET " + admin.PeoplePath + "/{person}", Right: identity.PersonView, Handle: admin.Person},
		{Pattern: "POST " + admin.PeoplePath + "/{person}", Right: identity.PersonEdit, Handle: admin.SavePerson},
		{Pattern: "POST " + admin.PeoplePath + "/{person}/accounts", Right: identity.PersonEdit, Handle: admin.CreateAccount},
		{Pattern: "POST " + admin.PeoplePath + "/{person}/accounts/close", Right: identity.PersonEdit, Handle: admin.CloseAccounts},
		{Pattern: "POST " + admin.PeoplePath + "/{person}/accounts/reopen", Right: identity.PersonEdit, Handle: admin.ReopenAccounts},
		{Pattern: "POST " + admin.PeoplePath + "/{person}/grants", Right: identity.RoleEdit, Handle: admin.AddGrant},
		{Pattern: "POST " + admin.PeoplePath + "/{person}/grants/{grant}/end", Right: identity.RoleEdit, Handle: admin.EndGrant},
		{Pattern: "GET " + admin.RolesPath, Right: identity.RoleView, Handle: admin.Roles},
		{Pattern: "POST " + admin.RolesPath, Right: identity.RoleEdit, Handle: admin.SetRight},
		{Pattern: "GET " + admin.RolesPath + "/{role}", Right: identity.RoleView, Handle: admin.Role},
		{Pattern: "GET " + admin.ParametersPath, Right: identity.SettingView, Handle: admin.Parameters},
		{Pattern: "GET " + admin.ParametersPath + "/{list}", Right: identity.SettingView, Handle: admin.List},
		{Pattern: "POST " + admin.ParametersPath + "/{list}", Right: identity.SettingEdit, Handle: admin.CreateItem},
		{Pattern: "GET " + admin.ParametersPath + "/{list}/new", Right: identity.SettingEdit, Handle: admin.NewItem},
		{Pattern: "GET " + admin.ParametersPath + "/{list}/{item}", Right: identity.SettingView, Handle: admin.Item},
		{Pattern: "POST " + admin.ParametersPath + "/{list}/{item}", Right: identity.SettingEdit, Handle: admin.SaveItem},
		{Pattern: "POST " + admin.ParametersPath + "/{list}/{item}/archive", Right: identity.SettingEdit, Handle: admin.ArchiveItem},
		{Pattern: "GET " + admin.MailsPath, Right: identity.MailView, Handle: admin.Mails},
		{Pattern: "GET " + admin.MailsPath + "/{mail}", Right: identity.MailView, Handle: admin.Mail},
		{Pattern: "GET " + admin.MailsPath + "/{mail}/attachments/{number}", Right: identity.MailView, Handle: admin.Attachment},
		{Pattern: "POST " + admin.MailsPath + "/{mail}/resend", Right: identity.MailView, Handle: admin.ResendMail},
		{Pattern: "POST " + admin.MailsPath + "/{mail}/cancel", Right: identity.MailView, Handle: admin.CancelMail},
		{Pattern: "GET " + admin.JobsPath, Right: identity.JobView, Handle: admin.Jobs},
		{Pattern: "GET " + admin.JobsPath + "/{job}", Right: identity.JobView, Handle: admin.Job},
		{Pattern: "GET " + admin.JobsPath + "/{job}/progress", Right: identity.JobView, Handle: admin.JobProgress},
		{Pattern: "POST " + admin.JobsPath + "/{job}/retry", Right: identity.JobView, Handle: admin.RetryJob},
		{Pattern: "POST " + admin.JobsPath + "/{job}/cancel", Right: identity.JobView, Handle: admin.CancelJob},
		{Pattern: "GET " + admin.AuditPath, Right: identity.AuditView, Handle: admin.Audit},
	}
}
