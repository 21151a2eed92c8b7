package exchange

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/text"
)

// read judges one cell and returns it as it is kept. There is at most one
// finding: the first thing to repair.
func (c Column) read(format Format, among lexicon, cell string) (string, *Finding) {
	value := strings.TrimSpace(norm.NFC.String(cell))
	if value == "" {
		if c.Default == "" && c.Need == Mandatory {
			return "", &Finding{Severity: Error, Key: "exchange.cell.empty"}
		}
		if c.Default == "" && c.Need == Advised {
			return "", &Finding{Severity: Warning, Key: "exchange.cell.advised"}
		}
		return c.Default, nil
	}
	if key := damage(value, c.Kind); key != "" {
		return "", &Finding{Severity: Error, Key: key}
	}
	value, finding := c.parse(format, value)
	if finding != nil {
		return "", finding
	}
	value, padded := c.pad(value)
	if c.Known != nil {
		if value, finding = c.known(among, value); finding != nil {
			return "", finding
		}
	}
	if c.Check != nil {
		if value, finding = c.Check(value); finding != nil {
			return value, finding
		}
	}
	return value, padded
}

// scientific is how spreadsheets abridge long numbers: the digits are lost.
var scientific = regexp.MustCompile(`^\d([.,]\d+)?[Ee]\+?\d+$`)

// formulaErrors is what a spreadsheet writes where a formula failed.
var formulaErrors = regexp.MustCompile(`^#(REF!|N/A|VALUE!|VALEUR!|DIV/0!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!)$`)

// misread is what accented letters become when UTF-8 is read as Windows-1252.
var misread = regexp.MustCompile(`Ã[\x{80}-\x{bf}©¨ªª«§¢´®¯¹»¼ ]|Å“|â€`)

// damage returns the sentence for a value that some program has spoilt, and ""
// for a sound one. Keeping such a value would be worse than refusing it.
func damage(value string, kind Kind) string {
	switch {
	case strings.ContainsRune(value, utf8.RuneError), strings.ContainsAny(value, "ÃÅâ") && misread.MatchString(value):
		return "exchange.cell.damaged"
	case value[0] == '#' && formulaErrors.MatchString(value):
		return "exchange.cell.formula"
	case kind == Code && scientific.MatchString(value):
		return "exchange.cell.scientific"
	}
	return ""
}

// parse reads a value of the column's kind.
func (c Column) parse(format Format, value string) (string, *Finding) {
	switch c.Kind {
	case Code:
		return withoutSpaces(value), nil
	case Email:
		return parseEmail(value)
	case Whole:
		return c.parseWhole(value)
	case Amount:
		return parseAmount(value)
	case YesNo:
		return parseYesNo(value)
	case Date:
		return parseDate(format, value)
	}
	return bounded(value, c.Max)
}

// bounded refuses a text of more characters than most; 0: no bound.
func bounded(value string, most int) (string, *Finding) {
	length := utf8.RuneCountInString(value)
	if most > 0 && length > most {
		return "", &Finding{Severity: Error, Key: "exchange.cell.long", Args: text.Blanks{"max": most, "length": length}}
	}
	return value, nil
}

func withoutSpaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func parseEmail(value string) (string, *Finding) {
	value, long := bounded(strings.ToLower(value), identity.MaxEmail)
	if long == nil && !identity.IsEmail(value) {
		return "", &Finding{Severity: Error, Key: "exchange.cell.email"}
	}
	return value, long
}

func (c Column) parseWhole(value string) (string, *Finding) {
	digits := withoutSpaces(value)
	for _, end := range []string{".0", ",0", ".00", ",00"} {
		digits = strings.TrimSuffix(digits, end)
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return "", &Finding{Severity: Error, Key: "exchange.cell.whole"}
	}
	if c.Max > 0 && n > uint64(c.Max) {
		return "", &Finding{Severity: Error, Key: "exchange.cell.greater", Args: text.Blanks{"max": c.Max}}
	}
	return strconv.FormatUint(n, 10), nil
}

var amount = regexp.MustCompile(`^(-?)(\d{1,12})(?:[.,](\d{1,2}))?$`)

func parseAmount(value string) (string, *Finding) {
	m := amount.FindStringSubmatch(strings.ReplaceAll(withoutSpaces(value), "−", "-"))
	if m == nil {
		return "", &Finding{Severity: Error, Key: "exchange.cell.amount"}
	}
	n, _ := strconv.ParseInt(m[2]+(m[3] + "00")[:2], 10, 64)
	if m[1] != "" {
		n = -n
	}
	return strconv.FormatInt(n, 10), nil
}

var (
	yesWords = []string{"oui", "o", "yes", "y", "true", "vrai", "1"}
	noWords  = []string{"non", "n", "no", "false", "faux", "0"}
)

func parseYesNo(value string) (string, *Finding) {
	switch word := text.Fold(value); {
	case slices.Contains(yesWords, word):
		return Yes, nil
	case slices.Contains(noWords, word):
		return No, nil
	}
	return "", &Finding{Severity: Error, Key: "exchange.cell.yesno"}
}

// dateForms are day first, as France writes, or year first; never month first.
var dateForms = []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-01-02", "2006/01/02", "2/1/2006 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"}

func parseDate(format Format, value string) (string, *Finding) {
	if format == XLSX {
		if day, err := serialDay(value); err == nil {
			return day.Format(time.DateOnly), nil
		}
	}
	for _, form := range dateForms {
		if day, err := time.Parse(form, value); err == nil && day.Year() >= 1900 && day.Year() <= 2200 {
			return day.Format(time.DateOnly), nil
		}
	}
	return "", &Finding{Severity: Error, Key: "exchange.cell.date"}
}

// pad puts back the zeros that a spreadsheet dropped in front of an identifier.
func (c Column) pad(value string) (string, *Finding) {
	missing := c.Digits - len(value)
	if c.Digits == 0 || missing <= 0 || strings.Trim(value, "0123456789") != "" {
		return value, nil
	}
	value = strings.Repeat("0", missing) + value
	return value, &Finding{Severity: Warning, Key: "exchange.cell.padded", Args: text.Blanks{"kept": value}}
}

// known finds the value among those that exist. Two that differ by signs alone
// are told apart by the exact spelling.
func (c Column) known(among lexicon, value string) (string, *Finding) {
	if slices.Contains(c.Known, value) {
		return value, nil
	}
	meant, near := among.find(value)
	if meant == "" {
		return "", &Finding{Severity: Error, Key: cmp.Or(c.Unknown, "exchange.cell.unknown"), Nearest: near}
	}
	return meant, nil
}
