package results

import (
	"strings"

	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// postsTable is the name of the table of posts, which begins its parameters.
const postsTable = "posts"

// beside are the parameters of the address that one of two tables leaves as they are: those
// of the table of posts, or all others.
func beside(r *page.Request, posts bool) map[string]string {
	kept := map[string]string{}
	for name, values := range r.URL.Query() {
		if strings.HasPrefix(name, postsTable+".") == posts {
			kept[name] = strings.Join(values, ",")
		}
	}
	return kept
}

// postTable is how full each post is; free says whether it shows the free seats too. Its
// state stands in the address of the page beside that of the page's own table.
func postTable(r *page.Request, path, caption string, posts []result.PostLine, free bool) ui.Table {
	t := ui.Table{
		Name: postsTable, Caption: caption, Path: path, Keep: beside(r, false),
		Columns: []ui.Column{
			{Key: "site", Title: r.T("office.post.site"), Filter: true, Fixed: true},
			{Key: "seats", Title: r.T("office.post.seats"), Kind: ui.KindNumber},
			{Key: "filled", Title: r.T("office.post.filled"), Kind: ui.KindNumber},
			{Key: "free", Title: r.T("office.post.free"), Kind: ui.KindNumber, Filter: true, Hidden: !free},
			{Key: "last", Title: r.T("office.cutoff"), Filter: true, NoSort: true},
		},
		Empty: ui.Empty{Icon: "building", What: r.T("office.posts.none")},
	}
	for _, p := range posts {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: p.Name + " " + p.Code, Sort: text.SortKey(p.Name), Body: postName(p)},
			ui.Count(r.Text, p.Seats), ui.Count(r.Text, p.Filled), ui.Count(r.Text, max(0, p.Seats-p.Filled)),
			ui.Word(cutoffSaid(r, p.Cutoff, p.Full())),
		}})
	}
	t.State = ui.ParseTable(t.Name, t.Columns, r.URL.Query())
	return t
}

// countFull counts the posts without a free seat.
func countFull(posts []result.PostLine) (full int) {
	for _, p := range posts {
		if p.Full() {
			full++
		}
	}
	return full
}

// posts are the posts of a publication with the last ones served.
func (v release) posts() []result.PostLine {
	posts := make([]result.PostLine, len(v.cutoffs))
	for i, k := range v.cutoffs {
		posts[i] = result.PostLine{Code: k.Code, Name: k.Name, Seats: k.Seats, Filled: k.Filled, Cutoff: k.Position}
	}
	return posts
}
