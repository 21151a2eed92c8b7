package page

import (
	"net/http"

	"stagora.org/stagora/internal/web/ui"
)

// secured adds the security headers and refuses what other sites make a browser
// send.
func (s *Site) secured(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(s.serve(Route{Right: Public, Handle: func(http.ResponseWriter, *Request) error {
		return crossOrigin
	}}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ui.Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		protection.Handler(next).ServeHTTP(w, r)
	})
}

// maxBody bounds what a request may send: files to import are the largest.
const maxBody = 20 << 20
