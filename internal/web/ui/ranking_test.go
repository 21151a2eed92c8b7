package ui_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/web/ui"
)

// known has the codes A to Z, as people type them.
func known(typed string) (string, bool) {
	code := strings.ToUpper(typed)
	return code, len(code) == 1 && code[0] >= 'A' && code[0] <= 'Z'
}

func TestEveryButtonPostsTheWholeListAsItIsToBe(t *testing.T) {
	tests := []struct{ name, items, do, more, want string }{
		{"no button: as posted", "A B C", "", "", "A B C"},
		{"up", "A B C", "up:C", "", "A C B"},
		{"the first cannot go up", "A B C", "up:A", "", "A B C"},
		{"down", "A B C", "down:A", "", "B A C"},
		{"the last cannot go down", "A B C", "down:C", "", "A B C"},
		{"to the top", "A B C", "top:C", "", "C A B"},
		{"to the bottom", "A B C", "bottom:A", "", "B C A"},
		{"removed", "A B C", "remove:B", "", "A C"},
		{"a stranger is not moved in", "A B C", "top:X", "", "A B C"},
		{"added", "A B", "add:c", "", "A B C"},
		{"added once", "A B", "add:A", "", "A B"},
		{"nobody knows this one", "A B", "add:12", "", "A B"},
		{"one typed rank", "A B C D", "ranks", "rank.D=1", "D A B C"},
		{"typed downwards", "A B C D", "ranks", "rank.A=3", "B C A D"},
		{"two typed ranks", "A B C D", "ranks", "rank.C=1&rank.A=4", "C B D A"},
		{"a rank too far is the last", "A B C", "ranks", "rank.A=99", "B C A"},
		{"no rank at all stays", "A B C", "ranks", "rank.A=first&rank.B=", "A B C"},
		{"pasted", "A", "paste", "codes=b,+c%3B%0Ad", "A B C D"},
		{"pasted with what is there already", "A B", "paste", "codes=b+a+c", "A B C"},
		{"the same item twice counts once", "A B A", "", "", "A B"},
		{"an unknown button does nothing", "A B", "explode:A", "", "A B"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			form, err := url.ParseQuery(tt.more)
			if err != nil {
				t.Fatal(err)
			}
			form["item"], form["do"], form["version"] = strings.Fields(tt.items), []string{tt.do}, []string{"7"}
			got := ui.ParseRanking(form, known)
			if s := strings.Join(got.Codes, " "); s != tt.want || got.Version != "7" {
				t.Errorf("version %s of %s, want %s", got.Version, s, tt.want)
			}
		})
	}
}

func TestPastedWordsThatNobodyKnowsComeBack(t *testing.T) {
	got := ui.ParseRanking(url.Values{"do": {"paste"}, "codes": {"A, cardio 77"}}, known)
	if s := strings.Join(got.Unread, " "); s != "cardio 77" {
		t.Errorf("unread: %q", s)
	}
}

// No button loses an item or invents one, but for those that say so.
func TestOrderingKeepsTheItems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfNDistinct(rapid.StringMatching("[A-Z]"), 1, 20, rapid.ID[string]).Draw(t, "items")
		do := rapid.SampledFrom([]string{"up:", "down:", "top:", "bottom:", "ranks"}).Draw(t, "do")
		form := url.Values{"item": items}
		if do == "ranks" {
			form.Set("do", do)
			for _, i := range items {
				form.Set("rank."+i, rapid.StringMatching("-?[0-9]{0,3}").Draw(t, "rank"))
			}
		} else {
			form.Set("do", do+rapid.SampledFrom(items).Draw(t, "code"))
		}
		got := map[string]int{}
		for _, c := range ui.ParseRanking(form, known).Codes {
			got[c]++
		}
		if len(got) != len(items) {
			t.Fatalf("%v became %v", items, got)
		}
	})
}

func TestTwoVersionsAreComparedInTheOrderOfTheNewOne(t *testing.T) {
	list := func(codes string) (items []ui.RankedItem) {
		for _, c := range strings.Fields(codes) {
			items = append(items, ui.RankedItem{Code: c})
		}
		return items
	}
	type line struct {
		code     string
		old, new int
	}
	want := []line{{"B", 2, 1}, {"A", 1, 2}, {"D", 0, 3}, {"C", 3, 0}}
	got := ui.Compare(list("A B C"), list("B A D"))
	for i, w := range want {
		if got[i].Item.Code != w.code || got[i].Old != w.old || got[i].New != w.new {
			t.Errorf("line %d: %+v, want %+v", i, got[i], w)
		}
	}
}

// What is read of a list costs no more than a list may hold.
func TestAListIsReadUpToItsBound(t *testing.T) {
	t.Parallel()
	var codes []string
	for i := range 100_000 {
		codes = append(codes, strconv.Itoa(i))
	}
	all := func(typed string) (string, bool) { return typed, true }
	nobody := func(typed string) (string, bool) { return typed, false }
	for name, got := range map[string]int{
		"items":  len(ui.ParseRanking(url.Values{"item": codes}, all).Codes),
		"pasted": len(ui.ParseRanking(url.Values{"do": {"paste:"}, "codes": {strings.Join(codes, " ")}}, all).Codes),
		"unread": len(ui.ParseRanking(url.Values{"do": {"paste:"}, "codes": {strings.Join(codes, " ")}}, nobody).Unread) - 1, // and "…"
	} {
		if got != 1000 {
			t.Errorf("%s: %d", name, got)
		}
	}
}
