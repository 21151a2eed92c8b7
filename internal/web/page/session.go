package page

import (
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"

	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

// The cookies of the site. None is for third parties, none outlives its use.
const (
	sessionCookie = "stagora_session"
	langCookie    = "stagora_lang"
	themeCookie   = "stagora_theme"
	noteCookie    = "stagora_note"
	ticketCookie  = "stagora_ticket"
)

// SetSession keeps a login session's token in the browser until it is closed; the
// server ends it earlier when it is not used.
func (r *Request) SetSession(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, Secure: r.site.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// Session returns the token of the login session, or an empty text.
func (r *Request) Session() string {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// EndSession removes the token from the browser.
func (r *Request) EndSession(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true})
}

// SetTicket keeps the key of a ticket of sign-in's queue in the browser, for the
// page where one waits alone.
func (r *Request) SetTicket(w http.ResponseWriter, path, key string) {
	http.SetCookie(w, &http.Cookie{
		Name: ticketCookie, Value: key, Path: path, MaxAge: int(ticketAge.Seconds()),
		HttpOnly: true, Secure: r.site.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// ticketAge is longer than anybody waits.
const ticketAge = time.Hour

// Ticket returns the key of the ticket that this page is for, or an empty text.
func (r *Request) Ticket() string {
	cookie, err := r.Cookie(ticketCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// EndTicket removes the key of a ticket from the browser.
func (r *Request) EndTicket(w http.ResponseWriter, path string) {
	http.SetCookie(w, &http.Cookie{Name: ticketCookie, Path: path, MaxAge: -1, HttpOnly: true})
}

// SetLang keeps the language chosen on this browser.
func (r *Request) SetLang(w http.ResponseWriter, lang text.Lang) { r.keep(w, langCookie, string(lang)) }

// SetTheme keeps the theme chosen on this browser; the zero theme follows the
// device.
func (r *Request) SetTheme(w http.ResponseWriter, theme ui.Theme) {
	r.keep(w, themeCookie, string(theme))
}

func (r *Request) theme() ui.Theme {
	cookie, err := r.Cookie(themeCookie)
	if err == nil && (ui.Theme(cookie.Value) == ui.Light || ui.Theme(cookie.Value) == ui.Dark) {
		return ui.Theme(cookie.Value)
	}
	return ui.DeviceTheme
}

func (r *Request) keep(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true, Secure: r.site.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// Back returns the page of this site that the person comes from, and otherwise
// the home page. It never leads to another site.
func (r *Request) Back() string { return within(r.FormValue("back")) }

// maxBack bounds an address that is handed on from page to page.
const maxBack = 2000

// within returns an address of this site as it is written when nothing in it can be
// read in two ways, and otherwise the home page. Browsers take a backslash for a
// slash, leave tabs out, and so find another site in what reads as a path.
func within(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, len(address) > maxBack, u.IsAbs(), u.Host != "", u.User != nil, !strings.HasPrefix(u.Path, "/"),
		strings.ContainsFunc(u.Path, func(c rune) bool { return c == '\\' || unicode.IsControl(c) }),
		strings.Contains(strings.ToLower(u.EscapedPath()), "%2f"):
		return "/"
	}
	clean := path.Clean(u.Path)
	return (&url.URL{Path: clean, RawQuery: u.RawQuery, Fragment: u.Fragment}).String()
}

// address is where the request comes from. A proxy's word is taken only when the
// site is told to stand behind one.
func (r *Request) address() string {
	if r.site.TrustProxy {
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
