package records_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

func TestEveryPageFitsItsWindowAndIsAccessible(t *testing.T) {
	t.Parallel()
	for name, width := range map[string]int{"desk": browser.Desk, "phone": browser.Phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			file, err := os.ReadFile("../../exchange/stagetrek/testdata/students.csv")
			if err != nil {
				t.Fatal(err)
			}
			tried := o.drop("students", "rentree.csv", file).header.Get("Location")
			done := o.drop("categories", "categories.csv", []byte("code;acronyme;libelle;ordre;principal\nMED;MED;Médecine;1;oui\n")).header.Get("Location")
			o.want("nadia", done+"/apply", map[string][]string{"digest": {""}}, http.StatusSeeOther)
			w, base := o.serve(width)
			for _, p := range []struct{ name, path string }{
				{"students", "/students"}, {"student", "/students/" + o.student["1003"]}, {"new-student", "/students/new"},
				{"merge", "/students/" + o.student["1001"] + "/merge?with=" + o.student["1002"]},
				{"cohorts", "/cohorts"}, {"sites", "/sites"}, {"site", "/sites/" + o.site}, {"institutions", "/institutions"}, {"contacts", "/contacts"},
				{"imports", "/imports"}, {"import-tried", tried}, {"import-done", done},
			} {
				w.Visit(base + p.path)
				w.Fits()
				w.Accessible()
				w.Screenshot(p.name)
			}
		})
	}
}

// serve opens the site in a browser as Nadia.
func (o *office) serve(width int) (*browser.Window, string) {
	o.t.Helper()
	hash, err := identity.HashPassword(o.t.Context(), "correct horse battery")
	if err != nil {
		o.t.Fatal(err)
	}
	err = o.db.Write(o.t.Context(), func(tx *store.Tx) error {
		people, err := identity.FindPeople(o.t.Context(), tx, "nadia", 2)
		for _, p := range people {
			if p.GivenName == "nadia" {
				_, err = identity.AddAccount(o.t.Context(), tx, p.ID, "nadia.lopes", hash, false)
			}
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	server := httptest.NewServer(o.handler)
	o.t.Cleanup(server.Close)
	w := browser.Open(o.t, width)
	w.Visit(server.URL + "/sign-in")
	w.Fill("Identifiant", "nadia.lopes")
	w.Fill("Mot de passe", "correct horse battery")
	w.Push("Se connecter")
	w.See("nadia Lopes")
	return w, server.URL
}
