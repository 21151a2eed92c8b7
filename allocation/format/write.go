package format

import "strconv"

// A writer appends canonical JSON. Its callers write the keys of an object in
// their sorted order; a test holds them to it.
type writer struct{ b []byte }

// next puts a comma where one is due.
func (w *writer) next() {
	if n := len(w.b); n > 0 {
		switch w.b[n-1] {
		case '{', '[', ':':
		default:
			w.b = append(w.b, ',')
		}
	}
}

func (w *writer) open(bracket byte) {
	w.next()
	w.b = append(w.b, bracket)
}

func (w *writer) close(bracket byte) { w.b = append(w.b, bracket) }

func (w *writer) key(k string) {
	w.text(k)
	w.b = append(w.b, ':')
}

func (w *writer) text(s string) {
	w.next()
	w.b = appendString(w.b, s)
}

func (w *writer) int(n int64) {
	w.next()
	w.b = strconv.AppendInt(w.b, n, 10)
}

func (w *writer) amount(a Amount) {
	w.next()
	w.b = a.append(w.b)
}

func (w *writer) keyText(k, s string) {
	w.key(k)
	w.text(s)
}

func (w *writer) keyInt(k string, n int) {
	w.key(k)
	w.int(int64(n))
}

func (w *writer) keyAmount(k string, a Amount) {
	w.key(k)
	w.amount(a)
}

// ifText writes a text that is there, and nothing for an empty one.
func (w *writer) ifText(k, s string) {
	if s != "" {
		w.keyText(k, s)
	}
}

func (w *writer) ifInt(k string, n int) {
	if n != 0 {
		w.keyInt(k, n)
	}
}

func (w *writer) ifTrue(k string, is bool) {
	if is {
		w.key(k)
		w.b = append(w.b, "true"...)
	}
}

// list writes the n items of a list.
func (w *writer) list(k string, n int, item func(i int)) {
	w.key(k)
	w.open('[')
	for i := range n {
		item(i)
	}
	w.close(']')
}

// names writes a list of ids.
func (w *writer) names(k string, ids []string) {
	w.list(k, len(ids), func(i int) { w.text(ids[i]) })
}
