package offers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// Halyk Bank of Kazakhstan: its rates of the last days, as a list or as an object by number; of the
// latest day those for private persons at the counter and those of cards, by pair. They hold for the
// day: no hour is told. What it pays for larger amounts is not read.
var halyk = Publisher{
	ID: "halyk", Country: "kz", Zone: "Asia/Almaty", Env: "HABAR_HALYK_URL",
	URL:   "https://back.halykbank.kz/common/currency-history",
	Parse: parseHalyk,
}

type halykPrice struct {
	Buy  tabular.Text `json:"buy"`
	Sell tabular.Text `json:"sell"`
}

type halykDay struct {
	Date    tabular.Text          `json:"date"`
	Persons map[string]halykPrice `json:"privatePersons"`
	Cards   map[string]halykPrice `json:"cards"`
}

func parseHalyk(body []byte, ask Ask) ([]Offer, error) {
	var answer struct {
		Data struct {
			History json.RawMessage `json:"currencyHistory"`
		} `json:"data"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	var days []halykDay
	if err := json.Unmarshal(answer.Data.History, &days); err != nil {
		byNumber := map[string]halykDay{}
		if err := json.Unmarshal(answer.Data.History, &byNumber); err != nil {
			return nil, ErrNone
		}
		for _, n := range slices.Sorted(maps.Keys(byNumber)) {
			days = append(days, byNumber[n])
		}
	}
	var latest halykDay
	for _, d := range days {
		if d.Date > latest.Date { // YYYY-MM-DD
			latest = d
		}
	}
	said := clockAt(string(latest.Date), ask.Zone, "2006-01-02", "2006-01-02 15:04:05")
	var all []Offer
	for kind, table := range map[Kind]map[string]halykPrice{Cash: latest.Persons, Card: latest.Cards} {
		for _, pair := range slices.Sorted(maps.Keys(table)) {
			base, quote, _ := strings.Cut(pair, "/")
			if c, known := currencyOf(base); known && strings.EqualFold(quote, string(rates.KZT)) {
				all = append(all, Offer{
					Institution: "Halyk Bank", Kind: kind, Pair: rates.Pair{Base: c, Quote: rates.KZT}, Said: said,
					Buy: price(string(table[pair].Buy)), Sell: price(string(table[pair].Sell)),
				})
			}
		}
	}
	return all, nil
}
