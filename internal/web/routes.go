package web

import (
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Routes returns the pages that belong to no room: the home, sign-in, one's own
// account, help.
func Routes() []page.Route {
	return []page.Route{
		{Pattern: "GET /{$}", Right: page.Public, Handle: home},
		{Pattern: "GET " + page.SignInPath, Right: page.Public, Handle: showSignIn},
		{Pattern: "POST " + page.SignInPath, Right: page.Public, Handle: signIn},
		{Pattern: "GET " + waitPath + "/{ticket}", Right: page.Public, Handle: showTurn},
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
