package demo_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// copies are the worlds that tests only look at, or go on from.
var copies demo.Copies

// A copy is the world that was loaded, opens no other database, and may be changed
// without the next one knowing.
func TestACopyIsAWorldOfItsOwn(t *testing.T) {
	t.Parallel()
	var copies demo.Copies
	worlds := make([]*demo.World, 2)
	for i := range worlds {
		w, err := copies.Load(t.Context(), filepath.Join(storetest.Folder(t), "copy.db"), "http://demo.example", demo.Open)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.DB.Close() })
		worlds[i] = w
	}
	loaded := load(t, store.SQLite, demo.Open)
	for i, w := range worlds {
		if w.State != loaded.State || len(w.Records) != len(loaded.Records) || loaded.Clock.Now().Sub(w.Clock.Now()).Abs() > time.Hour {
			t.Errorf("copy %d is %+v, want %+v", i, w, loaded)
		}
	}
	worlds[0].Clock.Freeze(time.Date(2026, 3, 20, 17, 0, 1, 0, time.UTC))
	if err := worlds[0].Campaigns.CloseDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []campaign.Phase{campaign.Closed, campaign.Open} {
		look(t, worlds[i], func(_ context.Context, _ *store.Tx, c campaign.Campaign) error {
			if c.Phase != want {
				t.Errorf("copy %d is %s, want %s", i, c.Phase, want)
			}
			return nil
		})
	}
}

// load brings a new database of an engine to a state.
func load(t *testing.T, engine store.Engine, state demo.State) *demo.World {
	t.Helper()
	w, err := demo.Load(t.Context(), storetest.URL(t, engine), "http://demo.example", state)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.DB.Close() })
	return w
}

// look reads the campaign of a world.
func look(t *testing.T, w *demo.World, read func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error) {
	t.Helper()
	err := w.DB.Read(t.Context(), func(tx *store.Tx) error {
		c, err := campaign.Get(t.Context(), tx, w.Campaign)
		if err != nil {
			return err
		}
		return read(t.Context(), tx, c)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestThePreparationHasItsMistakesToFind(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := load(t, engine, demo.Prep)
			look(t, w, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
				people, err := campaign.ParticipantsOf(ctx, tx, c)
				if err != nil {
					return err
				}
				roll, err := people.All(ctx, tx, store.Condition{})
				if err != nil {
					return err
				}
				in, out, warned := 0, []string{}, []string{}
				for _, e := range roll {
					if e.In {
						in++
					}
					if f, excluded := student.Excluded(e.Findings); excluded {
						out = append(out, e.Student.Name()+": "+f.Predicate)
					}
					for _, f := range student.Warned(e.Findings) {
						warned = append(warned, e.Student.Name()+": "+f.Predicate)
					}
				}
				got := fmt.Sprint(in, out, warned)
				if want := "22 [Victoire Amblard: level Léna Marchetti: single] [Karim Oster: email]"; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				return nil
			})
		})
	}
}

func TestWhileOpenNobodyKnowsTheOrder(t *testing.T) {
	t.Parallel()
	w := load(t, store.SQLite, demo.Open)
	look(t, w, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
		snapshot, err := campaign.TakeSnapshot(ctx, tx, c)
		if err != nil {
			return err
		}
		if d := snapshot.Draw; d.Seed != "" || d.Commitment != "076cf36599255457083d6ceab93453f30ca056e501fedf88fe0367ef8c970217" {
			t.Errorf("the draw is %+v", d)
		}
		for _, s := range snapshot.Students {
			if s.Position != nil {
				t.Errorf("%s has a position", s.Pseudonym)
			}
			if s.Pseudonym == "E05" && (s.First != 8 || s.Last != 12 || len(s.Wishes) != 6) {
				t.Errorf("Ines stands between %d and %d with %d wishes", s.First, s.Last, len(s.Wishes))
			}
		}
		return nil
	})
}

// c1 is the order and the result of C1 as the data set's description has them:
// pseudonym, first digits drawn, post, rank.
const c1 = `
E06 2002cd0f MSPB-MG2 1
E01 44525500 CHUV-PEDI 1
E11 dfc6d4bc CHUV-REAN 1
E13 49492ed5 CHUV-CARD-A 2
E21 9c92f3fb CHUV-CHIR-D 1
E16 d6b3970f CHUV-URGE 1
E02 d9f96a2b CHPL-MEDP 1
E03 244a9097 CLTI-ORL 1
E18 38fda6e6 CHUV-CARD-A 1
E07 a68221ee CHUV-PEDI 2
E09 d5d3b09c CHSA-ORTH 1
E05 ee067078 CHPL-URGE 3
E20 33062343 CHUV-URGE 2
E12 488b8b90 CHUV-CHIR-D 2
E24 fa197f13 CHUV-URGE 1
E17 3db38941 CHPL-URGE 1
E14 7038827d MSPB-MG1 3
E08 03d1d799 MSPB-MG1 1
E22 79110dbd - 0
E10 b905450b CHPL-GERI 5
E23 fa68c52f CHPL-MEDP 1
E19 a018043f CHUV-GERI 4
E04 9cce3ef5 MSPB-MG2 6
E15 a7cb3bae CHSA-PEDI 3
`

func TestTheClosedCampaignGivesTheKnownResult(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := load(t, engine, demo.Closed)
			look(t, w, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
				snapshot, err := campaign.TakeSnapshot(ctx, tx, c)
				if err != nil {
					return err
				}
				in, err := format.ReadInstance(snapshot.Instance(c.Method).Bytes())
				if err != nil {
					return err
				}
				result, err := assign.Solve(in)
				if err != nil {
					return err
				}
				var got strings.Builder
				for i, a := range result.Assignments {
					s := snapshot.Students[i]
					post := a.Post
					if post == "" {
						post = "-"
					}
					fmt.Fprintf(&got, "%s %.8s %s %d\n", a.Student, s.Position.Hash, post, a.Rank)
				}
				if got.String() != strings.TrimPrefix(c1, "\n") {
					t.Errorf("got\n%s", got.String())
				}
				return nil
			})
		})
	}
}

// visitor browses a demonstration.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
}

func visit(t *testing.T, state demo.State) (*demo.Demo, visitor) {
	t.Helper()
	d := &demo.Demo{Folder: storetest.Folder(t), Copies: &copies, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	server := httptest.NewServer(d)
	d.BaseURL = server.URL
	if _, err := d.Show(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); d.Close() })
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return d, visitor{t, server.URL, &http.Client{Jar: jar}}
}

func (v visitor) answer(resp *http.Response, err error) (status int, body string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}

func (v visitor) get(path string) (int, string) {
	v.t.Helper()
	return v.answer(v.http.Get(v.base + path))
}

func (v visitor) post(path string, fields ...string) (int, string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return v.answer(v.http.PostForm(v.base+path, form))
}

func TestOneClickEntersAndEveryPageSaysItIsADemo(t *testing.T) {
	t.Parallel()
	_, v := visit(t, demo.Open)
	if status, body := v.get("/demo"); status != 200 || strings.Contains(body, "⟦") {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := v.post("/demo/enter", "login", "nadia.lopes"); status != 200 || !strings.Contains(body, "Nadia Lopes") || !strings.Contains(body, "/demo") {
		t.Errorf("%d %.2000s", status, body)
	}
	if status, _ := v.post("/demo/enter", "login", "nobody"); status != 401 {
		t.Errorf("a stranger entered: %d", status)
	}
}

func TestTheClockClosesTheCampaign(t *testing.T) {
	t.Parallel()
	d, v := visit(t, demo.Open)
	v.post("/demo/enter", "login", "ines.baraka")
	if status, body := v.post("/demo/clock", "instant", "closed", "back", "/demo"); status != 200 || !strings.Contains(body, "Ines Baraka") {
		t.Fatalf("status %d, or the one who moved the clock is signed out", status)
	}
	look(t, d.World(), func(_ context.Context, _ *store.Tx, c campaign.Campaign) error {
		if c.Phase != campaign.Closed {
			t.Errorf("the campaign is %s", c.Phase)
		}
		return nil
	})
	for _, wrong := range [][]string{{"at", "demain"}, {"at", ""}} {
		if status, _ := v.post("/demo/clock", wrong...); status != 422 {
			t.Errorf("%v: status %d", wrong, status)
		}
	}
}

func TestAnotherStateBeginsAnew(t *testing.T) {
	t.Parallel()
	d, v := visit(t, demo.Open)
	v.post("/demo/enter", "login", "ines.baraka")
	if status, body := v.post("/demo/show", "state", "S-PREP"); status != 200 || strings.Contains(body, "Ines Baraka</") {
		t.Errorf("status %d, still signed in", status)
	}
	if d.World().State != demo.Prep || !d.World().DB.Now().Before(time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("shows %s at %v", d.World().State, d.World().DB.Now())
	}
	if status, _ := v.post("/demo/show", "state", "S-NONE"); status != 422 {
		t.Errorf("an unknown state: %d", status)
	}
}

func TestADemoDatabaseOpensNoOtherAccount(t *testing.T) {
	t.Parallel()
	w := load(t, store.SQLite, demo.Prep)
	if _, err := identity.SignIn(t.Context(), w.DB, "nadia.lopes", "", "here"); fault.KindOf(err) != fault.SignIn {
		t.Errorf("an empty password signed in: %v", err)
	}
	err := w.DB.Read(t.Context(), func(tx *store.Tx) error {
		demo, err := identity.HasDemoAccounts(t.Context(), tx)
		if !demo {
			t.Error("production would start on this database")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestThePublishedResultIsExplainedAndVerified(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := load(t, engine, demo.Result)
			err := w.DB.Read(t.Context(), func(tx *store.Tx) error {
				people, err := identity.List(tx.Now).All(t.Context(), tx, store.Condition{})
				if err != nil {
					return err
				}
				for _, p := range people {
					if p.Name() != "Ines Baraka" {
						continue
					}
					ines, err := identity.LoadActor(t.Context(), tx, p, "test")
					if err != nil {
						return err
					}
					own, err := result.Own(t.Context(), tx, ines, w.Campaign)
					if err != nil {
						return err
					}
					if own.Facts.Position != 12 || own.Facts.Place.Post != "CHPL-URGE" || own.Facts.Place.Rank != 3 {
						t.Errorf("Ines: %+v", own.Facts)
					}
					bundle, err := result.BundleFor(t.Context(), tx, ines, w.Campaign)
					if err != nil {
						return err
					}
					verifyBundle(t, bundle.Content)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// verifyBundle has the independent judge look at an exported campaign.
func verifyBundle(t *testing.T, content []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) []byte {
		f, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: file("campaign.json"), Instance: file("instance.json"), Result: file("result.json")})
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed != nil {
		t.Errorf("refused: %+v", *report.Failed)
	}
}
