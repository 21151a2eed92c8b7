//go:build ignore

package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// TestKeep is compiled with the source of 0.1 by scripts/kept/make, as a file of
// its demo: it brings the data set to a published result, with an act of every
// kind that leaves a row between, so that no table is empty, and writes both
// databases to the folder KEPT.
func TestKeep(t *testing.T) {
	for _, engine := range storetest.Engines {
		url := storetest.URL(t, engine)
		clock := &store.MovableClock{}
		db, err := store.Open(t.Context(), url, clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		k := keeper{loader: &loader{
			db: db, clock: clock, data: data(),
			campaigns: &campaign.Campaigns{DB: db, Base: "https://stages.univ-valmer.example", DemoSeed: data().Campaign.Seed},
		}}
		if err := k.live(t.Context()); err != nil {
			t.Fatal(err)
		}
		everyTableHasARow(t, db)
		name := "stagora-0.1.db.gz"
		if engine == store.Postgres {
			name = "stagora-0.1.sql.gz"
		}
		if err := pack(t.Context(), db, url, filepath.Join(os.Getenv("KEPT"), name)); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

type keeper struct{ *loader }

// live is the life of the campaign of the demo, and what else may happen.
func (k keeper) live(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		k.base, k.draft, k.askCorrection, k.correct, k.records, k.sites, k.files, k.open, k.signIn, k.lists,
		k.loader.close, k.late, k.decideAndPublish, k.work,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (k keeper) askCorrection(ctx context.Context) error {
	k.clock.Freeze(prepared)
	return k.campaigns.AskCorrection(ctx, k.staff["nadia.lopes"], k.campaign, k.loader.records[wrongLevel], "Elle est en DFASM2.")
}

// records adds a leave, and declares two records of one birth date two people.
func (k keeper) records(ctx context.Context) error {
	nadia := k.staff["nadia.lopes"]
	leave := reference.Leave{Interval: reference.Interval{From: k.data.Earlier.From, To: k.data.Earlier.From}, Comment: "Un jour."}
	if _, err := reference.SaveLeave(ctx, k.db, nadia, k.loader.records["E03"], leave); err != nil {
		return err
	}
	return reference.DeclareDistinct(ctx, k.db, nadia, k.loader.records["E01"], k.loader.records["E02"], "Deux personnes, vues toutes les deux.")
}

// sites adds a site with a secondary one, which does not take every level.
func (k keeper) sites(ctx context.Context) error {
	return k.db.Write(ctx, func(tx *store.Tx) error {
		all, err := reference.AllSites(ctx, tx)
		if err != nil {
			return err
		}
		for _, s := range []reference.Site{
			{Code: "KEPT-B", Name: "Consultation avancée", Service: "Médecine", Category: all[0].Category},
			{Code: "KEPT-A", Name: "Médecine du port", Service: "Médecine", Category: all[0].Category, Main: true, WishesAllowed: true, MinSeats: 1, IdealSeats: 2, MaxSeats: 3,
				Secondaries: []reference.Ref{{Code: "KEPT-B"}}, ClosedLevels: []reference.Ref{{Code: wrongLevelCode}}},
		} {
			if _, err := reference.PutSite(ctx, tx, system, s); err != nil {
				return err
			}
		}
		form := campaign.PostForm{Site: reference.Ref{Code: "KEPT-A"}, Seats: 1}
		return campaign.PutPosts(ctx, tx, k.staff["nadia.lopes"], k.campaign, []campaign.PostForm{form}, "")
	})
}

// files brings one file in, and keeps another one undecided.
func (k keeper) files(ctx context.Context) error {
	return k.db.Write(ctx, func(tx *store.Tx) error {
		for _, kind := range []string{"categories", "students"} {
			content, err := os.ReadFile("../exchange/stagetrek/testdata/" + kind + ".csv")
			if err != nil {
				return err
			}
			actor := identity.System("stagora import")
			owner, _ := stagetrek.Owner(kind, actor)
			i, err := exchange.Upload{Kind: kind, Scope: stagetrek.Scope(actor), Name: kind + ".csv", Content: content, By: actor.Who()}.Add(ctx, tx)
			if err != nil {
				return err
			}
			if kind == "categories" {
				if _, err := exchange.Apply(ctx, tx, owner, i.ID, "", actor.Who()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// signIn opens a session, and fails to open another one.
func (k keeper) signIn(ctx context.Context) error {
	if _, err := identity.SignInDemo(ctx, k.db, "nadia.lopes", "192.0.2.1"); err != nil {
		return err
	}
	if _, err := identity.SignIn(ctx, k.db, "nobody", "a wrong password", "192.0.2.2"); err == nil {
		return fmt.Errorf("nobody signed in")
	}
	return nil
}

// rankers is how many students rank.
const rankers = 8

// lists has some students rank, save again and confirm: each receipt is a PDF of
// 40 kB, and all of them would be too many to keep.
func (k keeper) lists(ctx context.Context) error {
	all := k.data.Student
	defer func() { k.data.Student = all }()
	k.data.Student = all[:rankers]
	if err := k.rank(ctx); err != nil {
		return err
	}
	return k.settle(ctx)
}

// late reopens the list of one student, who saves once more.
func (k keeper) late(ctx context.Context) error {
	k.clock.Freeze(closed.Add(time.Hour))
	student := k.loader.records["E04"]
	until := closed.Add(30 * time.Hour)
	asked, err := k.campaigns.AskLate(ctx, k.staff["nadia.lopes"], k.campaign, student, until, "Hospitalisée le jour de la clôture.")
	if err != nil {
		return err
	}
	var decides identity.Actor
	for login, actor := range k.staff {
		if login != "nadia.lopes" && actor.CanSomewhere(campaign.RightReopen) {
			decides = actor
		}
	}
	if err := k.campaigns.DecideLate(ctx, decides, k.campaign, asked, true); err != nil {
		return err
	}
	mine, err := k.mine(ctx, "E04")
	if err != nil {
		return err
	}
	var codes []string
	for i, w := range mine.Current.Wishes {
		if i > 0 {
			codes = append(codes, w.Post)
		}
	}
	return k.save(ctx, "E04", codes)
}

// decideAndPublish runs the engine, has the commission look at each student without
// a list, and publishes.
func (k keeper) decideAndPublish(ctx context.Context) error {
	nadia, marie, results := k.staff["nadia.lopes"], k.staff["marie.tellier"], &result.Results{DB: k.db, Base: k.campaigns.Base}
	k.clock.Freeze(ran)
	run, err := results.RequestRun(ctx, nadia, k.campaign, result.RunForm{Name: "Tour unique"})
	if err != nil {
		return err
	}
	runner := &job.Runner{DB: k.db, Handlers: result.Handlers(k.db, k.campaigns.Base), Node: "kept"}
	if _, err := runner.Step(ctx); err != nil {
		return err
	}
	if err := results.Adopt(ctx, nadia, k.campaign, run, result.AdoptForm{}); err != nil {
		return err
	}
	k.clock.Freeze(commits)
	for _, s := range k.data.Student[rankers:] {
		looked := result.DecisionForm{Student: k.loader.records[s.ID], Kind: result.Keep, Motive: "unplaced", Reason: "N'a pas classé."}
		if _, err := results.Decide(ctx, marie, k.campaign, looked); err != nil {
			return fmt.Errorf("%s: %w", s.ID, err)
		}
	}
	if err := results.ConfirmProposal(ctx, marie, k.campaign); err != nil {
		return err
	}
	k.clock.Freeze(publishes.Add(-time.Minute))
	return results.Publish(ctx, nadia, k.campaign)
}

// work lets the background work of a node begin: its schedules.
func (k keeper) work(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	n := &node.Node{DB: k.db, Campaigns: k.campaigns, Sender: notice.Catcher{}, MailRate: 1000, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	worked := make(chan error)
	go func() { worked <- n.Work(ctx) }()
	for begun := 0; begun < 5; {
		err := k.db.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM job_schedule").Scan(&begun)
		})
		if err != nil {
			return err
		}
	}
	stop()
	return <-worked
}

func everyTableHasARow(t *testing.T, db *store.DB) {
	t.Helper()
	list := "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	if db.Engine == store.SQLite {
		list = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), list)
		if err != nil {
			return err
		}
		var tables []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			tables = append(tables, name)
		}
		if err := rows.Close(); err != nil {
			return err
		}
		for _, name := range tables {
			var n int
			if err := tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+name).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				t.Errorf("%s: %s is empty", db.Engine, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pack writes a database as one compressed file: the file of SQLite, the SQL of
// PostgreSQL.
func pack(ctx context.Context, db *store.DB, url, path string) error {
	var content []byte
	if db.Engine == store.SQLite {
		copied := url + ".copy"
		file, err := sql.Open("sqlite", url)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		if _, err := file.ExecContext(ctx, "VACUUM INTO $1", copied); err != nil {
			return err
		}
		if content, err = os.ReadFile(copied); err != nil {
			return err
		}
	} else {
		programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
		var out, errs bytes.Buffer
		dump := exec.CommandContext(ctx, programs[0], "--inserts", "--no-owner", "--no-privileges", url)
		dump.Stdout, dump.Stderr = &out, &errs
		if err := dump.Run(); err != nil {
			return fmt.Errorf("pg_dump: %w: %s", err, errs.String())
		}
		// Newer pg_dump guards its scripts by commands of psql; what reads this is not psql.
		for line := range strings.Lines(out.String()) {
			if !strings.HasPrefix(line, `\restrict`) && !strings.HasPrefix(line, `\unrestrict`) {
				content = append(content, line...)
			}
		}
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, packed.Bytes(), 0o644)
}
