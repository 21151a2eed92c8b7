package arch

import (
	"fmt"
	"go/ast"
	"go/token"
)

// checkHidden finds what must always happen in the place of an if that readers take
// for a part of its condition:
//
//	if i = none; len(kept) < seats {   // i is assigned either way
//	if fill(form); form.Empty() {      // form is filled either way
//
// The statement before the semicolon may declare (`:=`), since what it declares ends
// with the if. It may also assign, or send or receive, when the condition asks
// first how that went: `err` compared with nil, or `ok`, as the last of what is
// assigned.
//
//	if person, err = load(); err != nil {
//	if value, ok = values[key]; !ok {
//
// The same holds for a switch.
func checkHidden(s source) []string {
	if s.test || ast.IsGenerated(s.file) {
		return nil
	}
	var problems []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		var first ast.Stmt
		var condition ast.Expr
		switch n := n.(type) {
		case *ast.IfStmt:
			first, condition = n.Init, n.Cond
		case *ast.SwitchStmt:
			first, condition = n.Init, n.Tag
		}
		if first != nil && !declares(first) && !asksHowItWent(first, condition) {
			problems = append(problems, fmt.Sprintf("%s hides what always happens before a condition: give it a line of its own",
				s.at(first.Pos())))
		}
		return true
	})
	return problems
}

func declares(s ast.Stmt) bool {
	assignment, ok := s.(*ast.AssignStmt)
	return ok && assignment.Tok == token.DEFINE
}

// asksHowItWent reports whether a condition begins with the error, or the success, that
// a statement assigns last.
func asksHowItWent(s ast.Stmt, condition ast.Expr) bool {
	assignment, ok := s.(*ast.AssignStmt)
	if !ok || assignment.Tok != token.ASSIGN {
		return false
	}
	last, ok := assignment.Lhs[len(assignment.Lhs)-1].(*ast.Ident)
	if !ok {
		return false
	}
	switch c := condition.(type) {
	case *ast.BinaryExpr:
		if c.Op == token.LAND || c.Op == token.LOR {
			return asksHowItWent(s, c.X)
		}
		return (c.Op == token.NEQ || c.Op == token.EQL) && isNamed(c.X, last.Name) && isNamed(c.Y, "nil")
	case *ast.UnaryExpr:
		return c.Op == token.NOT && isNamed(c.X, last.Name)
	}
	return isNamed(condition, last.Name)
}

func isNamed(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}
