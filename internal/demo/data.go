package demo

import (
	_ "embed"
	"sync"

	"github.com/BurntSushi/toml"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/reference"
)

//go:embed estuaire.toml
var estuaireFile string

// estuaire is the data set as its file has it.
type estuaire struct {
	Faculty struct{ Code, Name, UAI string }
	Year    struct {
		Code     string
		From, To reference.Date
	}
	Cohort  struct{ Code, Name, Level string }
	Earlier struct {
		Code, Name string
		From, To   reference.Date
		Decided    string
	}
	Campaign struct {
		Code, Period, Name, Contact, Email, Seed, Last string
		From, To                                       reference.Date
	}
	Level       []struct{ Code, Name string }
	Category    []struct{ Code, Acronym, Name string }
	Institution []struct{ Code, Name, Kind, FINESS, Address, Postal, Town string }
	Site        []siteData
	Contact     []struct {
		Code, Name, Function, Email string
		Sites                       []string
	}
	Staff   []struct{ Login, Given, Family, Role string }
	Student []traineeData
}

type siteData struct {
	Code, Name, Service, Category, Institution, Description string
	Min, Ideal, Max                                         int
	Seats                                                   int // in the campaign; 0: it opens no post
	LastSeats                                               int `toml:"last_seats"`
	LastCutoff                                              int `toml:"last_cutoff"`
}

type traineeData struct {
	ID, Given, Family, Number, INE string
	Birth                          reference.Date
	Points                         int64  // what their placements cost so far, in whole points
	Earlier                        string // the site of the period before
	Wishes                         []string
}

// list returns the codes as a list of wishes.
func list(codes []string) []campaign.Wish {
	wishes := make([]campaign.Wish, len(codes))
	for i, code := range codes {
		wishes[i] = campaign.Wish{Post: code}
	}
	return wishes
}

var data = sync.OnceValue(func() estuaire {
	var e estuaire
	if _, err := toml.Decode(estuaireFile, &e); err != nil {
		panic(err) // the file is in the binary
	}
	return e
})
