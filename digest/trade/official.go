package trade

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// OfficialURL is where the World Bank's public indicators are asked for: one indicator
// of several countries (https://datahelpdesk.worldbank.org, Indicators API, version 2).
const OfficialURL = "https://api.worldbank.org/v2/country/{countries}/indicator/{indicator}?format=json&per_page=500&date={from}:{to}"

// An Indicator is one yearly series of the World Bank.
type Indicator struct {
	ID    string
	Flow  Flow
	Title string
}

// Indicators are the merchandise trade of countries, in current US dollars.
func Indicators() []Indicator {
	return []Indicator{
		{"TX.VAL.MRCH.CD.WT", Exports, "Merchandise exports (current US$)"},
		{"TM.VAL.MRCH.CD.WT", Imports, "Merchandise imports (current US$)"},
	}
}

// yearsBack is how many years are asked for.
const yearsBack = 6

// Address returns where an indicator of the region is read at a moment.
func (i Indicator) Address(template string, now time.Time) string {
	return strings.NewReplacer("{countries}", strings.Join(Region(), ";"), "{indicator}", i.ID,
		"{from}", fmt.Sprint(now.Year()-yearsBack), "{to}", fmt.Sprint(now.Year())).Replace(template)
}

// ErrOfficial says that an answer is not one of the indicators API.
var ErrOfficial = errors.New("answered no indicator")

// ParseOfficial reads the answer for an indicator: a list of page data and of one value
// for each country and year, null where there is none. It trusts nothing in it.
func (i Indicator) ParseOfficial(body []byte, read time.Time) ([]Fact, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(body, &parts); err != nil || len(parts) < 2 {
		return nil, ErrOfficial // an error is a list of one
	}
	var rows []struct {
		Country string      `json:"countryiso3code"`
		Year    string      `json:"date"`
		Value   json.Number `json:"value"`
		Of      struct {
			ID string `json:"id"`
		} `json:"indicator"`
	}
	if err := json.Unmarshal(parts[1], &rows); err != nil {
		return nil, ErrOfficial
	}
	var facts []Fact
	for _, r := range rows {
		year, err := time.Parse("2006", r.Year)
		if err != nil || r.Value == "" || r.Of.ID != i.ID || !inRegion(r.Country) || year.After(read) {
			continue
		}
		value, err := decimal.NewFromString(r.Value.String())
		if err != nil || !value.IsPositive() || value.GreaterThan(mostTrade) || len(r.Value) > 40 {
			continue
		}
		facts = append(facts, Fact{
			Country: r.Country, Flow: i.Flow, Metric: Value, Value: value.Round(0), Unit: "USD", Period: r.Year, Official: true,
			Sentence: i.Title + ", " + r.Country + ", " + r.Year + ": " + value.Round(0).String(),
			Article: Article{
				Title: i.Title, Publisher: "World Bank", Date: day(read),
				URL: "https://data.worldbank.org/indicator/" + i.ID + "?locations=" + strings.ToUpper(Alpha2(r.Country)),
			},
		})
	}
	if len(facts) == 0 && len(rows) == 0 {
		return nil, ErrOfficial
	}
	return facts, nil
}

// mostTrade is more than any country trades in a year.
var mostTrade = decimal.New(1, 14)

func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
