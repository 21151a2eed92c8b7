package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/notice/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Queue writes a message and queues it in the transaction of what it tells. It
// returns the message's public identifier: that of the earlier one if there is one with
// its key, and then writes nothing.
func Queue(ctx context.Context, tx *store.Tx, m Message) (string, error) {
	if earlier, err := byKey(ctx, tx, m.Key); err != nil || earlier != "" {
		return earlier, err
	}
	letter, err := Render(m)
	if err != nil {
		return "", err
	}
	ids, err := insert(ctx, tx, []Letter{letter})
	if err != nil {
		return "", err
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	// Another transaction queued the key since.
	return byKey(ctx, tx, m.Key)
}

func byKey(ctx context.Context, tx *store.Tx, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	id, err := queries.New(tx).ByKey(ctx, key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find the message of key %s: %w", key, err)
	}
	return id, nil
}

// QueueAll queues letters in the transaction of what they tell, in a few
// statements, and returns how many it queued: those whose key was queued before
// are left out.
func QueueAll(ctx context.Context, tx *store.Tx, letters []Letter) (int, error) {
	queued := 0
	for some := range slices.Chunk(letters, rowsAtOnce) {
		ids, err := insert(ctx, tx, some)
		if err != nil {
			return queued, err
		}
		queued += len(ids)
	}
	return queued, nil
}

// rowsAtOnce is how many rows a statement inserts or looks for.
const rowsAtOnce = 500

// columns are the columns of a new message, in the order of [values].
const columns = `public_id, unique_key, kind, scope, person, name, address, lang, subject, body, reply_to,
	state, due, reason, queued_at, urgent, maker, maker_key, attempts, detail`

// given is how many of the columns are given; the last two begin empty.
const given = 18

func values(tx *store.Tx, id string, l Letter) []any {
	due := tx.Now
	if l.NotBefore.After(due) {
		due = l.NotBefore
	}
	state, reason := Waiting, reachable(l.To.Address)
	if reason != "" {
		state = Undeliverable
	} else if l.Hold {
		state = Held
	}
	return []any{
		id, l.Key, string(l.Kind), l.Scope, l.To.Person, l.To.Name, l.To.Address, string(text.ParseLang(string(l.To.Lang))),
		l.Subject, l.Body, addressIn(l.Contact), string(state), store.At(due), reason, store.At(tx.Now), l.Urgent,
		l.File.Maker, l.File.Key,
	}
}

// insert adds letters, and returns the public identifiers of those it added.
func insert(ctx context.Context, tx *store.Tx, letters []Letter) ([]string, error) {
	rows := make([][]any, len(letters))
	for i, l := range letters {
		rows[i] = values(tx, store.NewID(), l)
	}
	// SQLite inserts row by row ten times as fast as many rows at once, and
	// PostgreSQL the other way round.
	add := insertEach
	if tx.Engine == store.Postgres {
		add = insertTogether
	}
	ids, err := add(ctx, tx, rows)
	if err != nil {
		return nil, fmt.Errorf("queue messages: %w", err)
	}
	q := queries.New(tx)
	for i, l := range letters {
		if len(l.Attachments) == 0 || !slices.Contains(ids, rows[i][0].(string)) {
			continue
		}
		for n, a := range l.Attachments {
			err := q.Attach(ctx, queries.AttachParams{
				PublicID: rows[i][0].(string), Number: int32(n + 1), Name: a.Name, MediaType: a.MediaType, Content: a.Content,
			})
			if err != nil {
				return nil, fmt.Errorf("queue %s: attach %s: %w", l.Kind, a.Name, err)
			}
		}
	}
	return ids, nil
}

const onlyOnce = ", 0, '') ON CONFLICT (unique_key) WHERE unique_key <> '' DO NOTHING"

func insertEach(ctx context.Context, tx *store.Tx, rows [][]any) (ids []string, err error) {
	add, err := tx.PrepareContext(ctx, "INSERT INTO notice_message ("+columns+") VALUES ("+places(1, given)+onlyOnce)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, add.Close()) }()
	for _, row := range rows {
		done, err := add.ExecContext(ctx, row...)
		if err != nil {
			return nil, err
		}
		added, err := done.RowsAffected()
		if err != nil {
			return nil, err
		}
		if added == 1 {
			ids = append(ids, row[0].(string))
		}
	}
	return ids, nil
}

func insertTogether(ctx context.Context, tx *store.Tx, rows [][]any) (ids []string, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var query strings.Builder
	query.WriteString("INSERT INTO notice_message (" + columns + ") VALUES ")
	var args []any
	for i, row := range rows {
		if i > 0 {
			query.WriteString(", 0, ''), ")
		}
		query.WriteString("(" + places(len(args)+1, given))
		args = append(args, row...)
	}
	query.WriteString(onlyOnce + " RETURNING public_id")
	added, err := tx.QueryContext(ctx, query.String(), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, added.Err(), added.Close()) }()
	for added.Next() {
		var id string
		if err := added.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// places writes n places of a statement's arguments, from the number first on.
func places(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}
