package web

import (
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Routes returns every page of Stagora with the right it takes. The test of the
// matrix of rights walks this table: a route is not there unless it is here.
func Routes(site *page.Site) []page.Route {
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
	}
}
