package large

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A group says of what a row of the model is a part, and so how often it is copied.
type group int

const (
	ofAll      group = iota // levels, roles, faculties…: the world has its own
	ofPeople                // a cohort and its students
	ofPlaces                // a block of sites and those who answer for them
	ofCampaign              // a campaign, with all that happened in it
)

// A table is one table of the model with its rows.
type table struct {
	name    string
	columns []string
	whole   []bool               // the column holds whole numbers
	key     int                  // column of the key that others refer to; -1: none
	keys    map[string][2]string // by column: the table and column that it refers to
	refers  map[int]*table       // by column: the table whose key it holds
	rows    []*row

	at    map[int64]*row // by key
	count [ofCampaign + 1]int
}

// A row is one row of the model, ready to be copied.
type row struct {
	table  *table
	values []any
	cells  []cell
	group  group
	number int // among the rows of its table and group
}

func (t *table) column(name string) int { return slices.Index(t.columns, name) }

// text returns what a column of a row holds in the model.
func (r *row) text(column string) string {
	if i := r.table.column(column); i >= 0 {
		s, _ := r.values[i].(string)
		return s
	}
	return ""
}

// readRows reads every table of the model, those that others refer to first.
func readRows(ctx context.Context, path string) ([]*table, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	names, err := column(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name")
	if err != nil {
		return nil, err
	}
	byName := map[string]*table{}
	for _, name := range names {
		byName[name] = &table{name: name, key: -1, refers: map[int]*table{}, at: map[int64]*row{}}
	}
	for _, t := range byName {
		if err := t.read(ctx, db); err != nil {
			return nil, fmt.Errorf("large: read %s of the model: %w", t.name, err)
		}
	}
	for _, t := range byName {
		for i, name := range t.columns {
			if of := resolve(byName, t, name); of != nil {
				t.refers[i] = of
			}
		}
	}
	return inOrder(names, byName), nil
}

// column returns the first column of what a query gives.
func column(ctx context.Context, db *sql.DB, query string) (list []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// inOrder puts each table after those that it refers to.
func inOrder(names []string, byName map[string]*table) []*table {
	var order []*table
	met := map[string]bool{}
	var visit func(t *table)
	visit = func(t *table) {
		if met[t.name] {
			return
		}
		met[t.name] = true
		for _, name := range t.columns {
			if of := byName[t.keys[name][0]]; of != nil {
				visit(of)
			}
		}
		order = append(order, t)
	}
	for _, name := range names {
		visit(byName[name])
	}
	return order
}

// personColumns hold keys of people without the database knowing: such a line
// outlives the person.
var personColumns = []string{
	"person", "behalf", "author", "set_by", "asked_by", "decided_by", "adopted_by", "published_by", "confirmed_by",
}

func (t *table) read(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+t.name+" ORDER BY rowid")
	if err != nil {
		// A table without rowid has its key in its own order.
		if rows, err = db.QueryContext(ctx, "SELECT * FROM "+t.name); err != nil {
			return err
		}
	}
	defer func() { _ = rows.Close() }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	for _, c := range types {
		t.columns = append(t.columns, c.Name())
		kind := strings.ToUpper(c.DatabaseTypeName())
		t.whole = append(t.whole, strings.Contains(kind, "INT"))
	}
	for rows.Next() {
		r := &row{table: t, values: make([]any, len(t.columns))}
		into := make([]any, len(t.columns))
		for i := range into {
			into[i] = &r.values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		t.rows = append(t.rows, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return t.readKeys(ctx, db)
}

// readKeys reads which columns refer to which.
func (t *table) readKeys(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT \"from\", \"table\", COALESCE(\"to\", 'id') FROM pragma_foreign_key_list('"+t.name+"')")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	t.keys = map[string][2]string{}
	for rows.Next() {
		var from, to, column string
		if err := rows.Scan(&from, &to, &column); err != nil {
			return err
		}
		if before, twice := t.keys[from]; !twice || before[1] != "id" {
			t.keys[from] = [2]string{to, column}
		}
	}
	for i, name := range t.columns {
		if t.whole[i] && slices.Contains(personColumns, name) && t.keys[name][0] == "" {
			t.keys[name] = [2]string{peopleTable, "id"}
		}
		if owner := owners[t.name+"."+name]; owner != "" {
			t.keys[name] = [2]string{owner, "id"}
		}
		if name == "id" && t.whole[i] {
			t.key = i
		}
	}
	for _, r := range t.rows {
		if t.key >= 0 {
			t.at[r.values[t.key].(int64)] = r
		}
	}
	return rows.Err()
}

// resolve returns the table whose key a column holds, nil if it holds none.
func resolve(byName map[string]*table, t *table, column string) *table {
	to, refers := t.keys[column]
	switch {
	case !refers:
		return nil
	case to[1] == "id":
		return byName[to[0]]
	}
	return resolve(byName, byName[to[0]], to[1])
}

// A model is the rows of the model, as copies are made of them.
type model struct {
	tables []*table
	byName map[string]*table

	entities map[string]*row   // by public identifier
	codes    map[string]int    // codes and identifiers of no row, in the order in which they are met
	sums     map[string]source // what a hash is the hash of
	sortKeys map[string]string // what a sort key was made from
}

// A source is the cell that a hash was made from.
type source struct {
	row    *row
	column int
}

// readModel prepares the rows of a model for copying.
func readModel(ctx context.Context, path string) (*model, error) {
	tables, err := readRows(ctx, path)
	if err != nil {
		return nil, err
	}
	m := &model{
		tables: tables, byName: map[string]*table{}, entities: map[string]*row{}, codes: map[string]int{},
		sums: map[string]source{}, sortKeys: map[string]string{},
	}
	for _, t := range tables {
		m.byName[t.name] = t
		for _, r := range t.rows {
			m.index(r)
		}
	}
	for _, t := range tables {
		for _, r := range t.rows {
			if err := m.prepare(r); err != nil {
				return nil, err
			}
		}
	}
	m.sort()
	return m, nil
}

// index notes what others may name a row by.
func (m *model) index(r *row) {
	for i, value := range r.values {
		switch v := value.(type) {
		case string:
			name := r.table.columns[i]
			if name == "public_id" {
				m.entities[v] = r
			}
			if len(v) >= 32 {
				sum := sha256.Sum256([]byte(v))
				m.sums[hex.EncodeToString(sum[:])] = source{r, i}
			}
		case []byte:
			sum := sha256.Sum256(v)
			m.sums[hex.EncodeToString(sum[:])] = source{r, i}
		}
	}
	if r.table.name == versionTable {
		m.sums[r.text("hash")] = source{r, r.table.column("hash")}
	}
	for _, from := range []string{r.text("name"), strings.TrimSpace(r.text("family_name") + " " + r.text("given_name"))} {
		if from != "" {
			m.sortKeys[sortKey(from)] = from
		}
	}
}

// sort says of each row what it is a part of: of everything that it names.
func (m *model) sort() {
	// Until nothing changes: a row may name one that is read after it.
	for changed := true; changed; {
		changed = false
		for _, t := range m.tables {
			for _, r := range t.rows {
				if g := m.groupOf(r); g != r.group {
					r.group, changed = g, true
				}
			}
		}
	}
	for _, t := range m.tables {
		for _, r := range t.rows {
			r.number = t.count[r.group]
			t.count[r.group]++
		}
	}
}

func (m *model) groupOf(r *row) group {
	g := max(r.group, ownGroup(r))
	for _, c := range r.cells {
		for _, p := range c.parts {
			g = joined(g, p.group())
		}
	}
	return g
}

// joined is what a row is a part of that names two things: what belongs to people
// and places is what happened in a campaign.
func joined(a, b group) group {
	if a != b && a != ofAll && b != ofAll {
		return ofCampaign
	}
	return max(a, b)
}

// day reads a date as texts have it.
func day(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}
