package stagetrek

import (
	"strings"
	"testing"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// Files that are wrong in one place, and what is said about it.
var wrongFiles = []struct {
	name, kind, content, says string
}{
	{"no number", KindStudents, "numero etudiant;nom;prenom;groupe\n;Roy;Ana;M4\n", "2: Numéro étudiant : la cellule est vide"},
	{"no column for the number", KindStudents, "nom;prenom;groupe\nRoy;Ana;M4\n", "1: La colonne « Numéro étudiant » est obligatoire"},
	{"no family name", KindStudents, "numero etudiant;nom;prenom;groupe\n1;;Ana;M4\n", "2: Nom : la cellule est vide"},
	{"no given name", KindStudents, "numero etudiant;nom;prenom;groupe\n1;Roy; ;M4\n", "2: Prénom : la cellule est vide"},
	{"a number with a sign", KindStudents, "numero etudiant,nom,prenom,groupe\n12/3,Roy,Ana,M4\n", "2: « 12/3 » ne peut pas servir de code"},
	{"a number too long", KindStudents, "numero etudiant;nom;prenom;groupe\n" + strings.Repeat("7", 65) + ";Roy;Ana;M4\n", "2: Numéro étudiant : le texte a 65 caractères ; le maximum est de 64."},
	{"a number that a spreadsheet abridged", KindStudents, "numero etudiant;nom;prenom;groupe\n2,25E+06;Roy;Ana;M4\n", "2: Numéro étudiant : « 2,25E+06 » est un nombre abrégé"},
	{"a name too long", KindStudents, "numero etudiant;nom;prenom;groupe\n1;" + strings.Repeat("a", 101) + ";Ana;M4\n", "2: Nom : le texte a 101 caractères"},
	{"accents lost", KindStudents, "numero etudiant;nom;prenom;groupe\n1;RÃ©my;Ana;M4\n", "2: Nom : dans « RÃ©my », des accents ont été perdus"},
	{"an address without a domain", KindStudents, "numero etudiant;nom;prenom;mail;groupe\n1;Roy;Ana;ana@;M4\n", "2: Mail : « ana@ » n’est pas une adresse électronique"},
	{"two addresses", KindStudents, "numero etudiant;nom;prenom;mail;groupe\n1;Roy;Ana;\"a@v.fr, b@v.fr\";M4\n", "2: Mail : « a@v.fr, b@v.fr » n’est pas une adresse"},
	{"a date month first", KindStudents, "numero etudiant;nom;prenom;date de naissance;groupe\n1;Roy;Ana;02/25/2003;M4\n", "2: Date de naissance : « 02/25/2003 » n’est pas une date"},
	{"a day that does not exist", KindStudents, "numero etudiant;nom;prenom;date de naissance;groupe\n1;Roy;Ana;31/02/2003;M4\n", "2: Date de naissance : « 31/02/2003 » n’est pas une date"},
	{"a birth date of a child", KindStudents, "numero etudiant;nom;prenom;date de naissance;groupe\n1;Roy;Ana;01/02/2099;M4\n", "2: Date de naissance à vérifier"},
	{"a group that does not exist", KindStudents, "numero etudiant;nom;prenom;groupe\n1;Roy;Ana;M44\n", "2: Groupe « M44 » inconnu."},
	{"a level swapped", KindStudents, "numero etudiant;nom;prenom;niveau\n1;Roy;Ana;DFSAM2\n", "2: Niveau DFSAM2 inconnu. Vouliez-vous dire DFASM2 ?"},
	{"no level and no group", KindStudents, "numero etudiant;nom;prenom\n1;Roy;Ana\n", "2: Le niveau d’études n’est pas connu."},
	{"a faculty that does not exist", KindStudents, "numero etudiant;nom;prenom;groupe;ufr\n1;Roy;Ana;M4;caen\n", "2: UFR « caen » inconnue."},
	{"an INE too short", KindStudents, "numero etudiant;nom;prenom;groupe;ine\n1;Roy;Ana;M4;1234\n", "2: « 1234 » n’est pas un INE"},
	{"an INE with a wrong key", KindStudents, "numero etudiant;nom;prenom;groupe;ine\n1;Roy;Ana;M4;1234567890Z\n", "2: L’INE « 1234567890Z » a un signe faux"},
	{"one number twice", KindStudents, "numero etudiant;nom;prenom;groupe\n1;Roy;Ana;M4\n1;Roi;Anna;M4\n", "3: Numéro étudiant : « 1 » est déjà à la ligne 2."},
	{"one INE twice", KindStudents, "numero etudiant;nom;prenom;groupe;ine\n1;Roy;Ana;M4;123456789AB\n2;Sy;Bob;M4;123456789AB\n", "3: INE : « 123456789AB » est déjà à la ligne 2."},
	{"one login twice", KindStudents, "numero etudiant;nom;prenom;groupe;identifiant\n1;Roy;Ana;M4;x\n2;Sy;Bob;M4;X\n", "3: Identifiant de connexion : « x » est déjà à la ligne 2."},
	{"a login that is taken", KindStudents, "numero etudiant;nom;prenom;groupe;identifiant\n1;Roy;Ana;M4;there\n", "2: L’identifiant « there » est déjà celui d’une autre personne."},
	{"an account for somebody who is there", KindStudents, "numero etudiant;nom;prenom;identifiant\n900;Ici;Paul;paul.ici\n", "2: Paul Ici est déjà dans Stagora : l’import n’ouvre de compte"},
	{"two cohorts of one year", KindStudents, "numero etudiant;nom;prenom;groupe\n900;Ici;Paul;M5\n", "2: L’étudiant serait dans deux promotions en 2025-2026 : M4 et M5."},
	{"a separator that nobody quoted", KindStudents, "numero etudiant;nom;prenom;groupe\n1;Roy;Ana;M4;;x\n", "2: La ligne a 6 cellules, alors que le fichier a 4 titres"},
	{"a failed formula", KindStudents, "numero etudiant;nom;prenom;groupe\n1;#REF!;Ana;M4\n", "2: Nom : « #REF! » est l’erreur d’une formule"},

	{"a category without acronym", KindCategories, "code;acronyme;libelle;ordre;principal\nX;;Xylo;1;oui\n", "2: Acronyme : la cellule est vide"},
	{"an order in words", KindCategories, "code;acronyme;libelle;ordre;principal\nX;X;Xylo;un;oui\n", "2: Ordre : « un » n’est pas un nombre entier"},
	{"neither yes nor no", KindCategories, "code;acronyme;libelle;ordre;principal\nX;X;Xylo;1;peut-être\n", "2: Principal : « peut-être » n’est ni oui ni non"},
	{"a name that another category has", KindCategories, "code;acronyme;libelle;ordre;principal\nX;X;medecine;1;oui\n", "2: Le libellé « medecine » est déjà celui de la catégorie MED."},

	{"a category that does not exist", KindSites, "categorie;code;libelle\nMEDD;S;Site\n", "2: Catégorie « MEDD » inconnue. Importez d’abord les catégories, ou corrigez le code. Vouliez-vous dire MED ?"},
	{"no name", KindSites, "categorie;code;libelle\nMED;S;\n", "2: Libellé : la cellule est vide"},
	{"fewer ideal seats than the least", KindSites, "categorie;code;libelle;min_place;ideal_place;max_place\nMED;S;Site;3;2;5\n", "2: Le nombre idéal de places (2) ne peut pas être inférieur au minimum (3)."},
	{"fewer seats at most than ideally", KindSites, "categorie;code;libelle;min_place;ideal_place;max_place\nMED;S;Site;1;2;1\n", "2: Le nombre maximal de places (1) ne peut pas être inférieur au nombre idéal (2)."},
	{"too many seats", KindSites, "categorie;code;libelle;max_place\nMED;S;Site;1000\n", "2: Places maximum : « 1000 » dépasse le maximum, 500."},
	{"seats below zero", KindSites, "categorie;code;libelle;max_place\nMED;S;Site;-2\n", "2: Places maximum : « -2 » n’est pas un nombre entier"},
	{"a link that is none", KindSites, "categorie;code;libelle;lien\nMED;S;Site;javascript:alert(1)\n", "2: « javascript:alert(1) » n’est pas l’adresse d’une page."},
	{"a postal code of letters", KindSites, "categorie;code;libelle;cp\nMED;S;Site;14B00\n", "2: « 14B00 » n’est pas un code postal"},
	{"a cedex that is none", KindSites, "categorie;code;libelle;cedex\nMED;S;Site;Paris\n", "2: « Paris » n’est pas un cedex."},
	{"an institution that does not exist", KindSites, "categorie;code;libelle;etablissement\nMED;S;Site;CHX\n", "2: Établissement « CHX » inconnu."},
	{"a code with a quote", KindSites, "categorie;code;libelle\nMED;S'1;Site\n", "2: « S'1 » ne peut pas servir de code"},
	{"one code twice", KindSites, "categorie;code;libelle\nMED;S;Site\nMED;S;Autre\n", "3: Code : « S » est déjà à la ligne 2."},

	{"a contact without address", KindContacts, "code;libelle;nom;mail\nC;Chef;Sorel;\n", "2: Mail : la cellule est vide"},
	{"a contact without function", KindContacts, "code;libelle;nom;mail\nC;;Sorel;s@v.fr\n", "2: Libellé : la cellule est vide"},
	{"a contact that does not exist", KindLinks, "contact;terrain\nSOREL;CHUV\n", "2: Contact « SOREL » inconnu."},
	{"an order of signing out of reach", KindLinks, "contact;terrain;convention-ordre\nSOREL;CHUV;99\n", "2: Ordre de convention : « 99 » dépasse le maximum, 20."},
}

// Each is refused with the place, the reason and the remedy, and writes nothing,
// even beside a row that is right.
func TestEachWrongFileIsRefusedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		o.bring(KindCategories, "code;acronyme;libelle;ordre;principal\nMED;MED;Médecine;1;oui\n")
		o.bring(KindStudents, "numero etudiant;nom;prenom;groupe\n900;Ici;Paul;M4\n")
		o.write(func(tx *store.Tx) error {
			person, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "There"})
			if err == nil {
				_, err = identity.AddAccount(t.Context(), tx, person.ID, "there", identity.PasswordHash{}, false)
			}
			return err
		})
		before := o.census()
		for _, tt := range wrongFiles {
			i, err := o.upload(tt.kind, "wrong.csv", []byte(tt.content))
			if err != nil {
				t.Errorf("%s: not read: %v", tt.name, err)
				continue
			}
			r, err := o.report(i)
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			if !strings.Contains(said(r), tt.says) {
				t.Errorf("%s:\n got %s\nwant %s", tt.name, said(r), tt.says)
			}
			if err := o.apply(i); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s was applied: %v", tt.name, err)
			}
		}
		if got := o.census(); got != before {
			t.Errorf("something was written: %s, was %s", got, before)
		}
	})
}

// An office imports for its own faculty alone, whatever the file says.
func TestAnOfficeImportsForItsOwnFacultyAlone(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		var nadia identity.Actor
		o.write(func(tx *store.Tx) error {
			if _, err := reference.PutFaculty(t.Context(), tx, system, reference.Faculty{Code: "caen", Name: "Caen"}); err != nil {
				return err
			}
			person, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "Lopes", GivenName: "Nadia"})
			if err != nil {
				return err
			}
			if err := identity.GrantRole(t.Context(), tx, person.ID, identity.RoleOffice, identity.Faculty("caen"), "Caen", tx.Now, tx.Now.AddDate(1, 0, 0)); err != nil {
				return err
			}
			nadia, err = identity.LoadActor(t.Context(), tx, person, "test")
			return err
		})
		o.bring(KindStudents, "numero etudiant;nom;prenom;groupe\n900;Ici;Paul;M4\n")
		var r exchange.Report
		err := o.db.Read(t.Context(), func(tx *store.Tx) error {
			table, err := exchange.Read("x.csv", []byte("numero etudiant;nom;prenom;niveau;groupe;ufr\n1;Roy;Ana;DFASM1;;caen\n2;Sy;Bob;DFASM1;;valmer\n900;Ici;Paulo;;;\n3;Do;Eve;;M4;\n"))
			if err == nil {
				r, err = exchange.Examine(t.Context(), tx, students{nadia}, table, exchange.Decisions{})
			}
			return err
		})
		if err != nil || r.Count(exchange.Created) != 1 || r.Count(exchange.Refused) != 3 {
			t.Errorf("%s %v\n%s", counts(r), err, said(r))
		}
		for _, want := range []string{"3: L’UFR « valmer » n’est pas dans votre périmètre", "4: « 900 » n’est pas dans votre périmètre", "5: Groupe « M4 » inconnu"} {
			if !strings.Contains(said(r), want) {
				t.Errorf("does not say %q:\n%s", want, said(r))
			}
		}
	})
}
