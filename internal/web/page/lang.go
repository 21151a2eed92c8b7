package page

import (
	"golang.org/x/text/language"

	"stagora.org/stagora/internal/text"
)

// lang is the language chosen on this browser, else the person's, else the
// browser's, else French. A script of ours says the language of the page that it
// runs on as the browser's, so that the answer to a person whose session has ended
// is in the language of the page that shows it.
func (r *Request) lang() text.Lang {
	if cookie, err := r.Cookie(langCookie); err == nil {
		return text.ParseLang(cookie.Value)
	}
	if r.Actor.Lang != "" {
		return text.ParseLang(r.Actor.Lang)
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")) // the most wanted first
	if err != nil {
		return text.French
	}
	for _, tag := range wanted {
		switch base, _ := tag.Base(); base.String() {
		case "fr":
			return text.French
		case "en":
			return text.English
		}
	}
	return text.French
}
