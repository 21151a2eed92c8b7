package large

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/text"
)

// A dice gives numbers that a seed and a label decide: the same ones each time.
type dice struct{ state *uint64 }

func newDice(seed string, label ...any) dice {
	sum := sha256.Sum256([]byte(seed + "|" + fmt.Sprint(label...)))
	state := binary.BigEndian.Uint64(sum[:])
	return dice{&state}
}

// next is splitmix64.
func (d dice) next() uint64 {
	*d.state += 0x9e3779b97f4a7c15
	z := *d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (d dice) below(n int) int { return int(d.next() % uint64(n)) }

func (d dice) letters(n int) string {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	letters := make([]byte, n)
	for i := range letters {
		letters[i] = alphabet[d.below(len(alphabet))]
	}
	return string(letters)
}

// wishes draws a list of different posts. The first ones are wanted most: of two
// numbers the smaller counts, so that half the wishes go to a quarter of the posts.
func (d dice) wishes(codes []string, count int) []campaign.Wish {
	var list []campaign.Wish
	for len(list) < min(count, len(codes)) {
		wish := campaign.Wish{Post: codes[min(d.below(len(codes)), d.below(len(codes)))]}
		if !slices.Contains(list, wish) {
			list = append(list, wish)
		}
	}
	return list
}

// A placeholder stands in the model for a name, a code or a number: "qz", what it
// stands for, which one, "x". Written in capitals it is a code, with one capital a
// name as people read it, in small letters the name folded.
func placeholder(kind byte, n int) string { return fmt.Sprintf("qz%c%03dx", kind, n) }

func codeOf(kind byte, n int) string { return strings.ToUpper(placeholder(kind, n)) }

func nameOf(kind byte, n int) string { return "Q" + placeholder(kind, n)[1:] }

// mailOf returns an address whose name and whose faculty are placeholders.
func mailOf(kind byte, n int, house string) string {
	return placeholder(kind, n) + "@" + house + "." + placeholder('h', 1) + ".example"
}

const baseURL = "https://stages.example"

// What the lists of every world hold, whatever its size.
var (
	levels     = []string{"DFASM1", "DFASM2", "DFASM3"}
	categories = []struct{ code, acronym, name string }{
		{"MED", "Med", "Médecine"}, {"CHIR", "Chir", "Chirurgie"}, {"URG", "Urg", "Urgences"}, {"REA", "Réa", "Réanimation"},
		{"PED", "Péd", "Pédiatrie"}, {"GER", "Gér", "Gériatrie"}, {"MG", "MG", "Médecine générale"},
	}
	houseKinds = []site.InstitutionKind{"university-hospital", "hospital", "hospital", "clinic", "health-centre"}
	houseNames = []string{"CHU", "CH", "Hôpital", "Clinique", "Maison de santé"}
	faculties  = []struct{ code, name, slug string }{
		{"VALMER", "UFR Santé, Université de Valmer", "valmer"}, {"PORTLUNE", "Faculté de médecine de Port-Lune", "portlune"},
		{"SALINES", "UFR de médecine des Salines", "salines"}, {"MONTFERRAT", "Faculté de santé de Montferrat", "montferrat"},
		{"CLAIRVAUX", "Université de Clairvaux, Santé", "clairvaux"},
	}
	contactFunctions = []string{"Responsable de terrain de stage", "Secrétaire du service", "Chef de service", "Cadre de santé"}
)

const (
	modelLevel      = 2 // the number of the level of the model's cohort
	siteDescription = "Participation aux visites, à la consultation et aux staffs du service. Une garde par mois. Self de l’hôpital."
)

//go:embed names.txt
var namesFile string

// names are the words that people and places are called by, by kind.
var names = func() map[string][]string {
	byKind := map[string][]string{}
	for line := range strings.Lines(namesFile) {
		words := strings.Fields(line)
		for i, word := range words {
			words[i] = strings.ReplaceAll(word, "_", " ")
		}
		byKind[words[0]] = words[1:]
	}
	return byKind
}()

// personName returns the name of the nth person: no two are called the same.
func personName(n int) (given, family string) {
	givens, families := names["given"], names["family"]
	// Steps that share no factor with the count meet each pair once.
	pair := (n*7919 + 101) % (len(givens) * len(families))
	return givens[pair%len(givens)], families[(pair/len(givens)+pair)%len(families)]
}

// login returns how the nth person signs in: an initial, the family name, a number.
func login(n int, given, family string) string {
	initial := []rune(text.Fold(given))[0]
	return fmt.Sprintf("%c%s%d", initial, strings.ReplaceAll(text.Fold(family), " ", ""), n)
}
