package web_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/web/page"
)

// expected reads which right each route asks for, from testdata/rights.txt here and in
// each room and sub-room: written apart from the routes, so that a route that loses its right, or
// gets another, is seen, and whoever means it says so twice.
func expected(t *testing.T) map[string]identity.Right {
	t.Helper()
	rights := map[string]identity.Right{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() != "rights.txt" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(content)) {
			fields := strings.Fields(line)
			if len(fields) != 3 {
				return fmt.Errorf("%s: %q is no method, path and right", path, line)
			}
			pattern := fields[0] + " " + fields[1]
			if _, twice := rights[pattern]; twice {
				return fmt.Errorf("%s: %s stands in another list too", path, pattern)
			}
			rights[pattern] = identity.Right(fields[2])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rights
}

// differences compares routes with the rights that they should ask for.
func differences(routes []page.Route, rights map[string]identity.Right) (found []string) {
	there := map[string]bool{}
	for _, route := range routes {
		there[route.Pattern] = true
		if want, listed := rights[route.Pattern]; !listed || want != route.Right {
			found = append(found, "the route says: "+route.Pattern+" "+string(route.Right)+"; the list: "+string(want))
		}
	}
	for pattern, right := range rights {
		if !there[pattern] {
			found = append(found, "no route has what the list says: "+pattern+" "+string(right))
		}
	}
	return found
}

func TestEveryRouteAsksForTheRightThatIsListed(t *testing.T) {
	t.Parallel()
	for _, difference := range differences(node.Routes(&campaign.Campaigns{}), expected(t)) {
		t.Error(difference)
	}
}

// Whatever right one route is given instead of its own is seen.
func TestNoRouteCanGetAnotherRightUnseen(t *testing.T) {
	t.Parallel()
	routes, rights := node.Routes(&campaign.Campaigns{}), expected(t)
	others := []identity.Right{page.Public, page.SignedIn}
	for _, route := range routes {
		if !slices.Contains(others, route.Right) {
			others = append(others, route.Right)
		}
	}
	for i, route := range routes {
		for _, other := range others {
			routes[i].Right = other
			if found := differences(routes, rights); (len(found) == 1) != (other != route.Right) {
				t.Fatalf("%s with %s instead of %s: %v", route.Pattern, other, route.Right, found)
			}
		}
		routes[i].Right = route.Right
	}
}
