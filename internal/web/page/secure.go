package page

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

// Protect is what every answer of the site goes through, static files and errors
// too: it adds the security headers, compresses, and refuses addresses that are too
// long or no text, and what other sites make a browser send.
func (s *Site) Protect(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(s.serve(Route{Right: Public, Handle: func(http.ResponseWriter, *Request) error {
		return crossOrigin
	}}))
	return compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ui.Policy)
		h.Set("Cache-Control", "no-store") // static files say otherwise
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		switch {
		case tooLong(r):
			s.refuseAddress(w, r, fault.New(fault.Invalid, longAddress, "max", maxAddress>>10, "parameters", maxParameters))
			return
		case !isText(r.URL.Path):
			s.refuseAddress(w, r, fault.New(fault.NotFound, "page.unknown"))
			return
		}
		protection.Handler(next).ServeHTTP(w, r)
	}))
}

// What an address may hold. Pages repeat it, in their forms and links: one without a
// bound would make an answer as long as anybody likes.
const (
	maxAddress    = 8 << 10 // bytes
	maxParameters = 200
)

// tooLong reports whether a request asks for more than an address may hold.
func tooLong(r *http.Request) bool {
	return len(r.RequestURI) > maxAddress || strings.Count(r.URL.RawQuery, "&") >= maxParameters
}

// isText reports whether every database can hold a text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// refuseAddress says what is wrong with an address, on a page that does not repeat it.
// It does not look for who asks.
func (s *Site) refuseAddress(w http.ResponseWriter, request *http.Request, why error) {
	short := new(http.Request)
	*short = *request
	short.URL, short.RequestURI = &url.URL{Path: "/"}, "/"
	r := &Request{Request: short, DB: s.DB, Log: s.Log, site: s}
	r.Text = text.In(r.lang(), "")
	s.showError(w, r, why)
}

// longAddress is the sentence of an address that is too long.
const longAddress = "page.longaddress"

func (route Route) limit() int64 {
	switch {
	case route.Limit > 0:
		return route.Limit
	case route.Right == Public:
		return SmallForm
	}
	return FormLimit
}

// readForm reads the form of a request, so that handlers find its fields, and refuses
// what is larger than the route takes and texts that no database holds.
func (r *Request) readForm(limit int64) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(inMemory)
	} else {
		err = r.ParseForm()
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.Invalid, tooLarge, "max", (limit+1023)>>10)
	}
	if err != nil {
		return fault.New(fault.Invalid, "page.unreadable").Because(err)
	}
	for name, values := range r.Form {
		for _, v := range append(values, name) {
			if !isText(v) {
				return fault.New(fault.Invalid, "page.unreadable")
			}
		}
	}
	return nil
}

// tooLarge is the sentence of a request that sends more than its route takes.
const tooLarge = "page.toolarge"

// forgetFiles removes the temporary files of a form.
func (r *Request) forgetFiles() {
	if r.MultipartForm != nil {
		_ = r.MultipartForm.RemoveAll() // what stays is the machine's to clear
	}
}
