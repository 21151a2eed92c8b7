package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mostTabs is how far a person tabs before they give up.
const mostTabs = 600

var keys = map[string]string{
	"Tab": kb.Tab, "Enter": kb.Enter, "Space": " ", "Escape": kb.Escape, "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
}

var modifiers = map[string]input.Modifier{
	"Shift": input.ModifierShift, "Ctrl": input.ModifierCtrl, "Alt": input.ModifierAlt,
}

// Press presses keys one after the other: "Tab", "Shift+Tab", "Alt+ArrowUp",
// "Ctrl+z", "x".
func (w *Window) Press(names ...string) {
	w.t.Helper()
	for _, name := range names {
		parts := strings.Split(name, "+")
		key, held := parts[len(parts)-1], parts[:len(parts)-1]
		if special, ok := keys[key]; ok {
			key = special
		} else if len([]rune(key)) != 1 {
			w.t.Fatalf("press %s: no such key", name)
		}
		var with []input.Modifier
		for _, m := range held {
			modifier, ok := modifiers[m]
			if !ok {
				w.t.Fatalf("press %s: no such modifier", name)
			}
			with = append(with, modifier)
		}
		w.do("press "+name, chromedp.KeyEvent(key, chromedp.KeyModifiers(with...)))
	}
}

// Type types text into what has the focus.
func (w *Window) Type(text string) {
	w.t.Helper()
	w.do("type", chromedp.KeyEvent(text))
}

// Reach presses Tab until what has this role and name has the focus. The name is
// the whole accessible name, and the role a screen reader's: "link", "button",
// "textbox", "checkbox", "radio", "combobox"; "" is any. What is to be pressed is
// reached by [Window.Strike].
func (w *Window) Reach(role, name string) {
	w.t.Helper()
	var passed []string
	reached := w.wait(func() bool {
		var found bool
		w.settle()
		found, passed = w.tabTo(role, name)
		return found
	})
	if !reached {
		w.t.Fatalf("Tab never reached the %s %q, but:\n%s", role, name, strings.Join(passed, "\n"))
	}
}

// tabTo goes once around the page, and tells what it passed.
func (w *Window) tabTo(role, name string) (found bool, passed []string) {
	w.t.Helper()
	first := ""
	for range mostTabs {
		on := w.Focus()
		if on.is(role, name) {
			return true, passed
		}
		if on.id != "" && on.id == first {
			return false, passed
		}
		if first == "" {
			first = on.id
		}
		passed = append(passed, fmt.Sprintf("  %s %q", on.Role, on.Name))
		w.Press("Tab")
	}
	return false, passed
}

// Follow reaches a link and presses Enter.
func (w *Window) Follow(link string) {
	w.t.Helper()
	w.Strike("link", link, "Enter")
}

// Push reaches a button and presses Enter.
func (w *Window) Push(button string) {
	w.t.Helper()
	w.Strike("button", button, "Enter")
}

// Fill reaches a field by its label and types over what it holds.
func (w *Window) Fill(label, text string) {
	w.t.Helper()
	typed := w.wait(func() bool {
		w.Strike("", label, "Ctrl+a")
		if text == "" {
			w.Press("Delete")
		} else {
			w.Type(text)
		}
		return w.Focus().is("", label)
	})
	if !typed {
		w.t.Fatalf("the page took the field %q away each time while it was filled", label)
	}
}

// FillMoment reaches a field of a date and a time by its label and types them,
// part by part, in the order that the browser, not the page, asks for them.
func (w *Window) FillMoment(label string, at time.Time) {
	w.t.Helper()
	w.Reach("DateTime", label)
	w.Type(at.Format("01022006\t0304PM"))
}

// Choose reaches a list of options by its label and types an option's first
// letters. A browser forgets letters that come more than a second apart, as on a
// machine that has much to do: then the arrow goes down from the first option.
func (w *Window) Choose(label, option string) {
	w.t.Helper()
	w.Reach("combobox", label)
	w.Type(option)
	chosen := func() bool { return plain(w.Focus().Value) == plain(option) }
	if chosen() {
		return
	}
	w.Press("Home")
	for last := "none yet"; !chosen(); {
		on := w.Focus()
		if on.Value == last || !on.is("combobox", label) {
			w.t.Fatalf("in %q, %q was chosen for %q", label, on.Value, option)
		}
		last = on.Value
		w.Press("ArrowDown")
	}
}

// A Thing is something on the page as a screen reader tells it.
type Thing struct {
	Role  string
	Name  string
	Value string
	id    string
}

func (th Thing) is(role, name string) bool {
	return (role == "" && th.Role != "RootWebArea" || th.Role == role) && plain(th.Name) == plain(name)
}

// Focus returns what has the focus; a page without any gives its root.
func (w *Window) Focus() Thing {
	w.t.Helper()
	var on Thing
	// A page that is just leaving has nothing to tell: ask the next one.
	answered := w.wait(func() bool {
		return w.try(chromedp.ActionFunc(func(ctx context.Context) (err error) {
			on, err = focused(ctx)
			return err
		})) == nil
	})
	if !answered {
		w.t.Fatal("the page does not tell what has the focus")
	}
	return on
}

func focused(ctx context.Context) (Thing, error) {
	element, thrown, err := runtime.Evaluate("document.activeElement ?? document.documentElement").Do(ctx)
	if err != nil {
		return Thing{}, err
	}
	if thrown != nil {
		return Thing{}, thrown
	}
	nodes, err := accessibility.GetPartialAXTree().WithObjectID(element.ObjectID).WithFetchRelatives(false).Do(ctx)
	if err != nil {
		return Thing{}, err
	}
	if len(nodes) == 0 {
		return Thing{}, fmt.Errorf("nothing has the focus")
	}
	n := nodes[0]
	return Thing{Role: said(n.Role), Name: said(n.Name), Value: said(n.Value), id: fmt.Sprint(n.BackendDOMNodeID)}, nil
}

func said(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return word(v.Value)
}

// word returns a JSON value as a person would write it: a text without quotes.
func word(value []byte) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
