package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/demo/large/largetest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

// stepsVariable makes this program take a campaign through its steps: it holds the
// database and the campaign, or "import".
const stepsVariable = "STAGORA_BENCH_STEPS"

// A runner takes the steps of one campaign in a process of its own, so that its
// memory is its own.
type runner struct {
	db        *store.DB
	clock     *store.MovableClock
	campaigns *campaign.Campaigns
	results   *result.Results
	node      *node.Node
	work      *job.Runner
	campaign  string
	office    identity.Actor
	token     string
}

func steps(argument string) error {
	database, campaignID, _ := strings.Cut(argument, " ")
	ctx := context.Background()
	r := &runner{clock: &store.MovableClock{}, campaign: campaignID}
	r.clock.Set(largetest.Now)
	var err error
	if r.db, err = store.Open(ctx, database, r.clock.Now); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	r.campaigns = &campaign.Campaigns{DB: r.db, Base: "http://large.example", Stale: time.Hour}
	r.results = &result.Results{DB: r.db, Base: "http://large.example"}
	r.node = &node.Node{
		DB: r.db, Campaigns: r.campaigns, Sender: notice.Catcher{}, MailRate: 1, Log: log,
		Site: &page.Site{DB: r.db, Log: log, BaseURL: "http://large.example"},
	}
	r.work = r.node.Runner()
	r.work.Schedules = nil
	if r.office, r.token, err = r.admit(ctx); err != nil {
		return err
	}
	if campaignID == "import" {
		err = r.importAll(ctx)
	} else {
		err = r.through(ctx)
	}
	return errors.Join(err, r.db.Close())
}

// admit signs the office in that campaigns belong to.
func (r *runner) admit(ctx context.Context) (actor identity.Actor, token string, err error) {
	err = r.db.Write(ctx, func(tx *store.Tx) error {
		var account, person int64
		row := tx.QueryRowContext(ctx, "SELECT id, person_id FROM identity_account WHERE login = 'valmer.office'")
		if err := row.Scan(&account, &person); err != nil {
			return err
		}
		who, err := identity.PersonByID(ctx, tx, person)
		if err != nil {
			return err
		}
		if actor, err = identity.LoadActor(ctx, tx, who, "bench"); err != nil {
			return err
		}
		token, err = identity.OpenSession(ctx, tx, account, "bench")
		return err
	})
	return actor, token, err
}

// step does one thing with the background work that it asks for, and tells what it
// took.
func (r *runner) step(ctx context.Context, name string, do func() error) error {
	if err := newPeak(); err != nil {
		return err
	}
	before, began := used(), time.Now()
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for {
		done, err := r.work.Step(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if done == 0 {
			break
		}
	}
	after := used()
	fmt.Printf("%s\t%.2f\t%.2f\t%d\n", name, (after.CPU - before.CPU).Seconds(), time.Since(began).Seconds(), after.Peak/1000)
	return nil
}

// newPeak gives back what steps before have left, and has the peak of memory begin
// anew.
func newPeak() error {
	debug.FreeOSMemory()
	return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// through takes a campaign from its deadline to its publication.
func (r *runner) through(ctx context.Context) error {
	var c campaign.Campaign
	err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
		c, err = campaign.Get(ctx, tx, r.campaign)
		return err
	})
	if err != nil {
		return err
	}
	actor := identity.System("bench") // of whichever faculty the campaign is
	if err := r.step(ctx, "100 confirmations with their receipts", func() error { return r.confirm(ctx, 100) }); err != nil {
		return err
	}
	run := ""
	request := func(form result.RunForm) func() error {
		return func() (err error) {
			run, err = r.results.RequestRun(ctx, actor, r.campaign, form)
			return err
		}
	}
	adopt := func(form result.AdoptForm) func() error {
		return func() error { return r.results.Adopt(ctx, actor, r.campaign, run, form) }
	}
	err = r.take(ctx, []stage{
		{"close, order", c.ClosesAt.Add(time.Second), func() error { return r.campaigns.Close(ctx, actor, r.campaign) }},
		{"receipts of the deadline", c.ClosesAt.Add(10 * time.Minute), func() error { return nil }},
		{"run, verify, price", c.ClosesAt.Add(time.Hour), request(result.RunForm{})},
		{"adopt", c.ClosesAt.Add(2 * time.Hour), adopt(result.AdoptForm{})},
	})
	if err != nil {
		return err
	}
	if err := r.solve(ctx, run); err != nil {
		return err
	}
	added, err := r.wishes(ctx, actor)
	if err != nil {
		return err
	}
	if len(added) > 0 {
		err = r.take(ctx, []stage{
			{fmt.Sprintf("run again with %d wishes added", len(added)), c.ClosesAt.Add(3 * time.Hour), request(result.RunForm{Amendments: added})},
			{"adopt that run", c.ClosesAt.Add(4 * time.Hour), adopt(result.AdoptForm{Reason: "Mesure"})},
		})
		if err != nil {
			return err
		}
	}
	return r.take(ctx, []stage{
		{"decide on one", c.CommissionAt, func() error { return r.decide(ctx, actor, 1) }},
		{"decide on the others", c.CommissionAt, func() error { return r.decide(ctx, actor, mostDecisions) }},
		{"confirm", c.CommissionAt.Add(time.Hour), func() error { return r.results.ConfirmProposal(ctx, actor, r.campaign) }},
		{"publish", c.PublishesAt, func() error { return r.results.Publish(ctx, actor, r.campaign) }},
	})
}

// solve tells apart what the engine alone takes of a run.
func (r *runner) solve(ctx context.Context, run string) error {
	var instance strings.Builder
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		const parts = "SELECT f.content FROM campaign_run_file f JOIN campaign_run r ON r.id = f.run_id WHERE r.public_id = $1 AND f.name = 'instance' ORDER BY f.part"
		rows, err := tx.QueryContext(ctx, parts, run)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var part string
			if err := rows.Scan(&part); err != nil {
				return err
			}
			instance.WriteString(part)
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	return r.step(ctx, "of the run, the engine's own solve", func() error {
		_, err := assign.Solve(instance.String())
		return err
	})
}

// A stage is a step of a campaign at its time.
type stage struct {
	name string
	at   time.Time
	do   func() error
}

func (r *runner) take(ctx context.Context, stages []stage) error {
	for _, s := range stages {
		r.clock.Set(s.at)
		if err := r.step(ctx, s.name, s.do); err != nil {
			return err
		}
	}
	return nil
}

// wishes are what a commission adds to the lists of those whom the adopted run left
// without a post, where they are more than it decides on one by one: most of them
// ranked nothing. Each gets one wish, for a post where a seat is free; the last gets
// none, and a decision later. Nobody else loses a post by it.
func (r *runner) wishes(ctx context.Context, actor identity.Actor) (added []result.Amendment, err error) {
	err = r.db.Read(ctx, func(tx *store.Tx) error {
		proposal, without, err := r.withoutPost(ctx, tx, actor)
		if err != nil || len(without) <= mostDecisions {
			return err
		}
		snapshot, err := campaign.TakeSnapshot(ctx, tx, proposal.Campaign)
		if err != nil {
			return err
		}
		posts, background := map[string]campaign.Post{}, map[string]campaign.Background{}
		for _, p := range snapshot.Posts {
			posts[p.Code] = p
		}
		for _, s := range snapshot.Students {
			background[s.Student.PublicID] = s.Background
		}
		free := slices.DeleteFunc(slices.Clone(proposal.Posts), func(p result.PostLine) bool { return p.Full() })
		for _, line := range without[:len(without)-1] {
			at := slices.IndexFunc(free, func(p result.PostLine) bool {
				return len(campaign.Verdicts(background[line.Student.PublicID], posts[p.Code])) == 0
			})
			if at < 0 {
				return fmt.Errorf("no seat is left for %s", line.Student.Name)
			}
			added = append(added, result.Amendment{
				Kind: result.AddWish, Student: line.Student.PublicID, Post: free[at].Code, Motive: "unplaced", Reason: "Mesure",
			})
			if free[at].Filled++; free[at].Full() {
				free = slices.Delete(free, at, at+1)
			}
		}
		return nil
	})
	return added, err
}

// withoutPost reads whom the adopted run left without a post, and nobody has looked at.
func (r *runner) withoutPost(ctx context.Context, tx *store.Tx, actor identity.Actor) (result.Proposal, []result.Assignment, error) {
	proposal, err := result.ProposalFor(ctx, tx, actor, r.campaign)
	if err != nil {
		return proposal, nil, err
	}
	without, err := proposal.Assignments().All(ctx, tx, store.And(proposal.Those(), result.WithoutPost))
	if err != nil {
		return proposal, nil, err
	}
	without = slices.DeleteFunc(without, func(line result.Assignment) bool { return line.Kept })
	return proposal, without, proposal.Name(ctx, tx, without)
}

// confirm has students confirm their lists, as many as most.
func (r *runner) confirm(ctx context.Context, most int) error {
	type saved struct{ person, version int64 }
	var lists []saved
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT p.person_id, l.version FROM ranking_list l JOIN campaign_participant p ON p.id = l.owner "+
			"WHERE l.scope = $1 AND l.version > l.confirmed ORDER BY l.id LIMIT $2", r.campaign, most)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var one saved
			if err := rows.Scan(&one.person, &one.version); err != nil {
				return err
			}
			lists = append(lists, one)
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	for _, one := range lists {
		actor, err := store.Get(ctx, r.db, func(tx *store.Tx) (identity.Actor, error) {
			who, err := identity.PersonByID(ctx, tx, one.person)
			if err != nil {
				return identity.Actor{}, err
			}
			return identity.LoadActor(ctx, tx, who, "bench")
		})
		if err != nil {
			return err
		}
		if _, err := r.campaigns.Confirm(ctx, actor, r.campaign, int(one.version)); err != nil {
			return err
		}
	}
	return nil
}

// mostDecisions is on how many students a commission decides here, one after another.
// Where more are without a post, the run is made again with a wish for each.
const mostDecisions = 300

// decide looks at students whom the run left without a post.
func (r *runner) decide(ctx context.Context, actor identity.Actor, most int) error {
	var without []result.Assignment
	err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
		_, without, err = r.withoutPost(ctx, tx, actor)
		return err
	})
	if err != nil {
		return err
	}
	if len(without) > mostDecisions {
		return fmt.Errorf("%d students are without a post", len(without))
	}
	for _, line := range without[:min(most, len(without))] {
		_, err := r.results.Decide(ctx, actor, r.campaign, result.DecisionForm{
			Student: line.Student.PublicID, Kind: result.Keep, Motive: "unplaced", Reason: "Mesure",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const imported = 20_000

// importAll brings in a file of students, as an office does.
func (r *runner) importAll(ctx context.Context) error {
	var cohort, level string
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT c.code, l.code FROM student_cohort c JOIN reference_level l ON l.id = c.level_id "+
			"JOIN reference_faculty f ON f.id = c.faculty_id WHERE f.code = 'VALMER' ORDER BY c.id LIMIT 1").Scan(&cohort, &level)
	})
	if err != nil {
		return err
	}
	var file strings.Builder
	file.WriteString("Numéro étudiant;Nom;Prénom;Mail;Groupe;Niveau;UFR\n")
	for i := range imported {
		fmt.Fprintf(&file, "99%06d;Nouveau%05d;Prénom%05d;n%05d@etu.example;%s;%s;VALMER\n", i, i, i, i, cohort, level)
	}
	pages := r.node.Pages()
	send := func(path, kind string, body io.Reader) (string, error) {
		request := httptest.NewRequest(http.MethodPost, path, body)
		request.Header.Set("Content-Type", kind)
		request.AddCookie(&http.Cookie{Name: "stagora_session", Value: r.token})
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, request)
		if answer.Code != http.StatusSeeOther {
			return "", fmt.Errorf("POST %s answers %d: %.600s", path, answer.Code, answer.Body)
		}
		return answer.Header().Get("Location"), nil
	}
	location := ""
	return errors.Join(
		r.step(ctx, "import of 20,000 students: upload and check", func() error {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			part, err := form.CreateFormFile("file", "etudiants.csv")
			if err == nil {
				_, err = io.WriteString(part, file.String())
			}
			if err := errors.Join(err, form.WriteField("kind", "students"), form.Close()); err != nil {
				return err
			}
			if location, err = send("/imports", form.FormDataContentType(), &body); err != nil {
				return err
			}
			request := httptest.NewRequest(http.MethodGet, location, nil)
			request.AddCookie(&http.Cookie{Name: "stagora_session", Value: r.token})
			answer := httptest.NewRecorder()
			pages.ServeHTTP(answer, request)
			if answer.Code != http.StatusOK {
				return fmt.Errorf("the check answers %d", answer.Code)
			}
			return nil
		}),
		r.step(ctx, "import of 20,000 students: apply", func() error {
			_, err := send(location+"/apply", "application/x-www-form-urlencoded", strings.NewReader(""))
			return err
		}),
	)
}

// settle waits until a copied file is on disk: otherwise the first step that has the
// database on disk pays for two gigabytes that it did not write.
func settle(engine store.Engine, database string) error {
	if engine != store.SQLite {
		return nil
	}
	file, err := os.Open(database)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// stepsOf measures the steps of a campaign in a copy of a world.
func stepsOf(b *testing.B, engine store.Engine, size large.Size, round string) {
	b.Helper()
	database, w := largetest.Database(b, engine, size)
	if err := settle(engine, database); err != nil {
		b.Fatal(err)
	}
	id := round
	if round != "import" {
		id = w.Open[round]
	}
	own, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	process := exec.CommandContext(b.Context(), own)
	process.Env = append(os.Environ(), stepsVariable+"="+database+" "+id)
	process.Stderr = os.Stderr
	out, err := process.Output()
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		fmt.Printf("| %s, %s world, %s | %s | %s | %s | %s |\n", round, size.Name, engine, f[0], f[1], f[2], f[3])
	}
	if err != nil {
		fmt.Printf("| %s, %s world, %s | stopped: %v | | | |\n", round, size.Name, engine, err)
	}
}

func BenchmarkSteps(b *testing.B) {
	for b.Loop() {
		fmt.Printf("\nSteps of a campaign with the background work they ask for; %s.\n\n| campaign | step | CPU s | elapsed s | peak MB |\n|---|---|--:|--:|--:|\n", load())
		stepsOf(b, store.SQLite, large.Small, "240a")
		stepsOf(b, store.SQLite, sizeOf(), "240a")
		for _, round := range []string{"2000x110", "5000x600", "20000x600", "import"} {
			stepsOf(b, store.SQLite, sizeOf(), round)
		}
		stepsOf(b, store.Postgres, sizeOf(), "20000x600")
		stepsOf(b, store.Postgres, sizeOf(), "import")
	}
}
