package page

import (
	"mime"
	"net/http"
	"slices"

	"github.com/klauspost/compress/gzhttp"
)

// compressed are the kinds of answer that shrink. Others are compressed already
// (PDF, XLSX, bundles), or are streams whose lines must not wait in a window.
var compressed = []string{"text/html", "text/csv", "text/plain", "text/calendar", "application/json", "image/svg+xml"}

// compress has answers compressed for browsers that say they read it.
//
// Compression lets who sees the length of answers and has a person's browser send
// chosen requests guess a secret that stands in the same page (the attack BREACH).
// No page holds one: the token of a session is in a cookie alone, forms need no
// token since [http.CrossOriginProtection] judges where they come from, and
// passwords are never written back. A page that must hold a secret has to set the
// header [gzhttp.HeaderNoCompression].
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(1024),       // shorter ones fit one packet anyway
		gzhttp.CompressionLevel(1), // 5 makes pages smaller by a tenth, for twice the time
		gzhttp.EnableZstd(false),
		gzhttp.ContentTypeFilter(func(header string) bool {
			kind, _, err := mime.ParseMediaType(header)
			return err == nil && slices.Contains(compressed, kind)
		}),
	)
	if err != nil {
		panic(err) // the options stand above
	}
	return wrap(next)
}
