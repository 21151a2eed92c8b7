package student_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/web/student/studenttest"
)

// published returns C1 with its result published.
func published(t *testing.T) *studenttest.World {
	t.Helper()
	w := studenttest.Open(t)
	w.Close(t)
	results := &result.Results{DB: w.DB, Base: "https://stages.example"}
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	run, err := results.RequestRun(t.Context(), w.Office, w.ID, result.RunForm{})
	try(err)
	handlers := w.Campaigns.Handlers()
	for kind, handler := range result.Handlers(w.DB, results.Base) {
		handlers[kind] = handler
	}
	runner := &job.Runner{DB: w.DB, Handlers: handlers}
	_, err = runner.Step(t.Context())
	try(err)
	try(results.Adopt(t.Context(), w.Office, w.ID, run, result.AdoptForm{}))
	_, err = results.Decide(t.Context(), w.Office, w.ID, result.DecisionForm{
		Student: w.Record["E22"], Kind: result.Keep, Motive: "unplaced", Reason: "vue en commission",
	})
	try(err)
	w.At(t, campaigntest.Commits)
	try(results.ConfirmProposal(t.Context(), w.Office, w.ID))
	w.At(t, campaigntest.Publishes)
	try(results.Publish(t.Context(), w.Second, w.ID))
	_, err = runner.Step(t.Context())
	try(err)
	return w
}

func TestBeforePublicationNothingIsTold(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	w.Close(t)
	ines := w.As(t, "E05")
	for _, path := range []string{"result", "result/pdf", "result/bundle"} {
		got := ines.Get(w.Path(path))
		got.Has(t, 409, "1er avril 2026")
		if strings.Contains(got.Body, "CHPL-URGE") {
			t.Errorf("%s tells the result", path)
		}
	}
}

func TestAResultExplainsItselfAndNamesNobodyElse(t *testing.T) {
	t.Parallel()
	w := published(t)
	ines := w.As(t, "E05")
	ines.Get(w.Path()).Has(t, 200, "Votre résultat est publié", "Pourquoi ce résultat ?", campaigntest.Seed, "Aucun stage antérieur")
	page := ines.Get(w.Path("result"))
	page.Has(t, 200,
		"Pourquoi ce résultat ?", "Urgences, CH de Port-Lune (CHPL-URGE)", "12", "24", "Vœu 3",
		"position 9", "position 10", "ee067078", "La dernière position servie",
	)
	for _, line := range campaigntest.Lines {
		if line.Pseudonym != "E05" && (strings.Contains(page.Body, line.Family) || strings.Contains(page.Body, ">"+line.Pseudonym+"<")) {
			t.Errorf("the page names %s %s", line.Given, line.Family)
		}
	}
	quentin := w.As(t, "E14")
	quentin.Get(w.Path("result")).Has(t, 200, "Stage déjà effectué", "6 octobre 2025")
	zoe := w.As(t, "E22")
	zoe.Get(w.Path("result")).Has(t, 200, "Où il reste des places", "Gériatrie, CHU de Valmer", "scolarite@valmer.example")
}

func TestAResultLeavesAsAFileWithWhatChecksIt(t *testing.T) {
	t.Parallel()
	w := published(t)
	ines := w.As(t, "E05")
	pdf := ines.Get(w.Path("result", "pdf"))
	if pdf.Status != http.StatusOK || pdf.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.Body, "%PDF") {
		t.Errorf("the PDF is %d %s", pdf.Status, pdf.Header.Get("Content-Type"))
	}
	response, err := ines.Client.Get(w.Server.URL + w.Path("result", "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	files, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(files.File) < 3 {
		t.Fatalf("the bundle holds no three files: %v", err)
	}
}
