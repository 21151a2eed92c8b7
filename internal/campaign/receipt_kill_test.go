package campaign_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// victimOf names the database on which a test binary gives receipts until it is
// killed.
const victimOf = "STAGORA_CAMPAIGN_VICTIM"

func TestMain(m *testing.M) {
	if database := os.Getenv(victimOf); database != "" {
		fmt.Fprintln(os.Stderr, victim(database))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim gives receipts four at a time. In its third transaction, when all is
// written, it says so and waits for the end.
func victim(database string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, database, func() time.Time { return campaigntest.Closed.Add(time.Hour) })
	if err != nil {
		return err
	}
	steps := (&campaign.Campaigns{DB: db, Base: "https://stages.example"}).DeadlineReceipts()
	steps.Most = 4
	prepare, prepared := steps.Prepare, 0
	steps.Prepare = func(ctx context.Context, run *job.Run, keys []int64) (job.Write, error) {
		write, err := prepare(ctx, run, keys)
		prepared++
		last := prepared == 3
		return func(ctx context.Context, tx *store.Tx) error {
			if err := write(ctx, tx); err != nil || !last {
				return err
			}
			fmt.Fprintln(os.Stdout, "in the middle")
			select {}
		}, err
	}
	_, err = (&job.Runner{DB: db, Handlers: map[string]job.Handler{campaign.ReceiptsKind: steps.Handle}}).Step(ctx)
	return err
}

func TestReceiptsGoOnAfterTheirProcessIsKilled(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			db := storetest.OpenURL(t, url)
			c1 := campaigntest.New(t, db)
			c1.Open(t)
			c1.Rank(t)
			c1.Close(t)

			process := exec.CommandContext(t.Context(), os.Args[0])
			process.Env = append(os.Environ(), victimOf+"="+url)
			process.Stderr = os.Stderr
			said, err := process.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || line != "in the middle\n" {
				t.Fatalf("the victim said %q, %v", line, err)
			}
			if err := process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = process.Wait() // it was killed

			numbered(t, c1, 8)
			c1.At(t, campaigntest.Closed.Add(2*time.Hour)) // the lease of the dead has ended
			runner := &job.Runner{DB: db, Handlers: c1.Campaigns.Handlers()}
			if _, err := runner.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			numbered(t, c1, len(campaigntest.Lines))
			if sent := mails(t, c1, campaign.NoticeDeadlineReceipt); len(sent) != len(campaigntest.Lines) {
				t.Errorf("%d mails for %d lists", len(sent), len(campaigntest.Lines))
			}
			if broken := verify(t, c1); len(broken) > 0 {
				t.Errorf("broken: %v", broken)
			}
		})
	}
}
