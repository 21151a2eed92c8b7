package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"stagora.org/stagora/internal/fault"
)

// maxUnzipped is how much an XLSX file may hold once unpacked: ten times what a
// full one of ours takes. A file that unpacks to more was made to do harm.
const maxUnzipped = 200 << 20

// readXLSX reads the first visible sheet.
func (t *Table) readXLSX(content []byte) error {
	if err := inspectZip(content); err != nil {
		return err
	}
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: 16 << 20,
	})
	if err != nil {
		return fault.New(fault.Invalid, "exchange.file.broken").Because(err)
	}
	defer func() { _ = f.Close() }()
	t.Format = XLSX
	if props, err := f.GetWorkbookProps(); err != nil || props.Date1904 != nil && *props.Date1904 {
		return fault.New(fault.Invalid, "exchange.file.calendar").Because(err)
	}
	sheet, ok := firstSheet(f)
	if !ok {
		return fault.New(fault.Invalid, "exchange.file.empty")
	}
	rows, err := f.Rows(sheet)
	if err != nil {
		return fault.New(fault.Invalid, "exchange.file.broken").Because(err)
	}
	defer func() { _ = rows.Close() }()
	for line := 1; rows.Next(); line++ {
		if line > sheetRows {
			return fault.New(fault.Invalid, "exchange.file.broken").Because(errRows)
		}
		cells, err := rows.Columns()
		if err != nil {
			return fault.New(fault.Invalid, "exchange.file.broken").Because(err)
		}
		if err := t.add(line, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return fault.New(fault.Invalid, "exchange.file.broken").Because(err)
	}
	return nil
}

func firstSheet(f *excelize.File) (string, bool) {
	for _, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err == nil && visible {
			return sheet, true
		}
	}
	return "", false
}

// inspectZip refuses archives that are no XLSX file, those that unpack to too much,
// and those whose XML asks too much of a reader, before anything of them is kept.
func inspectZip(content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fault.New(fault.Invalid, "exchange.file.broken").Because(err)
	}
	var total uint64
	for _, file := range archive.File {
		total += min(file.UncompressedSize64, maxUnzipped+1)
		if file.Name == "mimetype" && isODS(file) {
			return fault.New(fault.Invalid, "exchange.file.ods")
		}
	}
	if total > maxUnzipped {
		return fault.New(fault.Invalid, "exchange.file.bomb", "max", maxUnzipped>>20)
	}
	if !slices.ContainsFunc(archive.File, func(file *zip.File) bool { return strings.HasPrefix(file.Name, "xl/") }) {
		return fault.New(fault.Invalid, "exchange.file.archive")
	}
	for _, file := range archive.File {
		if err := inspectPart(file); err != nil {
			return fault.New(fault.Invalid, "exchange.file.broken").Because(fmt.Errorf("%s: %w", file.Name, err))
		}
	}
	return nil
}

// inspectPart refuses a part of an archive that a reader of XML would take too much
// memory or time for.
func inspectPart(file *zip.File) error {
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return checkXML(io.LimitReader(r, maxUnzipped), maxDepth)
}

// maxDepth is how deep elements may stand in one another: those of a workbook stand
// some twenty deep.
const maxDepth = 100

// What a sheet has at most, in the format itself.
const (
	sheetRows    = 1_048_576
	sheetColumns = 16_384
)

var (
	errDeep  = errors.New("elements are nested too deep")
	errRows  = errors.New("more rows than a sheet has")
	errCells = errors.New("more cells in a row than a sheet has")
)

// checkXML refuses XML whose elements are nested deeper than most, and sheets with more
// rows or columns than the format knows. A reader keeps each element that is open, and
// counts up to the number that a row gives itself; this one does neither
// ([xml.Decoder.RawToken]). Where XML ends to be well formed, as pictures do at once, a
// reader reads no further, nor does this one.
func checkXML(content io.Reader, most int) error {
	tokens := xml.NewDecoder(content)
	var extent sheetExtent
	for depth := 0; depth <= most; {
		token, err := tokens.RawToken()
		if _, illFormed := errors.AsType[*xml.SyntaxError](err); illFormed || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.StartElement:
			depth++
			if err := extent.add(element); err != nil {
				return err
			}
		case xml.EndElement:
			depth--
		}
	}
	return errDeep
}

// A sheetExtent is how far the rows of a sheet reach.
type sheetExtent struct {
	rows  int // elements so far
	last  int // the greatest number of a row
	cells int // elements since that row: a reader adds rows that go back to it
}

// add takes an element of a part, of which rows and cells count. Their names count in
// any namespace, as they do for the reader.
func (x *sheetExtent) add(element xml.StartElement) error {
	switch element.Name.Local {
	case "sheetData":
		*x = sheetExtent{} // a link to another file keeps several sheets in one part
	case "row":
		x.rows++
		number := x.last + 1
		for _, a := range element.Attr {
			if a.Name.Local == "r" {
				number, _ = strconv.Atoi(a.Value) // what is too great gives the greatest; what is no number gives 0, and the reader refuses it
			}
			if number > sheetRows {
				return errRows
			}
		}
		if x.rows > sheetRows || number > sheetRows {
			return errRows
		}
		if number > x.last {
			x.last, x.cells = number, 0
		}
	case "c":
		if x.rows == 0 {
			return nil // the list of formulas names cells too
		}
		x.cells++
		if x.cells > sheetColumns {
			return errCells
		}
	}
	return nil
}

func isODS(file *zip.File) bool {
	r, err := file.Open()
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }()
	kind, err := io.ReadAll(io.LimitReader(r, 100))
	return err == nil && strings.HasPrefix(string(kind), "application/vnd.oasis.opendocument")
}

// serialDay returns the day that a spreadsheet keeps as a number of days since
// 30 December 1899. Days before 1 March 1900 are refused: spreadsheets disagree
// about them.
func serialDay(cell string) (time.Time, error) {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return time.Time{}, err
	}
	if !(n >= 61 && n <= 2_958_465) { // not a number is in no range
		return time.Time{}, errors.New("not the number of a day")
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(math.Floor(n))), nil
}
