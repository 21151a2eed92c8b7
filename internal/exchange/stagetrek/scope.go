package stagetrek

import (
	"strings"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
)

// Scope returns what an import belongs to: the perimeter that its author may
// import in. A file holds names and numbers, so that other perimeters do not see
// it.
func Scope(actor identity.Actor) string {
	for _, p := range actor.Perimeters(exchange.RightImport) {
		return p.Kind + ":" + p.Key
	}
	return ""
}

// Scopes returns the scopes whose imports an actor may see; an empty one stands
// for all.
func Scopes(actor identity.Actor) (scopes []string) {
	if actor.Can(exchange.RightImport) {
		return []string{""}
	}
	for _, p := range actor.Perimeters(exchange.RightImport) {
		scopes = append(scopes, p.Kind+":"+p.Key)
	}
	return scopes
}

// Visible reports whether an actor may see an import of a scope.
func Visible(actor identity.Actor, scope string) bool {
	kind, key, _ := strings.Cut(scope, ":")
	return actor.Can(exchange.RightImport, identity.Perimeter{Kind: kind, Key: key})
}
