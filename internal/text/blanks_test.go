package text_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"stagora.org/stagora/internal/text"
)

func TestAKeptSentenceReadsTheSameLater(t *testing.T) {
	at := time.Date(2026, 3, 20, 17, 0, 0, 123456000, time.UTC)
	for _, value := range []any{
		"Léa « B » \"C\"", true, false, 12, int64(-3), at, text.Day(at), text.Exact(at),
		51 * time.Hour, text.Key("date.weekday.0"), text.Lang("fr"),
	} {
		data, err := json.Marshal(text.Blanks{"blank": value})
		if err != nil {
			t.Fatalf("%T: %v", value, err)
		}
		var back text.Blanks
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("%T: %v", value, err)
		}
		for _, lang := range text.Langs {
			p := text.In(lang, "Indian/Reunion")
			if got, want := fmt.Sprint(p.Value(back["blank"])), fmt.Sprint(p.Value(value)); got != want {
				t.Errorf("%T in %s: %v, want %v", value, lang, got, want)
			}
		}
	}
}
