package reference_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/text"
)

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	ine := func(kind reference.INEKind) func(string) reference.Checked {
		return func(s string) reference.Checked { return reference.CheckINE(kind, s) }
	}
	tests := []struct {
		name, in string
		check    func(string) reference.Checked
		want     reference.Verdict
		key      string
	}{
		{"an RPPS", "10000000009", reference.CheckRPPS, reference.OK, ""},
		{"an RPPS, again", "10123456781", reference.CheckRPPS, reference.OK, ""},
		{"an RPPS that begins with 8", "81000000018", reference.CheckRPPS, reference.OK, ""},
		{"an RPPS with spaces as typed", " 101 234\u00a056781 ", reference.CheckRPPS, reference.OK, ""},
		{"an RPPS with a wrong digit", "10123456782", reference.CheckRPPS, reference.Wrong, "identifier.rpps.key"},
		{"an RPPS with a digit less", "1012345678", reference.CheckRPPS, reference.Wrong, "identifier.rpps.form"},
		{"an IdNat given for an RPPS", "810000000009", reference.CheckRPPS, reference.Wrong, "identifier.rpps.idnat"},
		{"an IdNat", "810000000009", reference.CheckIdNat, reference.OK, ""},
		{"an IdNat with a wrong digit", "810000000008", reference.CheckIdNat, reference.Wrong, "identifier.idnat.key"},
		{"an IdNat that is too short", "81000000000", reference.CheckIdNat, reference.Wrong, "identifier.idnat.form"},
		{"an IdNat on a FINESS", "3750712184/042", reference.CheckIdNat, reference.Warning, "identifier.idnat.other"},
		{"an IdNat of no known type", "910000000009", reference.CheckIdNat, reference.Wrong, "identifier.idnat.form"},
		{"no IdNat at all", "", reference.CheckIdNat, reference.Wrong, "identifier.idnat.form"},
		{"a FINESS (ET)", "010003820", reference.CheckFINESS, reference.OK, ""},
		{"a FINESS (EJ)", "010003812", reference.CheckFINESS, reference.OK, ""},
		{"a FINESS of Paris", "750712184", reference.CheckFINESS, reference.OK, ""},
		{"another FINESS of Paris", "75 010 012 5", reference.CheckFINESS, reference.OK, ""},
		{"a FINESS with two digits exchanged", "750721184", reference.CheckFINESS, reference.Wrong, "identifier.finess.key"},
		{"a FINESS whose zero was lost", "10003820", reference.CheckFINESS, reference.Wrong, "identifier.finess.form"},
		{"a FINESS with a letter", "7507121B4", reference.CheckFINESS, reference.Wrong, "identifier.finess.form"},
		{"a FINESS of Corse-du-Sud", "2A0000014", reference.CheckFINESS, reference.Warning, "identifier.finess.corsica"},
		{"a FINESS of Haute-Corse", "2b0000020", reference.CheckFINESS, reference.Warning, "identifier.finess.corsica"},
		{"a Corsican FINESS whose key does not fit is not refused", "2A0000015", reference.CheckFINESS, reference.Warning, "identifier.finess.corsica-key"},
		{"a Corsican FINESS that is too short", "2A000001", reference.CheckFINESS, reference.Wrong, "identifier.finess.form"},
		{"a SIREN", "732829320", reference.CheckSIREN, reference.OK, ""},
		{"a SIREN with a wrong digit", "732829321", reference.CheckSIREN, reference.Wrong, "identifier.siren.key"},
		{"a SIREN that is a SIRET", "73282932000074", reference.CheckSIREN, reference.Wrong, "identifier.siren.form"},
		{"a SIRET", "732 829 320 00074", reference.CheckSIRET, reference.OK, ""},
		{"a SIRET with a wrong digit", "73282932000075", reference.CheckSIRET, reference.Wrong, "identifier.siret.key"},
		{"a SIRET that is a SIREN", "732829320", reference.CheckSIRET, reference.Wrong, "identifier.siret.form"},
		{"the seat of La Poste", "35600000000048", reference.CheckSIRET, reference.OK, ""},
		{"a post office, by its plain sum", "35600000000006", reference.CheckSIRET, reference.OK, ""},
		{"a post office with a wrong sum", "35600000000007", reference.CheckSIRET, reference.Wrong, "identifier.siret.key"},
		{"a UAI", "0951099D", reference.CheckUAI, reference.OK, ""},
		{"a UAI in lower case", "0751717j", reference.CheckUAI, reference.OK, ""},
		{"a UAI of few digits", "0010001W", reference.CheckUAI, reference.OK, ""},
		{"a UAI with the wrong letter", "0951099E", reference.CheckUAI, reference.Wrong, "identifier.uai.key"},
		{"a UAI without its letter", "0951099", reference.CheckUAI, reference.Wrong, "identifier.uai.form"},
		{"an INE given by a school", "1234567890V", ine(reference.INEBEA), reference.OK, ""},
		{"another INE given by a school", "0512003456w", ine(reference.INEBEA), reference.OK, ""},
		{"an INE given by a school, wrong letter", "1234567890W", ine(reference.INEBEA), reference.Wrong, "identifier.ine.key"},
		{"an INE given by a school, with an O", "1234567890O", ine(reference.INEBEA), reference.Wrong, "identifier.ine.bea-form"},
		{"an INE given by a university", "ABCDEFGHIJ5", ine(reference.INEBase36), reference.OK, ""},
		{"another INE given by a university", "0A1B2C3D4E0", ine(reference.INEBase36), reference.OK, ""},
		{"the first INE of a university", "00000000011", ine(reference.INEBase36), reference.OK, ""},
		{"an INE given by a university, wrong key", "ABCDEFGHIJ6", ine(reference.INEBase36), reference.Wrong, "identifier.ine.key"},
		{"an INE given by a university, too long", "ABCDEFGHIJK5", ine(reference.INEBase36), reference.Wrong, "identifier.ine.base36-form"},
		{"an INE of the register", "123456789AB", ine(reference.INERNIE), reference.OK, ""},
		{"an INE of the register, with an I", "123456789AI", ine(reference.INERNIE), reference.Wrong, "identifier.ine.rnie-form"},
		{"an INE of an apprentice", "2024A12345B", ine(reference.INESIFA), reference.OK, ""},
		{"an INE of an apprentice, with a D", "2024D12345B", ine(reference.INESIFA), reference.Wrong, "identifier.ine.sifa-form"},
		{"a provisional INE", "2024D12345B", ine(reference.INEProvisional), reference.Warning, "identifier.ine.provisional"},
		{"a provisional INE, with an A", "2024A12345B", ine(reference.INEProvisional), reference.Wrong, "identifier.ine.provisional-form"},
		{"an INE of no kind", "1234567890V", ine(""), reference.Wrong, "identifier.ine.kind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.check(tt.in)
			if got.Verdict != tt.want || got.Key != tt.key {
				t.Errorf("%q is %s %s, want %s %s", tt.in, got.Verdict, got.Key, tt.want, tt.key)
			}
			for _, lang := range text.Langs {
				if got.Key != "" && !text.In(lang, "").Has(got.Key) {
					t.Errorf("%q has no sentence in %s", got.Key, lang)
				}
			}
		})
	}
}

// Eleven digits may be an RPPS and an INE: the kind is asked, not guessed.
func TestTheKindOfAnINEIsNotGuessed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]reference.INEKind{
		"1234567890V": {reference.INEBEA},
		"2024D12345B": {reference.INEProvisional},
		"ABCDEFGHIJ5": {reference.INEBase36},
		"nothing":     {},
	} {
		if got := reference.PossibleINEKinds(in); !slices.Equal(got, want) {
			t.Errorf("%s may be %v, want %v", in, got, want)
		}
	}
}

// Luhn catches every single wrong digit.
func TestOneWrongDigitIsAlwaysCaught(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		good := []byte(rapid.SampledFrom([]string{"750712184", "010003820", "750100125"}).Draw(t, "finess"))
		at := rapid.IntRange(0, len(good)-1).Draw(t, "place")
		digit := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		changed := good[at] != digit
		good[at] = digit
		if got := reference.CheckFINESS(string(good)).Verdict; (got == reference.Wrong) != changed {
			t.Fatalf("%s is %s", good, got)
		}
	})
}

// However odd the text, a check answers.
func TestChecksNeverFail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "typed")
		for _, check := range []func(string) reference.Checked{
			reference.CheckFINESS, reference.CheckRPPS, reference.CheckIdNat, reference.CheckSIREN, reference.CheckSIRET, reference.CheckUAI,
		} {
			check(s)
		}
		reference.PossibleINEKinds(s)
	})
}

func TestDatesAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want reference.Date
		ok   bool
	}{
		{"20/03/2026", "2026-03-20", true},
		{" 5/3/2004 ", "2004-03-05", true},
		{"2026-03-20", "2026-03-20", true},
		{"29/02/2024", "2024-02-29", true},
		{"", "", true},
		{"29/02/2026", "", false},
		{"31/04/2026", "", false},
		{"03/20/2026", "", false},
		{"20/03/26", "", false},
		{"20/03/0026", "", false},
		{"demain", "", false},
	}
	for _, tt := range tests {
		if got, ok := reference.ParseDate(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("%q reads as %q, %v; want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestADayIsThatDayOverseas(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Pacific/Tahiti", "America/Guadeloupe", "Europe/Paris", "Indian/Reunion", "Pacific/Noumea"} {
		if got := text.In(text.French, zone).ShortDate(reference.Date("2026-03-20").Noon()); got != "20/03/2026" {
			t.Errorf("in %s it is %s", zone, got)
		}
	}
}
