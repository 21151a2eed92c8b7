package identity_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"stagora.org/stagora/internal/identity"
)

func TestAtMostSoManyTurnsRunAndOneWhileSomebodyWaitsForAPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		busy bool
		want int32
	}{{"nobody waits for a page", false, 3}, {"somebody does", true, 1}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				take, give := identity.Turns(3, func() bool { return tt.busy })
				var running atomic.Int32
				for range 10 {
					go func() {
						if take(t.Context()) == nil {
							running.Add(1)
						}
					}()
				}
				synctest.Wait()
				if running.Load() != tt.want {
					t.Fatalf("%d run at once, want %d", running.Load(), tt.want)
				}
				for running.Load() < 10 {
					give()
					synctest.Wait()
				}
			})
		})
	}
}

func TestTurnsComeInOrderAndLeaversAreSkipped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		take, give := identity.Turns(1, func() bool { return false })
		if err := take(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []int
		given := make([]error, 5)
		leave := make([]context.CancelFunc, 5)
		for i := range 5 {
			var ctx context.Context
			ctx, leave[i] = context.WithCancel(t.Context())
			go func() {
				if given[i] = take(ctx); given[i] == nil {
					order = append(order, i)
					give()
				}
			}()
			synctest.Wait()
		}
		leave[1]()
		synctest.Wait()
		give()
		synctest.Wait()
		if !errors.Is(given[1], context.Canceled) {
			t.Errorf("who left was told %v", given[1])
		}
		if want := []int{0, 2, 3, 4}; len(order) != 4 || order[0] != 0 || order[1] != 2 || order[2] != 3 || order[3] != 4 {
			t.Errorf("turns came in the order %v, want %v", order, want)
		}
		if err := take(t.Context()); err != nil {
			t.Errorf("after all it is free, and %v", err)
		}
		for _, l := range leave {
			l()
		}
	})
}
