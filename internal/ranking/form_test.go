package ranking

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/ranking/queries"
)

// A wish of these tests has the keys of the first wishes there were.
type wish struct {
	Post      string `json:"post"`
	Secondary string `json:"secondary,omitempty"`
}

func wishes(codes string) []wish {
	list := []wish{}
	for code := range strings.FieldsSeq(codes) {
		list = append(list, wish{Post: code})
	}
	return list
}

// These versions were written by Stagora 0.1: their hashes, of form 1, stand on
// receipts that people hold.
func TestHashesOfTheFirstReleaseStillFollow(t *testing.T) {
	t.Parallel()
	const round = "9463fde3-c3b9-4c24-a9a4-bc6ee4f4905d"
	chain := []Version[wish]{
		{
			Number: 1, At: time.Date(2026, 3, 16, 7, 7, 30, 0, time.UTC), Author: 9, By: "Ines Baraka", Channel: FromPage, Form: 1,
			Wishes: wishes("CHUV-CARD-A CHPL-URGE CHUV-URGE CHSA-ORTH MSPB-MG1 CHUV-GERI"),
			Hash:   "727db413441e891ff6daafb1751fac56b588bf0e65b17fb5702f1cbc906274ee",
		},
		{
			Number: 2, At: time.Date(2026, 3, 18, 21, 32, 0, 0, time.UTC), Author: 9, By: "Ines Baraka", Channel: FromPage, Form: 1,
			Wishes:   wishes("CHUV-CARD-A CHUV-PEDI CHPL-URGE CHUV-URGE CHSA-ORTH MSPB-MG1 CHUV-GERI"),
			Hash:     "63d8b280b53247f78212cf3ebc3cef682cb91b124917653d951b83309b1f4576",
			Previous: "727db413441e891ff6daafb1751fac56b588bf0e65b17fb5702f1cbc906274ee",
		},
	}
	if n, err := checkChain(round, "E05", rows(chain)); n != 0 || err != nil {
		t.Errorf("version %d does not follow, %v", n, err)
	}
	accented := Version[wish]{
		Number: 1, At: time.Date(2026, 3, 16, 7, 1, 30, 0, time.UTC), Author: 5, By: "Adèle Corbin", Channel: FromPage, Form: 1,
		Wishes: wishes("CHUV-PEDI CLTI-ORL CHUV-URGE CHSA-PEDI CHUV-CHIR-D CHUV-CARD-A CHUV-REAN"),
	}
	sealed, err := accented.Seal(round, "E01")
	if want := "9f9100a43b341236c84fbbeb131c3d34564a162e3bf2c5649acb15ab18c384ac"; sealed.Hash != want || err != nil {
		t.Errorf("hash %s, want %s (%v)", sealed.Hash, want, err)
	}
}

func TestWhatAFormIsToTheByte(t *testing.T) {
	t.Parallel()
	got := form1("S", "N", queries.RankingVersion{Number: 3, AuthorName: "A<\u2028>", Channel: "page", Wishes: `[{"post":"P&Q","secondary":"R"}]`, Previous: "p"})
	want := `{"at":"0001-01-01T00:00:00Z","author":0,"by":"A<` + "\u2028" + `>","campaign":"S","channel":"page","number":3,"previous":"p","student":"N","wishes":[{"post":"P&Q","secondary":"R"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAFormOfALaterStagoraIsNotGuessed(t *testing.T) {
	t.Parallel()
	if _, err := checkChain("S", "N", []queries.RankingVersion{{Number: 1, Wishes: "[]", Form: lastForm + 1}}); err == nil {
		t.Error("a form that nobody knows was checked")
	}
}

func rows(chain []Version[wish]) (list []queries.RankingVersion) {
	for _, v := range chain {
		list = append(list, v.row())
	}
	return list
}

// chain draws the versions of a list.
func chain(t *rapid.T, scope, name string) []queries.RankingVersion {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"Zoé", "<b>", "\u2028", "\"\\"}))
	var list []queries.RankingVersion
	previous := ""
	for n := range rapid.IntRange(1, 4).Draw(t, "versions") {
		v, err := Version[wish]{
			Number: n + 1, At: time.Date(2026, 3, 18, 20, 4, n, 1000, time.UTC), Author: rapid.Int64Range(0, 99).Draw(t, "author"),
			By: texts.Draw(t, "by"), Channel: FromPage, Previous: previous,
			Wishes: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) wish { return wish{texts.Draw(t, "post"), texts.Draw(t, "secondary")} }), 0, 3).Draw(t, "wishes"),
		}.Seal(scope, name)
		if err != nil {
			t.Fatal(err)
		}
		previous = v.Hash
		list = append(list, v.row())
	}
	return list
}

// Whatever is altered in a version, in whatever version, is seen there or right after.
func TestAnyAlterationBreaksTheChain(t *testing.T) {
	t.Parallel()
	alterations := map[string]func(*queries.RankingVersion){
		"the wishes":           func(v *queries.RankingVersion) { v.Wishes = `[{"post":"altered"}]` },
		"the time":             func(v *queries.RankingVersion) { v.At.Time = v.At.Add(time.Microsecond) },
		"the author":           func(v *queries.RankingVersion) { v.Author++ },
		"the author's name":    func(v *queries.RankingVersion) { v.AuthorName += "x" },
		"the channel":          func(v *queries.RankingVersion) { v.Channel = "import" },
		"the number":           func(v *queries.RankingVersion) { v.Number++ },
		"one digit of a hash":  func(v *queries.RankingVersion) { v.Hash = other(v.Hash[0]) + v.Hash[1:] },
		"the previous version": func(v *queries.RankingVersion) { v.Previous = strings.Repeat("0", 64) },
	}
	for name, alter := range alterations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				versions := chain(t, "S", "N")
				if n, err := checkChain("S", "N", versions); n != 0 || err != nil {
					t.Fatalf("a whole chain: %d, %v", n, err)
				}
				if n, _ := checkChain("S", "another", versions); n != 1 {
					t.Fatal("a list of somebody else has the same hash")
				}
				if n, _ := checkChain("T", "N", versions); n != 1 {
					t.Fatal("a list of another scope has the same hash")
				}
				i := rapid.IntRange(0, len(versions)-1).Draw(t, "altered")
				alter(&versions[i])
				if n, err := checkChain("S", "N", versions); n == 0 || n > i+2 || err != nil {
					t.Fatalf("altered in version %d, seen in %d, %v", i+1, n, err)
				}
			})
		})
	}
}

// other returns another digit.
func other(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}

// Wishes are kept as they are hashed.
func TestWishesAreKeptInOneSpelling(t *testing.T) {
	t.Parallel()
	var back []wish
	row := Version[wish]{Wishes: []wish{{"<&>", ""}}}.row()
	if err := json.Unmarshal([]byte(row.Wishes), &back); err != nil || back[0].Post != "<&>" || row.Wishes != `[{"post":"<&>"}]` {
		t.Errorf("kept as %s, read as %v, %v", row.Wishes, back, err)
	}
}
