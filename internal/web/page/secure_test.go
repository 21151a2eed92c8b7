package page_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// securityHeaders stand on every answer, whatever it is.
var securityHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
}

func TestEveryKindOfAnswerIsProtected(t *testing.T) {
	s := open(t)
	s.page.Secure = true
	for name, got := range map[string]answer{
		"a page":            s.get("/html"),
		"a fragment":        s.get("/part", "HX-Request", "true"),
		"a file":            s.get("/file"),
		"a list":            s.get("/list?format=csv"),
		"a redirection":     s.get("/go"),
		"a sign-in asked":   s.get("/people"),
		"an error":          s.get("/fault/conflict"),
		"an error of ours":  s.get("/broken"),
		"JSON":              s.get("/fault/conflict", "Accept", "application/json"),
		"no page":           s.get("/nowhere"),
		"another method":    s.ask("PUT", "/html", ""),
		"a static file":     s.get(ui.Asset("theme.css")),
		"no static file":    s.get("/static/x/y.css"),
		"another site's":    s.ask("POST", "/echo", "word=x", "Sec-Fetch-Site", "cross-site"),
		"too large a form":  s.ask("POST", "/echo", formOf(5000)),
		"a long address":    s.get("/html?x=" + strings.Repeat("x", 9000)),
		"a compressed page": s.get("/html", "Accept-Encoding", "gzip"),
	} {
		for header, want := range securityHeaders {
			if v := got.Header.Get(header); v != want {
				t.Errorf("%s: %s: %q, want %q", name, header, v, want)
			}
		}
		if name != "a static file" && !strings.HasPrefix(got.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s may be kept by a browser: %q", name, got.Header.Get("Cache-Control"))
		}
	}
	s.page.Secure = false
	if v := s.get("/html").Header.Get("Strict-Transport-Security"); v != "" {
		t.Errorf("a site without HTTPS says %s", v)
	}
}

func TestAnotherSiteCannotPost(t *testing.T) {
	s := open(t)
	for _, tt := range []struct {
		name, header, value string
		status              int
	}{
		{"our own page", "Sec-Fetch-Site", "same-origin", 200},
		{"the address bar", "Sec-Fetch-Site", "none", 200},
		{"another site", "Sec-Fetch-Site", "cross-site", 403},
		{"another host of the same site", "Sec-Fetch-Site", "same-site", 403},
		{"an old browser, our own page", "Origin", s.URL, 200},
		{"an old browser, another site", "Origin", "https://evil.example", 403},
		{"an old browser, a sandbox", "Origin", "null", 403},
		{"a program", "Accept", "*/*", 200},
	} {
		got := s.ask("POST", "/form", "word=x", "as", "ines", tt.header, tt.value)
		if got.StatusCode != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, got.StatusCode, tt.status)
		}
		if tt.status == 403 && !strings.Contains(got.body, "Cette demande vient d’un autre site") {
			t.Errorf("%s is not told why", tt.name)
		}
	}
	for _, route := range []string{"/echo", "/form", "/long", "/nowhere", "/html", ui.StaticPrefix + "x"} {
		if got := s.ask("POST", route, "word=x", "as", "ines", "Sec-Fetch-Site", "cross-site"); got.StatusCode != 403 {
			t.Errorf("POST %s from another site: %d", route, got.StatusCode)
		}
	}
	if got := s.get("/html", "Sec-Fetch-Site", "cross-site"); got.StatusCode != 200 {
		t.Errorf("a link from another site: %d", got.StatusCode)
	}
}

func TestARequestIsNoLargerThanItsRouteTakes(t *testing.T) {
	s := open(t)
	for _, tt := range []struct {
		path, as string
		bytes    int
		status   int
	}{
		{"/echo", "", page.SmallForm - 10, 200},
		{"/echo", "", page.SmallForm + 1, 413},
		{"/echo", "ines", page.SmallForm + 1, 413},
		{"/form", "ines", page.FormLimit - 10, 200},
		{"/form", "ines", page.FormLimit + 1, 413},
		{"/long", "ines", page.LongForm - 10, 200},
		{"/long", "ines", page.LongForm + 1, 413},
		{"/form", "", page.FormLimit + 1, 401},
	} {
		got := s.ask("POST", tt.path, formOf(tt.bytes), "as", tt.as)
		if got.StatusCode != tt.status {
			t.Errorf("%d bytes to %s as %q: %d, want %d", tt.bytes, tt.path, tt.as, got.StatusCode, tt.status)
		}
		if tt.status == 413 && (!strings.Contains(got.body, "Rien n’a été modifié") || len(got.body) > 20_000) {
			t.Errorf("%s: told %.200s", tt.path, got.body)
		}
	}
	var file bytes.Buffer
	form := multipart.NewWriter(&file)
	part, _ := form.CreateFormFile("file", "f.csv")
	_, _ = part.Write(make([]byte, page.LongForm))
	_ = form.Close()
	if got := s.ask("POST", "/long", file.String(), "as", "ines", "Content-Type", form.FormDataContentType()); got.StatusCode != 413 {
		t.Errorf("too large a file: %d", got.StatusCode)
	}
}

func TestWhatNoDatabaseHoldsIsRefused(t *testing.T) {
	s := open(t)
	for _, body := range []string{"word=%00", "word=a%ff", "word=%zz", "w%00=1"} {
		if got := s.ask("POST", "/echo", body); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", body, got.StatusCode)
		}
		if got := s.get("/html?" + body); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("?%s: %d", body, got.StatusCode)
		}
	}
	if got := s.ask("POST", "/echo", "word=%C3%A9%F0%9F%99%82%0A"); got.StatusCode != 200 {
		t.Errorf("any language: %d", got.StatusCode)
	}
}

func TestAnAddressThatIsNoTextLeadsNowhere(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/named/%00", "/named/%FF", "/named/a%C3", "/named/a%00b"} {
		if got := s.get(path); got.StatusCode != http.StatusNotFound || !strings.Contains(got.body, "<html") {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if got := s.get("/named/%C3%A9"); got.StatusCode != http.StatusOK {
		t.Errorf("any language: %d", got.StatusCode)
	}
}

func TestAnswersAreCompressedForWhoReadsIt(t *testing.T) {
	s := open(t)
	plain, packed := s.get("/html", "Accept-Encoding", "identity"), s.get("/html", "Accept-Encoding", "br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("headers %v", packed.Header)
	}
	r, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || len(content) != len(plain.body) {
		t.Errorf("%d bytes became %d: %v", len(plain.body), len(content), err)
	}
	if 2*len(packed.body) > len(plain.body) {
		t.Errorf("%d bytes became %d", len(plain.body), len(packed.body))
	}
	if got := s.get("/file", "Accept-Encoding", "gzip"); got.Header.Get("Content-Encoding") != "" {
		t.Error("a PDF is compressed twice")
	}
}

// A page repeats its address, so that an address has a bound.
func TestAnAddressHasABound(t *testing.T) {
	s := open(t)
	for name, query := range map[string]string{
		"of many bytes":      "back=/" + strings.Repeat("x", 100_000),
		"of one too many":    strings.Repeat("x", 8<<10-len("/html?")+1),
		"of many parameters": strings.Repeat("a&", 200),
	} {
		for _, path := range []string{"/html", "/nowhere", "/people", ui.StaticPrefix + "x.css"} {
			got := s.get(path+"?"+query, "as", "rosa")
			if got.StatusCode != http.StatusRequestURITooLong || !strings.Contains(got.body, "<h1>À corriger</h1>") || strings.Contains(got.body, "xxxx") {
				t.Errorf("%s %s: %d, %d bytes", path, name, got.StatusCode, len(got.body))
			}
			if len(got.body) > 16<<10 {
				t.Errorf("%s %s gives a page of %d bytes", path, name, len(got.body))
			}
		}
	}
	script := s.get("/html?"+strings.Repeat("a&", 200), "Accept", "application/json", "Accept-Language", "en")
	if script.StatusCode != http.StatusRequestURITooLong || !strings.Contains(script.body, "too long") {
		t.Errorf("a script: %d, %s", script.StatusCode, script.body)
	}
	for name, query := range map[string]string{
		"the longest": strings.Repeat("x", 8<<10-len("/html?")), "the most parameters": strings.Repeat("a&", 199),
	} {
		if got := s.get("/html?" + query); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
	// The way to sign in does not grow beyond it: what is too long to come back to is left out.
	long := s.get("/signed-in?" + strings.Repeat("é%", 1000))
	if to := long.Header.Get("Location"); long.StatusCode != http.StatusSeeOther || len(to) > 8<<10 {
		t.Errorf("%d, to an address of %d bytes", long.StatusCode, len(to))
	}
}
