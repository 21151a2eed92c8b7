package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"

	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// verifyCommand judges a result against its instance, or the bundle of an
// exported campaign.
type verifyCommand struct {
	File       string `arg:"" placeholder:"INSTANCE|BUNDLE.zip" help:"An assign/1, match/1 or calllist/1 file, an HR1 market, or alone the bundle of a campaign." type:"path"`
	Result     string `arg:"" optional:"" help:"The result to judge." type:"path"`
	Engine     string `enum:",match,serial,assign" default:"" help:"For an HR1 market: what made the result."`
	AnyOptimum bool   `help:"For an HR1 market by assign: it need not be the first of the best placements."`
}

// Run prints a line for each check that passes. It exits with 1 and names the
// first that fails; with 2 if the instance is not valid, so that nothing can be
// said of the result.
func (c *verifyCommand) Run(s streams) error {
	report, err := c.verify()
	if err != nil {
		return wrongInput(err)
	}
	for _, step := range report.Passed {
		fmt.Fprintf(s.out, "ok     %-18s  %s\n", step.Name, step.Detail)
	}
	if report.Failed != nil {
		fmt.Fprintf(s.out, "WRONG  %v\n", report.Failed)
		return exit{code: 1}
	}
	return nil
}

func (c *verifyCommand) verify() (*check.Report, error) {
	if c.Result == "" {
		files, err := readBundle(c.File)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		return check.VerifyBundle(files)
	}
	instance, err := os.ReadFile(c.File)
	if err != nil {
		return nil, err
	}
	result, err := os.ReadFile(c.Result)
	if err != nil {
		return nil, err
	}
	if isMarket(instance) {
		return c.market(instance, result)
	}
	if c.Engine != "" || c.AnyOptimum {
		return nil, errors.New("--engine and --any-optimum are for HR1 markets: a JSON file names its engine in \"format\"")
	}
	return check.VerifyFile(instance, result)
}

// market judges what an engine made of an HR1 market. The prices that prove a least
// cost stand beside the result.
func (c *verifyCommand) market(file, placement []byte) (*check.Report, error) {
	if c.Engine == "" {
		return nil, errors.New("an HR1 market can go to several engines: name the one that made the result, --engine match, serial or assign")
	}
	m, err := format.ReadMarket(file)
	if err != nil {
		return nil, err
	}
	var prices []byte
	if c.Engine == check.AssignEngine {
		if prices, err = os.ReadFile(c.Result + ".cert"); err != nil {
			return nil, fmt.Errorf("the prices that prove the result: %w", err)
		}
		if c.AnyOptimum {
			return check.VerifyAnyOptimum(m, placement, prices), nil
		}
	}
	return check.VerifyMarket(m, c.Engine, placement, prices)
}

// maxBundleFile bounds what one file of a bundle unpacks to.
const maxBundleFile = 256 << 20

// readBundle unpacks the three files of a bundle. Other files beside them, such
// as a note for the reader, are left alone.
func readBundle(name string) (check.Files[[]byte], error) {
	var files check.Files[[]byte]
	bundle, err := zip.OpenReader(name)
	if err != nil {
		return files, fmt.Errorf("not a bundle (to judge one result, give its instance and the result): %w", err)
	}
	defer bundle.Close()
	wanted := map[string]*[]byte{"campaign.json": &files.Campaign, "instance.json": &files.Instance, "result.json": &files.Result}
	for _, file := range bundle.File {
		into, ok := wanted[file.Name]
		if !ok {
			continue
		}
		if *into != nil {
			return files, fmt.Errorf("%s stands twice in the bundle", file.Name)
		}
		if *into, err = unpack(file); err != nil {
			return files, fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	for _, name := range []string{"campaign.json", "instance.json", "result.json"} {
		if *wanted[name] == nil {
			return files, fmt.Errorf("%s is missing from the bundle", name)
		}
	}
	return files, nil
}

func unpack(file *zip.File) ([]byte, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxBundleFile+1))
	if len(data) > maxBundleFile {
		return nil, fmt.Errorf("larger than %d MB", maxBundleFile>>20)
	}
	return append([]byte{}, data...), err
}
