package notice

import (
	"html"
	"regexp"
	"strings"
)

// HTML writes the plain text of a mail as HTML: paragraphs, lists of lines that
// begin with a dash or a number, and addresses of pages that can be followed. It
// has no style, class or script of its own, and nothing of the text is markup.
func HTML(body string) string {
	var b strings.Builder
	for block := range strings.SplitSeq(body, "\n\n") {
		writeBlock(&b, strings.Split(strings.Trim(block, "\n"), "\n"))
	}
	return b.String()
}

// writeBlock writes runs of lines of one sort, each as one element.
func writeBlock(b *strings.Builder, lines []string) {
	for len(lines) > 0 {
		tag := sort(lines[0])
		n := 1
		for n < len(lines) && sort(lines[n]) == tag {
			n++
		}
		switch tag {
		case "p":
			for i, line := range lines[:n] {
				lines[i] = withLinks(line)
			}
			b.WriteString("<p>" + strings.Join(lines[:n], "<br>\n") + "</p>\n")
		default:
			b.WriteString("<" + tag + ">\n")
			for _, line := range lines[:n] {
				if rest, ok := numbered(line); ok {
					line = rest
				}
				b.WriteString("<li>" + withLinks(strings.TrimPrefix(line, "– ")) + "</li>\n")
			}
			b.WriteString("</" + tag + ">\n")
		}
		lines = lines[n:]
	}
}

// sort returns the element that a line belongs in.
func sort(line string) string {
	if _, ok := numbered(line); ok {
		return "ol"
	}
	if strings.HasPrefix(line, "– ") {
		return "ul"
	}
	return "p"
}

var number = regexp.MustCompile(`^\d{1,3}\. `)

// numbered returns what follows the number of a numbered line.
func numbered(line string) (string, bool) {
	head := number.FindString(line)
	return line[len(head):], head != ""
}

var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

func withLinks(line string) string {
	var b strings.Builder
	for {
		at := address.FindStringIndex(line)
		if at == nil {
			b.WriteString(html.EscapeString(line))
			return b.String()
		}
		link := html.EscapeString(line[at[0]:at[1]])
		b.WriteString(html.EscapeString(line[:at[0]]))
		b.WriteString(`<a href="` + link + `">` + link + `</a>`)
		line = line[at[1]:]
	}
}

// page is the HTML part of a mail: a document with its language and its title,
// readable at any width and by any reader.
func page(m Mail) string {
	return `<!DOCTYPE html>
<html lang="` + html.EscapeString(string(m.To.Lang)) + `">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>` + html.EscapeString(m.Subject) + `</title>
</head>
<body style="font: 16px/1.5 sans-serif; max-width: 38em; color: #14213d; background: #ffffff">
` + HTML(m.Body) + `</body>
</html>
`
}
