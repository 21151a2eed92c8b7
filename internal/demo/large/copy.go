package large

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/ranking"
)

// A replica is one copy of a group of the model's rows, and what its placeholders
// stand for.
type replica struct {
	*plan
	group  group
	cohort int // which cohort, block and campaign it is a copy of; -1: none
	block  int
	round  int // of the campaigns of the cohort: 0 is the latest
	number int // among the campaigns
	days   int // by which its dates differ from the model's

	hashes map[string]string // the model's → this copy's
	cells  map[source]string // what was written already, to be hashed
}

// rows writes the rows of a table in a copy.
func (c *replica) rows(t *table) ([][]any, error) {
	var list [][]any
	for _, r := range t.rows {
		if r.group != c.group {
			continue
		}
		values := make([]any, len(r.cells))
		for i := range r.cells {
			value, err := c.value(r, i)
			if err != nil {
				return nil, fmt.Errorf("large: write %s of %s: %w", t.columns[i], t.name, err)
			}
			values[i] = value
		}
		list = append(list, values)
	}
	return list, nil
}

func (c *replica) value(r *row, column int) (any, error) {
	cell := &r.cells[column]
	switch {
	case len(cell.files) > 0:
		return c.archive(r, column)
	case len(cell.parts) == 0:
		return cell.value, nil
	case len(cell.parts) == 1 && cell.parts[0].kind == key && r.table.whole[column]:
		return c.id(cell.parts[0].row)
	}
	text, err := c.text(cell)
	switch {
	case cell.sorted:
		text = sortKey(text)
	case r.table.columns[column] == wordsColumn:
		words := strings.Fields(text)
		slices.Sort(words)
		text = strings.Join(words, " ")
	}
	return text, err
}

func (c *replica) text(cell *cell) (string, error) {
	if cell.parts == nil {
		s, _ := cell.value.(string)
		return s, nil
	}
	var b strings.Builder
	for _, p := range cell.parts {
		said, err := c.part(p)
		if err != nil {
			return "", err
		}
		b.WriteString(said)
	}
	return b.String(), nil
}

func (c *replica) part(p part) (string, error) {
	switch p.kind {
	case literal:
		return p.text, nil
	case key:
		id, err := c.id(p.row)
		return strconv.FormatInt(id, 10), err
	case identifier:
		if p.row.group == ofAll {
			return p.text, nil
		}
		return c.identifier(p.row.table.name, p.row.number, c.index(p.row.group)), nil
	case code:
		return c.code(p), nil
	case date:
		return p.day.AddDate(0, 0, c.days).Format(time.DateOnly), nil
	case hash:
		return c.hash(p)
	}
	return c.word(p)
}

// id is the key of a row in this copy.
func (c *replica) id(r *row) (int64, error) {
	if r.group == ofAll {
		return c.sharedID(c, r)
	}
	return c.first[r.table.name][r.group] + int64(c.index(r.group)*r.table.count[r.group]+r.number), nil
}

// index says which copy of a group this one speaks of.
func (c *replica) index(g group) int {
	switch g {
	case ofPeople:
		return c.cohort
	case ofPlaces:
		return c.block
	}
	return c.number
}

// identifier is a public identifier that the seed decides.
func (p *plan) identifier(kind string, number, copy int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%d|%d", p.seed, kind, number, copy))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	s := hex.EncodeToString(sum[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func (c *replica) code(p part) string {
	if len(p.text) == 36 {
		return c.identifier("code", p.n, c.index(c.group))
	}
	return newDice(c.seed, "code", p.n, c.index(c.group)).letters(26)
}

// hash is the hash of the copy of what the model's was made from.
func (c *replica) hash(p part) (string, error) {
	if made, known := c.hashes[p.text]; known {
		return made, nil
	}
	made := ""
	var err error
	if p.of.row.table.name == versionTable {
		made, err = c.versionHash(p.of.row)
	} else {
		var content string
		if content, err = c.content(p.of); err == nil {
			sum := sha256.Sum256([]byte(content))
			made = hex.EncodeToString(sum[:])
		}
	}
	c.hashes[p.text] = made
	return made, err
}

// content writes a cell that something is the hash of.
func (c *replica) content(of source) (string, error) {
	if written, met := c.cells[of]; met {
		return written, nil
	}
	value, err := c.value(of.row, of.column)
	if err != nil {
		return "", err
	}
	content, isText := value.(string)
	if !isText {
		content = string(value.([]byte))
	}
	c.cells[of] = content
	return content, nil
}

func (c *replica) archive(r *row, column int) ([]byte, error) {
	if written, met := c.cells[source{r, column}]; met {
		return []byte(written), nil
	}
	var names, contents []string
	for _, f := range r.cells[column].files {
		content, err := c.text(&f.cell)
		if err != nil {
			return nil, err
		}
		names, contents = append(names, f.name), append(contents, content)
	}
	packed, err := pack(names, contents)
	c.cells[source{r, column}] = string(packed)
	return packed, err
}

// versionHash hashes a version of a list as the product does.
func (c *replica) versionHash(r *row) (string, error) {
	said := map[string]string{}
	for _, name := range []string{"at", "author", "author_name", "channel", "form", "number", "previous", "wishes"} {
		value, err := c.value(r, r.table.column(name))
		if err != nil {
			return "", err
		}
		said[name] = fmt.Sprint(value)
	}
	at, err := time.Parse(time.RFC3339Nano, said["at"])
	if err != nil {
		return "", err
	}
	v := campaign.Version{At: at, By: said["author_name"], Channel: ranking.Channel(said["channel"]), Previous: said["previous"]}
	if v.Author, err = strconv.ParseInt(said["author"], 10, 64); err != nil {
		return "", err
	}
	if v.Number, err = strconv.Atoi(said["number"]); err != nil {
		return "", err
	}
	if v.Form, err = strconv.Atoi(said["form"]); err != nil {
		return "", err
	}
	if err := json.Unmarshal([]byte(said["wishes"]), &v.Wishes); err != nil {
		return "", err
	}
	list := r.cells[r.table.column("list_id")].parts[0].row
	round := c.model.byName[campaignTable].rows[0]
	v, err = v.Seal(c.identifier(campaignTable, round.number, c.number), list.text("name"))
	return v.Hash, err
}

// columnsOf are the columns of a table, for a writer.
func columnsOf(t *table) []string { return slices.Clone(t.columns) }
