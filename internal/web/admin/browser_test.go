package admin_test

import (
	"context"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/activity"
	"stagora.org/stagora/internal/web/admin/admintest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// serve opens a platform in a browser, and signs the administrator in.
func serve(t *testing.T, width int) (*admintest.Platform, *browser.Window, string) {
	t.Helper()
	p := admintest.Open(t)
	busy(p)
	server := httptest.NewServer(p.Handler)
	t.Cleanup(server.Close)
	w := browser.Open(t, width)
	w.Visit(server.URL + "/sign-in")
	w.Fill("Identifiant", "root")
	w.Fill("Mot de passe", admintest.Password)
	w.Push("Se connecter")
	w.See("Rosa Admin")
	return p, w, server.URL
}

// busy adds what a platform in use shows: lists, tasks that ended well and not,
// mails that left and not.
func busy(p *admintest.Platform) {
	p.T.Helper()
	ctx, system := p.T.Context(), identity.System("test")
	// Nothing here does the purge, which therefore waits.
	runner := job.Runner{DB: p.DB, Node: "node-1", Handlers: map[string]job.Handler{
		"import": func(context.Context, *job.Run) error { return fault.New(fault.Invalid, "form.wrong", "count", 2) },
	}}
	err := p.DB.Write(ctx, func(tx *store.Tx) error {
		for i, code := range []string{"DFGSM2", "DFGSM3", "DFASM2", "DFASM3"} {
			if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: code, Name: code, Position: i + 2}); err != nil {
				return err
			}
		}
		if _, err := job.Enqueue(ctx, tx, job.Request{Kind: "import", By: "Nadia Lopes"}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: audit.Who{Person: p.People["nadia"].ID, Name: "Nadia Lopes"}, Action: "person.changed", Kind: "person",
			Object: p.People["ines"].PublicID, Args: map[string]any{"person": "Ines Baraka"}, Reason: "Signalé par l’étudiante",
			Before: identity.PersonForm{FamilyName: "Baraqa", Email: "i@v.fr"}, After: identity.PersonForm{FamilyName: "Baraka", Email: "ines@valmer.fr"},
		})
	})
	if err != nil {
		p.T.Fatal(err)
	}
	if _, err := runner.Step(ctx); err != nil {
		p.T.Fatal(err)
	}
	mailer := &notice.Mailer{DB: p.DB, Sender: notice.Catcher{}}
	sending := job.Runner{DB: p.DB, Node: "node-1", Handlers: mailer.Handlers(), Schedules: mailer.Schedules()}
	for range 2 { // in its first look a runner only notes its schedules
		if _, err := sending.Step(ctx); err != nil {
			p.T.Fatal(err)
		}
	}
}

func TestEveryPageFitsItsWindowAndIsAccessible(t *testing.T) {
	t.Parallel()
	for name, width := range map[string]int{"desk": browser.Desk, "phone": browser.Phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, w, base := serve(t, width)
			for name, path := range map[string]string{
				"people": admin.PeoplePath, "person": p.Person("nadia"), "new-person": admin.PeoplePath + "/new",
				"roles": admin.RolesPath, "role": admin.RolesPath + "/office",
				"parameters": admin.ParametersPath, "levels": admin.ParametersPath + "/levels",
				"faculty": admin.ParametersPath + "/faculties/" + p.Faculty.PublicID, "new-period": admin.ParametersPath + "/periods/new",
				"mails": admin.MailsPath, "mail": admin.MailsPath + "/" + p.Mails["ines"],
				"jobs": admin.JobsPath, "job": admin.JobsPath + "/" + p.Job,
				"audit": admin.AuditPath, "mailbox": activity.DemoMailboxPath,
			} {
				w.Visit(base + path)
				w.Fits()
				w.Accessible()
				w.Screenshot(name)
			}
		})
	}
}

func TestARoleIsGivenARightAndTheRightTakenBackByKeyboard(t *testing.T) {
	t.Parallel()
	p, w, base := serve(t, browser.Desk)
	w.Visit(base + admin.RolesPath)
	w.Push("Observation, lire les vœux des étudiants : Non")
	w.See("Le rôle « Observation » a maintenant ce droit : lire les vœux des étudiants.")
	w.Screenshot("right-given")
	if line := p.Newest(); line.Action != "right.added" {
		t.Errorf("the log says %s", line.Action)
	}
	w.Push("Revenir en arrière")
	w.See("n’a plus ce droit : lire les vœux des étudiants.")
	w.Accessible()
}

func TestARefusedGrantIsCorrectedByKeyboard(t *testing.T) {
	t.Parallel()
	for name, width := range map[string]int{"desk": browser.Desk, "phone": browser.Phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, w, base := serve(t, width)
			w.Visit(base + p.Person("ines"))
			unfold(w, "Donner un rôle")
			w.Choose("Périmètre", "UFR : Santé de Valmer")
			w.Push("Donner un rôle")
			w.See("Rôle : Ce champ est à remplir.")
			w.Accessible()
			w.Fits()
			w.Screenshot("grant-refused")
			w.Choose("Rôle", "Observation")
			w.Push("Donner un rôle")
			w.See("Le rôle est donné.")
			w.See("Observation")
			w.Visit(base + admin.AuditPath + "?who=rosa")
			w.See("a donné le rôle Observation à Ines Baraka (Santé de Valmer)")
			unfold(w, "Ce qui a changé (3)")
			w.See("Santé de Valmer (faculty:valmer)")
			w.Screenshot("log-open")
			w.Accessible()
		})
	}
}

func TestThePageOfATaskShowsItsEndByItself(t *testing.T) {
	t.Parallel()
	p, w, base := serve(t, browser.Desk)
	w.Visit(base + admin.JobsPath + "/" + p.Job)
	w.See("En attente de démarrage")
	runner := job.Runner{DB: p.DB, Handlers: map[string]job.Handler{"job.purge": job.Purge(p.DB, time.Hour)}}
	if n, err := runner.Step(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	w.See("Terminé le")
}

// unfold opens what waits behind its button.
func unfold(w *browser.Window, name string) {
	w.Reach("DisclosureTriangle", name)
	w.Press("Enter")
}
