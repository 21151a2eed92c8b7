package notice_test

import (
	"testing"

	"stagora.org/stagora/internal/notice"
)

func TestPlainTextBecomesHTMLThatSaysTheSame(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"paragraphs", "Bonjour,\n\nDeux\nlignes", "<p>Bonjour,</p>\n<p>Deux<br>\nlignes</p>\n"},
		{"a list under its sentence", "À faire :\n– lire ;\n– classer.", "<p>À faire :</p>\n<ul>\n<li>lire ;</li>\n<li>classer.</li>\n</ul>\n"},
		{"ranks", "1. Pédiatrie\n2. Urgences", "<ol>\n<li>Pédiatrie</li>\n<li>Urgences</li>\n</ol>\n"},
		{"a link, and the full stop after it", "Voir https://a.fr/c?x=1&y=2.", `<p>Voir <a href="https://a.fr/c?x=1&amp;y=2">https://a.fr/c?x=1&amp;y=2</a>.</p>` + "\n"},
		{"markup in a name", "<b>Léo</b> & \"Inès\"", "<p>&lt;b&gt;Léo&lt;/b&gt; &amp; &#34;Inès&#34;</p>\n"},
		{"no script by a link", "javascript:alert(1)", "<p>javascript:alert(1)</p>\n"},
		{"a year is no rank", "2027 sera meilleure", "<p>2027 sera meilleure</p>\n"},
	} {
		if got := notice.HTML(tt.text); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}
